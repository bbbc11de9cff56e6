"""What is said to a message: one handler by intent, and every fault a card. Edge of a turn."""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.cards.card import Card, Reply
from bot.cards.plans import plan_card
from bot.cards.schedules import list_card
from bot.cards.sheets import find_card
from bot.cards.talk import error_card, refusal_card, stranger_card, text_card
from bot.drawing import drawn
from bot.intents import ask, operate, schedule, scheduled, talk
from bot.intents.choose import choose
from bot.memory import Memory
from bot.people import STRANGER
from bot.platforms.platform import Place
from bot.rooms import ROOMS, Rooms
from bot.schedule_clicks import ScheduleClicks
from bot.turn import Turn
from engine.approvals.filed import Filed
from engine.errors import AdvisorError, EscherError, Refused
from engine.logs import Log
from engine.request import lexicon
from engine.schedules.schedules import Proposed
from engine.settings import Person
from engine.wiring import Engine

LONGEST_MESSAGE = 4000
_ENDS_A_QUESTION = frozenset({"operate", "chat", "forbid", "refuse", "schedule"})
_log = Log("escher.answering")
Undo = Callable[[str, Person, Place], Awaitable[Filed]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a message led to: cards, what kind of answer it is, the plan if there is one, and the schedule if that is its review."""

    reply: Reply
    outcome: str
    filed: Filed | None = None
    proposed: Proposed | None = None


class Answering:
    """One for a conversation. `undo` makes a plan that takes a run back."""

    def __init__(self, engine: Engine, memory: Memory, undo: Undo, schedules: ScheduleClicks) -> None:
        self._engine = engine
        self._memory = memory
        self._undo = undo
        self._schedules = schedules
        self._lexicon = lexicon.load()
        self._rooms = Rooms(engine)

    async def answer(self, person: Person | None, place: Place, text: str, login: str = "") -> Spoken:
        """What is said to a message; nothing is run and nothing is shown. `escher eval` measures exactly this.

        Somebody nobody configured (`person` None, known by `login`) may ask how things are done, and nothing else.
        """
        if len(text) > LONGEST_MESSAGE:
            return Spoken(talk.too_long(len(text), LONGEST_MESSAGE), "refuse")
        try:
            return await self._turn(person or STRANGER, place, text, login)
        except Refused as refused:
            return await self._refused(refused, person or STRANGER)
        except AdvisorError as error:
            return Spoken(Reply((error_card(error, "asking the AI server"),)), "error")
        except EscherError as error:
            return Spoken(Reply((error_card(error),)), "error")
        except Exception as error:  # noqa: BLE001 - the edge of a turn: a fault of ours must not take the bot down or pass in silence
            return Spoken(Reply((fault_card(error),)), "error")

    async def _refused(self, refused: Refused, person: Person) -> Spoken:
        """A refusal goes into the journal before it is told; a journal that cannot be written is told as well."""
        cards: tuple[Card, ...] = (refusal_card(refused),)
        try:
            await self._engine.journal.append("request.refused", {"by": person.id, "why": refused.message})
        except EscherError as error:
            cards = (*cards, error_card(error, "writing the refusal down"))
        return Spoken(Reply(cards), "refuse")

    async def _turn(self, person: Person, place: Place, text: str, login: str) -> Spoken:
        room, _, words = text.strip().partition(" ")
        if person is not STRANGER and room.lower() in ROOMS and (not words or room.lower() == "search"):
            return Spoken(Reply(await self.view(room.lower(), words, person, place), private=True), "chat")
        if person is not STRANGER and (wanted := scheduled.asked(text)) and (said := await self._of_schedules(wanted, person, place)):
            return said
        turn = await self._begun(person, place, text)
        if person is not STRANGER and (whole := schedule.completed(turn)):
            turn = await self._begun(person, place, whole)
        async with self._memory.questions.around(place):
            spoken = await (self._by_intent(turn) if person is not STRANGER else self._to_stranger(turn, login))
        turn.thread.said("person", turn.understood.sealed_text)
        return spoken

    async def _of_schedules(self, wanted: scheduled.Asked, person: Person, place: Place) -> Spoken | None:
        """What is said of schedules; None where the words are about something else here. Raises EscherError."""
        known, now = self._engine.schedules.all(), self._engine.clock.now()
        if wanted.verb == "list":
            own = [one for one in known if one.asked_by == person.id] if wanted.mine else known
            return Spoken(Reply((list_card(own, now, "Your schedules" if wanted.mine else "Schedules"),)), "answer")
        if not wanted.id and not (scheduled.of_place(known, place) if wanted.unsure else known):
            return None
        found = self._schedules.known(wanted.id) if wanted.id else scheduled.meant(wanted, known, place, now)
        if isinstance(found, str):
            return Spoken(Reply((text_card("Which schedule?", found, footer="Nothing was changed."), list_card(known, now))), "clarify")
        done = await self._schedules.said(wanted.verb, found, person, wanted.by)
        if isinstance(done, Filed):
            return Spoken(Reply((await drawn(self._engine, done),)), "schedule", done)
        return Spoken(Reply((done,)), "answer")

    async def view(self, room: str, words: str, person: Person, place: Place) -> tuple[Card, ...]:
        """A standing view; `search` is a question, whatever its words are. Raises EscherError."""
        if room != "search":
            return tuple(await self._rooms.view(room, person))
        if not words.strip():
            return (find_card(),)
        turn = await self._begun(person, place, f"show {words}")
        return (await ask.ask(turn, turn.understood.reading)).reply.cards

    async def _begun(self, person: Person, place: Place, text: str) -> Turn:
        understood = await self._engine.understanding.of(text, (person.id, person.name))
        return Turn(self._engine, person, place, self._memory.threads.at(place), text, understood, self._memory.answers)

    async def _to_stranger(self, turn: Turn, login: str) -> Spoken:
        """How things are done is for everybody; the estate, and changes to it, are for people we know."""
        if choose(turn.understood.reading, self._lexicon, question_open=False) == "learn":
            learned = await ask.learn(turn, known=False)
            return Spoken(learned.reply, learned.outcome)
        await self._engine.journal.append("request.refused", {"by": STRANGER.id, "why": f"{turn.place.platform} {login} is nobody's login"})
        return Spoken(Reply((stranger_card(login),), private=True), "refuse")

    async def _by_intent(self, turn: Turn) -> Spoken:  # noqa: C901 - one case an intent
        reading, question = turn.understood.reading, turn.thread.question
        if undo := _asks_undo(reading.text):
            filed = await self._undo(undo, turn.person, turn.place)
            return Spoken(Reply((plan_card(filed),)), "plan", filed)
        intent = choose(reading, self._lexicon, question_open=question is not None, planned=bool(turn.thread.operations))
        if intent in _ENDS_A_QUESTION:  # "never mind", or another order: what was asked back is not meant any more
            turn.thread.question, turn.thread.untimed = None, ""
        match intent:
            case "operate":
                done = await operate.operate(turn, reading.orders)
                return Spoken(done.reply, done.outcome, done.filed)
            case "pick" if question is not None:
                then = schedule.picked if await schedule.is_for_later(turn, question) else operate.picked
                done = await operate.pick_in_words(turn, question, reading.about, then)
                return Spoken(done.reply, done.outcome, done.filed, done.proposed)
            case "ask" | "pick":
                answered = await ask.ask_or_consider(turn, reading)
                return Spoken(answered.reply, answered.outcome)
            case "learn":
                learned = await ask.learn(turn)
                return Spoken(learned.reply, learned.outcome)
            case "refuse":
                await self._engine.journal.append("request.refused", {"by": turn.person.id, "why": reading.rule})
                return Spoken(talk.refuse(reading, self._lexicon), "refuse")
            case "schedule":
                assert reading.when is not None
                done = await schedule.schedule(turn, reading.orders, reading.when)
                return Spoken(done.reply, done.outcome, done.filed, done.proposed)
            case "forbid":
                return Spoken(talk.forbid(reading), "chat")
            case "help":
                return Spoken(await talk.help_(turn), "chat")
            case "chat":
                considered = await ask.consider(turn) if reading.speech == "unclear" else None
                return Spoken(considered.reply, considered.outcome) if considered else Spoken(talk.chat(turn, reading), "chat")
            case "empty":
                return Spoken(talk.empty(), "chat")


def fault_card(error: Exception) -> Card:
    """A fault of ours, with a reference to the log."""
    reference = secrets.token_hex(4)
    where = traceback.extract_tb(error.__traceback__)[-1]
    # The type and place of the fault, never its text: that may hold what must not be logged.
    _log.error("fault", reference=reference, type=type(error).__name__, file=where.filename.rpartition("/")[2], line=where.lineno)
    return error_card(
        EscherError(
            f"A fault inside Escher ({type(error).__name__}), reference {reference}.",
            hint="Nothing was changed by this message; the log has the rest.",
        )
    )


def _asks_undo(text: str) -> str:
    """The run named in "undo run-…", '' when the message is none."""
    words = text.lower().split()
    return words[1] if len(words) == 2 and words[0] in ("undo", "revert") and words[1].startswith("run-") else ""
