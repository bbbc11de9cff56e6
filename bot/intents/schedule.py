"""Changes for later: exact targets, the time settled, then a schedule whose review goes to the desk, or a question back. Edge (engine).

Nothing here acts now. What cannot be settled, the time or the targets, is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.cards.card import Reply
from bot.cards.talk import nothing_card, refusal_card, text_card
from bot.drawing import drawn
from bot.intents.operate import PICKED as BY_HAND
from bot.intents.operate import Gathered, Operated, Told, gather, on_these
from bot.threads import Question
from bot.turn import Turn
from engine.advisor.replies import Said
from engine.estate.resource import Resource
from engine.planning.planner import Ask, NothingToDo
from engine.request.reading import Order, When
from engine.request.times import answered, only_a_time
from engine.schedules.moments import Unsettled, settle
from engine.schedules.schedule import Cadence
from engine.schedules.schedules import Proposed, Wish
from engine.schedules.targets import by_then

_BARE = re.compile(r"\d{1,2}(?:[:.]\d{2})?")  # "20": an hour, where a time was asked for
_APART = "Some of that is about other resources, so I scheduled nothing. Say one at a time, each with its time."


@dataclass(frozen=True, slots=True)
class _Settled:
    """What is wanted, when, and what is told of it."""

    gathered: Gathered
    cadence: Cadence
    told: Told


async def schedule(turn: Turn, orders: Sequence[Order], when: When) -> Operated:
    """A schedule proposed for a command with a time in it."""
    cadence = settle(when, turn.engine.clock.now(), turn.engine.schedules.zone)
    if isinstance(cadence, Unsettled):
        turn.thread.untimed = turn.message
        return _ask_when(cadence, when)
    turn.thread.untimed = ""
    gathered = await gather(turn, [replace(order, selection=by_then(order)) for order in orders])
    if isinstance(gathered, Operated):
        return gathered
    return await _propose(turn, _Settled(gathered, cadence, Told(why=gathered.why)))


async def picked(turn: Turn, question: Question, resources: Sequence[Resource]) -> Operated:
    """The order a question was about, on the resources the person picked, at the time that its message says."""
    reading = (await turn.engine.understanding.of(question.message, (turn.person.id, turn.person.name))).reading
    assert reading.when is not None
    cadence = settle(reading.when, turn.engine.clock.now(), turn.engine.schedules.zone)
    if isinstance(cadence, Unsettled):
        turn.thread.untimed = question.message
        return _ask_when(cadence, reading.when)
    wanted = on_these(question, resources)
    if question.skip or len(wanted) < len(reading.orders):
        return Operated(Reply((text_card("One at a time", _APART, footer="Nothing was changed."),)))
    turn.thread.question = None
    ids = tuple(one.id for one in resources)
    gathered = Gathered(wanted=wanted, why=dict.fromkeys(ids, BY_HAND), picked=dict.fromkeys(range(len(wanted)), ids))
    return await _propose(turn, _Settled(gathered, cadence, Told(question.message, question.sealed_text, gathered.why)))


async def is_for_later(turn: Turn, question: Question) -> bool:
    """Whether a question was asked about something for later: a pick of it must not act now."""
    return (await turn.engine.understanding.of(question.message)).reading.when is not None


def completed(turn: Turn) -> str:
    """The thread's wish that waits for its time, with the time that this message says; '' where it says none, or none waits."""
    said = turn.message.strip()
    said = f"at {said}" if _BARE.fullmatch(said) else said
    return answered(turn.thread.untimed, said) if turn.thread.untimed and only_a_time(said) else ""


def _ask_when(unsettled: Unsettled, when: When) -> Operated:
    said = f"You said \u201c{when.words}\u201d, so I did nothing now." if when.words else ""
    return Operated(Reply((text_card(unsettled.question, said, footer="Nothing was changed, and nothing is scheduled."),)))


async def _propose(turn: Turn, settled: _Settled) -> Operated:
    gathered, told = settled.gathered, settled.told
    ask = Ask(
        person=turn.person,
        message=told.message or turn.message,
        sealed_text=told.sealed_text or turn.understood.sealed_text,
        wanted=tuple(gathered.wanted),
        turns=tuple(turn.thread.turns),
        left_out=tuple(gathered.left_out),
        by_name=gathered.by_name,
        place=turn.where,
        why=told.why,
    )
    proposed = await turn.engine.schedules.propose(Wish(ask, settled.cadence, gathered.picked))
    turn.thread.targets = tuple(dict.fromkeys(one.id for order in gathered.wanted for one in order.targets))
    turn.thread.guessed = False
    return await _shown(turn, proposed)


async def _shown(turn: Turn, proposed: Proposed | Said | NothingToDo) -> Operated:
    match proposed:
        case Said(kind="clarification"):
            return Operated(Reply((text_card("One more thing", proposed.text, *proposed.choices, footer="Say it whole, with the time."),)))
        case Said(kind="refusal" | "unknown"):
            return Operated(Reply((refusal_card(proposed.text, proposed.who_can),)), outcome="refuse")
        case Said():
            return Operated(Reply((text_card("Answer", proposed.text, commands=proposed.commands),)), outcome="answer")
        case NothingToDo():
            return Operated(Reply((nothing_card(proposed.left_out),)), outcome="answer")
        case Proposed():
            turn.thread.operations = proposed.filed.plan.operations
            card = await drawn(turn.engine, proposed.filed)
            return Operated(Reply((card,)), proposed.filed, "schedule", proposed)
