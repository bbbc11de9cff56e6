"""Questions: about the estate, answered here; about operations in general, answered by the AI server. Edge (engine)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answers import Answer
from bot.cards.card import Reply
from bot.cards.rows import kinds
from bot.cards.sheets import View, sheet_actions
from bot.cards.talk import clarification_card, cost_card, count_title, refusal_card, table_card, text_card
from bot.intents.what_if import what_if
from bot.turn import Turn
from engine.advisor.replies import Draft, Inquiry, Said
from engine.clock import fresh_id
from engine.errors import AdvisorError
from engine.estate.resource import Resource
from engine.estate.where import in_words
from engine.planning.inquiring import selection_of
from engine.request.reading import Reading, Selection
from engine.request.resolver import Resolution, pick, resolve
from engine.request.seal import seal

STRANGERS_WAY = "An administrator adds you to `people` in the configuration."
_MOST_LISTED = 500
# A kind of resource as conditions name it, to be told as people do: `type compute_instance` → instances.
_KIND = re.compile(r"\btype ([a-z_]+(?: or [a-z_]+)*)")


@dataclass(frozen=True, slots=True)
class Answered:
    """Cards, and the resources an answer is about."""

    reply: Reply
    outcome: str = "answer"


async def ask(turn: Turn, reading: Reading) -> Answered:
    """A question about resources, answered from the estate; nothing leaves but for "what if", which needs a plan to tell of."""
    selection = _in_context(turn, reading)
    if selection.refers and not turn.thread.targets and replace(selection, refers=False).empty:
        return _not_understood(reading)  # "do it again", and nothing was spoken of before
    found = await _found(turn, selection)
    if reading.costs and not selection.unknown and "number" not in selection.fields:  # "over $100" is a filter, not a ranking
        turn.thread.guessed = found.by_likeness
        return _costs(turn, found.resources or tuple(await turn.engine.estate.select(selection.where)))
    nothing = found.confidence == "none" or (found.confidence == "ask" and not found.resources)
    if nothing and selection.empty and not selection.everything:
        return _not_understood(reading)
    if nothing:
        return Answered(Reply((text_card("Nothing found", found.question, _told(selection), footer=_gaps(turn)),)))
    if found.confidence == "ask" and not found.by_meaning:
        card = clarification_card(found.question, found.resources, "")
        return Answered(
            Reply((replace(card, actions=sheet_actions(found.resources, _kept(turn, selection, found, found.resources))),)), "clarify"
        )
    shown = list(found.resources) if found.by_meaning else sorted(found.resources, key=_order)
    turn.thread.targets = tuple(resource.id for resource in shown[:_MOST_LISTED])
    turn.thread.guessed = found.by_likeness
    turn.thread.selection = replace(selection, refers=False)
    turn.thread.question = None
    view = _kept(turn, selection, found, shown)
    card = table_card(
        shown, _sentence(reading, selection, found), _notes(turn, selection, found), view, Answer("", (), selection, found.likely).why
    )
    told = None if found.by_likeness or not reading.what_if else await what_if(turn, reading.what_if, shown)
    return Answered(Reply((card, told) if told else (card,), targets=turn.thread.targets))


async def ask_or_consider(turn: Turn, reading: Reading) -> Answered:
    """A question about resources; what nothing here is meant by may be known to the AI server."""
    answered = await ask(turn, reading)
    return (await consider(turn) or answered) if answered.outcome == "chat" else answered


async def learn(turn: Turn, *, known: bool = True) -> Answered:
    """A question about operations or clouds in general, from the AI server's public knowledge. Raises AdvisorError.

    What it makes into a query is looked up here, for people who are `known` alone.
    """
    reply = await _advised(turn, known=known)
    return await _told_by(turn, reply, known=known)


async def consider(turn: Turn) -> Answered | None:
    """What the AI server makes of a sentence that was not understood here; None when it does not know either, or is away."""
    if not any(word.isalpha() for word in turn.understood.sealed_text.split()):
        return None  # nothing but names and numbers: there is nothing to ask
    try:
        reply = await _advised(turn, known=True)
    except AdvisorError:
        return None
    nothing = isinstance(reply, Draft) or (isinstance(reply, Said) and reply.kind == "unknown")
    return None if nothing else await _told_by(turn, reply, known=True)


async def _advised(turn: Turn, *, known: bool) -> Draft | Said | Inquiry:
    turns, operations = (turn.thread.turns, turn.thread.operations) if known else ((), ())
    sealed = replace(seal(turn.understood.sealed_text, (), turns), operations=operations)
    return (await turn.engine.planner.advise(sealed)).reply


async def _told_by(turn: Turn, reply: Draft | Said | Inquiry, *, known: bool) -> Answered:
    match reply:
        case Inquiry() if known:
            return await _looked_up(turn, reply)
        case Inquiry():
            return Answered(
                Reply((refusal_card("That is a question about resources, which I answer to people I know.", STRANGERS_WAY),)), "refuse"
            )
        case Draft():
            return Answered(Reply((refusal_card("That was a question, and the AI server answered with a plan. It was dropped."),)))
        case Said(kind="refusal"):
            return Answered(Reply((refusal_card(reply.text, reply.who_can),)), "refuse")
    footer = f"Source: {'; '.join(reply.sources)}" if reply.sources else ""
    title = {"answer": "Answer", "clarification": "One more thing"}.get(reply.kind, "I do not know")
    return Answered(Reply((text_card(title, reply.text, *reply.choices, commands=reply.commands, footer=footer),)))


async def _looked_up(turn: Turn, inquiry: Inquiry) -> Answered:
    """The estate's answer to a question as the AI server understood it."""
    about = selection_of(inquiry)
    if about.empty:
        return _not_understood(turn.understood.reading)
    reading = replace(
        turn.understood.reading, about=about, counts=inquiry.measure == "count", costs=inquiry.measure == "cost", continues=False
    )
    return await ask(turn, reading)


def _in_context(turn: Turn, reading: Reading) -> Selection:
    """The question in its thread: "and in prod?" goes on from the last one."""
    earlier = turn.thread.selection
    if earlier is not None and reading.continues and not reading.about.names and not reading.about.unknown:
        return reading.about.following(earlier)
    return reading.about


async def _found(turn: Turn, selection: Selection) -> Resolution:
    if selection.refers and turn.thread.targets:
        known = [found for one in turn.thread.targets if (found := await turn.engine.estate.get(one)) is not None]
        return Resolution("certain", pick(known, selection), by_likeness=turn.thread.guessed)
    return await resolve(selection, turn.engine.estate, changing=False)


def _sentence(reading: Reading, selection: Selection, found: Resolution) -> str:
    count = len(found.resources)
    if found.by_likeness:
        return found.question or "Nothing matches exactly. These are the closest."
    told = _told(selection)
    return (
        f"{count} {'matches' if count == 1 else 'match'}{f' {told}' if told else ''}."
        if not reading.counts
        else f"{count}{f', counting {told}' if told else ''}."
    )


def _told(selection: Selection) -> str:
    said = (
        _KIND.sub(lambda found: " or ".join(kinds(type_, 2) for type_ in found[1].split(" or ")), in_words(selection.where))
        if selection.filters
        else ""
    )
    without = " and ".join(part.words for part in selection.excluded)
    return said + (f", without {without}" if without else "")


def _notes(turn: Turn, selection: Selection, found: Resolution) -> list[str]:
    notes = [f"{part.count} left out by \u201c{part.words}\u201d" for part in found.excluded if part.count]
    if selection.unread and not found.by_likeness:
        notes.append("I did not use: " + ", ".join(f"\u201c{word}\u201d" for word in selection.unread))
    return [*notes, gaps] if (gaps := _gaps(turn)) else notes


def _gaps(turn: Turn) -> str:
    gaps = turn.engine.estate.gaps()
    if not gaps:
        return ""
    first = gaps[0]
    more = f", and {len(gaps) - 1} more" if len(gaps) > 1 else ""
    return f"Not seen: {first.type.replace('_', ' ')} in {first.account_name} {first.region} ({first.reason}){more}"


def _kept(turn: Turn, selection: Selection, found: Resolution, resources: Sequence[Resource]) -> View:
    """The answer, kept so that it can be paged through, downloaded and opened, with why each is in it."""
    view = View(fresh_id("answer"))
    ids = tuple(resource.id for resource in resources)
    turn.answers.keep(view.source, Answer(count_title(resources), ids, selection, found.likely))
    return view


def _costs(turn: Turn, resources: tuple[Resource, ...]) -> Answered:
    ranked = sorted(resources, key=lambda resource: -resource.monthly_cost)[:10]
    turn.thread.targets = tuple(resource.id for resource in ranked)
    return Answered(Reply((cost_card(resources),), targets=turn.thread.targets))


def _order(resource: Resource) -> tuple[str, str, str]:
    return resource.account_name, resource.name, resource.id


def _not_understood(reading: Reading) -> Answered:
    words = ", ".join(f"\u201c{word}\u201d" for word in reading.about.unread) or "that"
    said = f"I do not know what to look for with {words}."
    return Answered(
        Reply(
            (
                text_card(
                    "I did not understand", said, "Name a kind of resource, an environment, a region or a name; `help` shows examples."
                ),
            )
        ),
        "chat",
    )
