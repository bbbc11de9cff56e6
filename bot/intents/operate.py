"""Commands: exact targets for every order, then a plan on the desk, or a question back. Edge (engine)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.cards.card import Reply
from bot.cards.plans import plan_card
from bot.cards.talk import clarification_card, nothing_card, refusal_card, text_card
from bot.threads import Question
from bot.turn import Turn
from engine.advisor.replies import Said
from engine.approvals.filed import Filed
from engine.clock import fresh_id
from engine.estate.resource import Resource
from engine.execution.plan import LeftOut
from engine.planning.planner import Ask, NothingToDo
from engine.request.reading import Order, Selection
from engine.request.reasons import in_short
from engine.request.resolver import MOST_CHOICES, Resolution, how_many, pick, resolve
from engine.request.seal import Wanted
from engine.schedules.schedules import Proposed

# Reasons of targets that no words of this message picked.
SPOKEN_OF, PICKED = "spoken of before", "picked from the list"
# A plan never has more targets than this, so no more reasons are told.
MOST_REASONS = 1000


@dataclass(frozen=True, slots=True)
class Operated:
    """What a command led to: cards, the plan when there is one, and the schedule when that is its review."""

    reply: Reply
    filed: Filed | None = None
    outcome: str = "clarify"
    proposed: Proposed | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a plan tells of where it comes from: the message it is for, as written and as it may leave (the turn's own where empty), and why."""

    message: str = ""
    sealed_text: str = ""
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Gathered:
    """The exact targets of every order; `picked` by number of the order where its words alone do not say which."""

    wanted: list[Wanted] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    by_name: bool = True
    why: dict[str, str] = field(default_factory=dict)  # by resource id
    picked: dict[int, tuple[str, ...]] = field(default_factory=dict)


# What a pick from a list leads to: a plan, or a schedule.
Picked = Callable[[Turn, Question, Sequence[Resource]], Awaitable[Operated]]


async def operate(turn: Turn, orders: Sequence[Order]) -> Operated:
    """Resolves each order in turn ("stop X and start them again": the second means the first's) and proposes one plan for all."""
    gathered = await gather(turn, orders)
    if isinstance(gathered, Operated):
        return gathered
    told = Told(why=gathered.why)
    return await propose(turn, gathered.wanted, gathered.left_out, by_name=gathered.by_name, told=told)


async def gather(turn: Turn, orders: Sequence[Order]) -> Gathered | Operated:
    """The exact targets of every order, or the question to ask. Raises StoreError."""
    gathered = Gathered()
    for number, order in enumerate(orders):
        found = await _targets(turn, order.selection, gathered.wanted)
        if found.confidence != "certain" or not found.resources or found.by_likeness:
            return _ask_back(turn, orders[number:], found, number)
        gathered.wanted.append(_wanted(order, found.resources))
        gathered.left_out += [LeftOut(part.count, f"excluded by \u201c{part.words}\u201d") for part in found.excluded if part.count]
        gathered.by_name = gathered.by_name and bool(order.selection.names)
        gathered.why |= {one.id: in_short(found.why(order.selection, one)) or SPOKEN_OF for one in found.resources[:MOST_REASONS]}
        if order.selection.refers or _counts_only(order.selection):
            gathered.picked[number] = tuple(one.id for one in found.resources)
    return gathered


async def picked(turn: Turn, question: Question, resources: Sequence[Resource]) -> Operated:
    """The order a question was about, on the resources the person picked: now exact, by their own choice."""
    turn.thread.question = None
    told = Told(question.message, question.sealed_text, {one.id: PICKED for one in resources})
    return await propose(turn, on_these(question, resources), (), by_name=True, told=told)


def on_these(question: Question, resources: Sequence[Resource]) -> list[Wanted]:
    """What a question was about, on what was picked: its first order, and those after it that mean the same."""
    first, *others = question.orders
    return [_wanted(order, resources) for order in (first, *(one for one in others if one.selection.refers or one.selection.empty))]


async def pick_in_words(turn: Turn, question: Question, selection: Selection, then: Picked = picked) -> Operated:
    """Chosen in words ("the one in staging", "the second") among the candidates of an open question."""
    candidates = [found for one in question.candidates if (found := await turn.engine.estate.get(one)) is not None]
    number = selection.quantity
    if number is not None and not selection.filters and not selection.names and 1 <= number <= len(candidates):
        chosen: tuple[Resource, ...] = (candidates[number - 1],)
    elif selection.universal and not selection.filters and not selection.names:
        chosen = tuple(candidates)
    else:
        chosen = pick(candidates, selection)
    if len(chosen) == 1 or (chosen and selection.universal):
        return await then(turn, question, chosen)
    asked = f"{len(chosen)} of them fit that. Which one?" if chosen else "None of them fits that. Which one?"
    return _ask_back(turn, question.orders, Resolution("ask", tuple(chosen or candidates), asked), question.skip, question)


async def _targets(turn: Turn, selection: Selection, earlier: Sequence[Wanted]) -> Resolution:
    """What a selection means: the estate, or what was spoken of before."""
    if earlier and (selection.refers or selection.empty) and not selection.everything:
        return _among(earlier[-1].targets, selection)
    if selection.refers or (turn.thread.targets and _counts_only(selection)):
        known = [found for one in turn.thread.targets if (found := await turn.engine.estate.get(one)) is not None]
        if not known:
            return Resolution("ask", question="I do not know what you mean by that here. Name the resources, or ask to list them first.")
        chosen = _among(known, selection)
        return _unsure(chosen) if turn.thread.guessed else chosen
    return await resolve(selection, turn.engine.estate, changing=True)


def _unsure(chosen: Resolution) -> Resolution:
    """What a likeness listed, asked back: nobody has named or picked it yet."""
    question = chosen.question or "I found these by likeness only. Pick the ones you mean."
    return replace(chosen, confidence="ask", question=question, by_likeness=True)


def _counts_only(selection: Selection) -> bool:
    """Nothing but "both" or "all three": the things themselves were spoken of before."""
    return selection.empty and not selection.everything and (selection.universal or selection.quantity is not None)


def _among(resources: Sequence[Resource], selection: Selection) -> Resolution:
    chosen = pick(resources, selection)
    if selection.unread:
        words = ", ".join(f"\u201c{word}\u201d" for word in selection.unread)
        return Resolution("ask", tuple(resources[:MOST_CHOICES]), f"I do not know what {words} means here, so I changed nothing.")
    if doubt := selection.doubt or how_many(selection, chosen):
        return Resolution("ask", tuple(chosen[:MOST_CHOICES]) or tuple(resources[:MOST_CHOICES]), doubt)
    if not chosen:
        return Resolution("ask", tuple(resources[:MOST_CHOICES]), "None of those fits that. Which ones do you mean?")
    return Resolution("certain", chosen)


def _wanted(order: Order, resources: Sequence[Resource]) -> Wanted:
    return Wanted(wire_action(order.action, resources), tuple(resources), order.given)


def wire_action(action: str, resources: Sequence[Resource]) -> str:
    """The action in the wire's words: machines are terminated, everything else is deleted."""
    if action not in ("terminate", "delete"):
        return action
    return "terminate" if all(one.type == "compute_instance" for one in resources) else "delete"


def _ask_back(turn: Turn, orders: Sequence[Order], found: Resolution, skip: int, again: Question | None = None) -> Operated:
    """A question with a card to pick from. `again` is the question that this one asks once more: its message is what is wanted."""
    message = again.message if again else turn.message
    sealed = again.sealed_text if again else turn.understood.sealed_text
    question = Question(
        fresh_id("question"), tuple(orders), tuple(one.id for one in found.resources), message, sealed, skip, found.question
    )
    turn.thread.question = question if found.resources else None
    if found.resources:
        turn.thread.targets, turn.thread.guessed = question.candidates, found.by_likeness
    return Operated(Reply((clarification_card(found.question, found.resources, question.id),), targets=question.candidates))


async def propose(
    turn: Turn,
    wanted: Sequence[Wanted],
    left_out: Sequence[LeftOut],
    *,
    by_name: bool,
    told: Told | None = None,
) -> Operated:
    """One plan for all orders, on the desk."""
    told = told or Told()
    ask = Ask(
        person=turn.person,
        message=told.message or turn.message,
        sealed_text=told.sealed_text or turn.understood.sealed_text,
        wanted=tuple(wanted),
        turns=tuple(turn.thread.turns),
        left_out=tuple(left_out),
        by_name=by_name,
        place=turn.where,
        why=told.why,
    )
    proposed = await turn.engine.planner.propose(ask)
    turn.thread.targets = tuple(dict.fromkeys(one.id for order in wanted for one in order.targets))
    turn.thread.guessed = False
    match proposed:
        case Said(kind="clarification"):
            turn.thread.question = _missing_value(turn, wanted)
            return Operated(Reply((text_card("One more thing", proposed.text, *proposed.choices, footer="Nothing was changed."),)))
        case Said(kind="refusal" | "unknown"):
            return Operated(Reply((refusal_card(proposed.text, proposed.who_can),)), outcome="refuse")
        case Said():
            return Operated(Reply((text_card("Answer", proposed.text, commands=proposed.commands),)), outcome="answer")
        case NothingToDo():
            return Operated(Reply((nothing_card(proposed.left_out),)), outcome="answer")
        case Filed():
            turn.thread.operations = tuple(dict.fromkeys(step.operation for step in proposed.plan.steps))
            return Operated(Reply((plan_card(proposed),)), proposed, "plan")


def _missing_value(turn: Turn, wanted: Sequence[Wanted]) -> Question:
    """The targets are known and a value is missing ("to what size?"): the next message may give it."""
    ids = tuple(one.id for one in wanted[0].targets)
    orders = tuple(Order(order.action, Selection(refers=True), order.given) for order in wanted)
    return Question(fresh_id("question"), orders, ids, turn.message, turn.understood.sealed_text)
