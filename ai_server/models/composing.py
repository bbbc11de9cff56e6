"""A model's opinion made into a reply by the same code that plans without one, or refused with what is wrong. Pure.

A model composes what stands in the library and nothing else. It cannot add an action that was not ordered, leave out a group that was, bring in a
value, lower a risk, or write an answer: texts of answers come from the library, whose rows it may only name.
"""

from __future__ import annotations

from collections.abc import Sequence

from ai_server.agents.holding import held_plan
from ai_server.knowledge.knowledge import SAME_WISH, Knowledge
from ai_server.knowledge.playbook import Equivalent, NoWayBack, Playbook, Practice
from ai_server.models.opinion import Chosen, Opinion
from ai_server.models.retrieval import Candidates
from ai_server.models.speaking import Check
from ai_server.models.wording import fault, tidy
from ai_server.wire import RISK_ORDER, Answer, Citation, Clarification, Order, Plan, PlanRequest, Reply, Risk, Unknown

WORDS_OF = "In the model's words: "
CHOSEN = "Which playbooks to use was chosen by the model, out of Escher's own."
FOUND = "Found by the model in Escher's own texts:"


class Unsound(ValueError):
    """The opinion breaks a rule; the message says which, to the model."""


def compose(request: PlanRequest, grounded: Reply, opinion: Opinion, offered: Candidates, knowledge: Knowledge) -> Reply:
    """The grounded reply, or what the opinion makes of it. Raises Unsound."""
    if opinion.empty:
        return grounded
    if isinstance(grounded, Plan):
        return _reconsidered(grounded, opinion, request)
    if not isinstance(grounded, Clarification | Unknown):
        raise Unsound("Nothing may be added to this reply.")
    if sum(map(bool, (opinion.orders, opinion.question, opinion.sources))) != 1:
        raise Unsound("Give exactly one of orders, question and sources, or nothing at all.")
    if opinion.orders:
        return _planned(request, opinion, offered, knowledge)
    if opinion.question:
        return _asked(grounded, opinion, request)
    return _answered(opinion, offered)


def _reconsidered(grounded: Plan, opinion: Opinion, request: PlanRequest) -> Plan:
    if opinion.orders or opinion.question or opinion.sources:
        raise Unsound("The plan stands; only its risk may be raised and its explanation added to.")
    risk = _raised(grounded.risk, opinion, request)
    words = _worded(opinion.explanation, request, [step.operation for step in grounded.steps])
    told = f"{grounded.explanation} {WORDS_OF}{words}" if words else grounded.explanation
    return grounded.model_copy(update={"risk": risk, "explanation": told if len(told) <= 2000 else grounded.explanation})


def _raised(risk: Risk, opinion: Opinion, request: PlanRequest) -> Risk:
    """Never lower: a lower or equal level changes nothing, whatever is said with it."""
    if opinion.risk is None or RISK_ORDER.index(opinion.risk) <= RISK_ORDER.index(risk.level):
        return risk
    reason = _worded(opinion.risk_reason, request, ())
    if not reason:
        raise Unsound("A higher risk wants a risk_reason.")
    return Risk(level=opinion.risk, reasons=(*risk.reasons[:11], f"the model: {reason}"))


def _planned(request: PlanRequest, opinion: Opinion, offered: Candidates, knowledge: Knowledge) -> Plan:
    orders = tuple(_order(chosen, request, offered) for chosen in opinion.orders)
    if missing := _forgotten(request, orders):
        raise Unsound(f"The orders say nothing about {missing}.")
    made = held_plan(request.model_copy(update={"orders": orders}), knowledge)
    if not isinstance(made, Plan):
        raise Unsound("With these orders there is still no plan; ask a question, or say nothing.")
    told = made.model_copy(update={"explanation": f"{CHOSEN} {made.explanation}"[:2000]})
    return _reconsidered(told, opinion.model_copy(update={"orders": ()}), request)


def _order(chosen: Chosen, request: PlanRequest, offered: Candidates) -> Order:
    book = offered.playbook(chosen.playbook)
    if book is None:
        raise Unsound("A playbook was chosen that was not offered.")
    ordered = [order.action for order in request.orders if book.action in (order.action, SAME_WISH.get(order.action))]
    if not ordered:
        raise Unsound(f"{book.id} does {book.action}, which nobody ordered.")
    groups = {group.handle: group for group in request.groups}
    for handle in chosen.groups:
        if handle not in groups:
            raise Unsound("A group was chosen that the request does not have.")
        if groups[handle].native_type not in book.native_types or groups[handle].cloud != book.cloud:
            raise Unsound(f"{book.id} is not for {handle}.")
    if set(chosen.values) - {value.handle for value in request.values}:
        raise Unsound("A value was chosen that the request does not have.")
    return Order(action=ordered[0], on=chosen.groups, values=chosen.values)


def _forgotten(request: PlanRequest, orders: Sequence[Order]) -> str:
    """The first group of an order that the chosen orders leave out."""
    covered = {(order.action, handle) for order in orders for handle in order.on}
    wanted = ((order.action, handle) for order in request.orders for handle in order.on)
    return next((handle for action, handle in wanted if (action, handle) not in covered), "")


def _asked(grounded: Clarification | Unknown, opinion: Opinion, request: PlanRequest) -> Clarification:
    words = _worded(opinion.question, request, ())
    if not words.endswith("?"):
        raise Unsound("A question ends with a question mark.")
    return Clarification(question=words, choices=grounded.choices if isinstance(grounded, Clarification) else ())


def _answered(opinion: Opinion, offered: Candidates) -> Answer:
    rows = [row for row in offered.rows if row.id in opinion.sources]
    if set(opinion.sources) - {row.id for row in rows}:
        raise Unsound("A source was chosen that was not offered.")
    books = [row for row in rows if isinstance(row, Playbook)]
    return Answer(
        text="\n\n".join([FOUND, *(_told(row) for row in rows)])[:6000],
        commands=tuple(" ".join(argv) for book in books for argv in book.commands),
        citations=tuple(_citation(row) for row in rows),
    )


def _told(row: Playbook | Practice | Equivalent) -> str:
    """A row of the library in its own words."""
    match row:
        case Playbook():
            back = f"It cannot be undone: {row.rollback.none}" if isinstance(row.rollback, NoWayBack) else f"To go back: {row.rollback}"
            return f"{row.title}. {' '.join(step.why for step in row.steps)} {back}"
        case Practice():
            return f"{row.title}. {row.text} Sources: {'; '.join(row.sources)}."
        case Equivalent():
            named = (f"{cloud.upper() if cloud != 'azure' else 'Azure'}: {' or '.join(names)}" for cloud, names in row.services.items())
            return f"{row.title}. {'; '.join(named)}."


def _citation(row: Playbook | Practice | Equivalent) -> Citation:
    match row:
        case Playbook():
            return Citation(kind="playbook", id=row.id, title=row.title)
        case Practice():
            return Citation(kind="practice", id=row.id, title=row.title)
        case Equivalent():
            return Citation(kind="equivalent", id=row.id, title=row.title)


def _worded(text: str, request: PlanRequest, operations: Sequence[str]) -> str:
    words = tidy(text)
    handles = [*(group.handle for group in request.groups), *(value.handle for value in request.values)]
    if wrong := fault(words, handles, operations):
        raise Unsound(wrong)
    return words


def noted(grounded: Reply, note: str) -> Reply:
    """The reply with a sentence about how it came to be, where people will read it; as it is where there is no room."""
    match grounded:
        case Plan() if len(grounded.explanation) + len(note) < 2000:
            return grounded.model_copy(update={"explanation": f"{grounded.explanation} {note}".strip()})
        case Unknown() if len(grounded.reason) + len(note) < 1000:
            return grounded.model_copy(update={"reason": f"{grounded.reason} {note}"})
        case Clarification() if len(grounded.question) + len(note) < 590:
            return grounded.model_copy(update={"question": f"{grounded.question} ({note.rstrip('.')})"})
        case _:
            return grounded


def checker(request: PlanRequest, grounded: Reply, offered: Candidates, knowledge: Knowledge) -> Check:
    """What is wrong with an opinion on this request, as a sentence to the model; '' when nothing is."""

    def check(opinion: Opinion) -> str:
        try:
            compose(request, grounded, opinion, offered, knowledge)
        except Unsound as error:
            return str(error)
        return ""

    return check
