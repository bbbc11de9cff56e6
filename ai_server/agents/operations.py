"""From orders to a plan: the right playbook for each group, what is left out and why, what waits for what. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ai_server.agents.agreement import objection
from ai_server.agents.drafting import Draft, TooManySteps
from ai_server.agents.looking_up import absence_cited, by_hand, cited, typed
from ai_server.agents.risk import estimate
from ai_server.agents.values import bindings, mixed_sizes, values_of
from ai_server.knowledge.knowledge import Knowledge
from ai_server.knowledge.language import Text
from ai_server.knowledge.playbook import NoWayBack, Playbook
from ai_server.wire import Citation, Clarification, Group, Order, Plan, PlanRequest, Refusal, Unknown, Value

Halt = Clarification | Refusal | Unknown
CLOUD_NAMES = {"aws": "AWS", "azure": "Azure", "gcp": "GCP"}


@dataclass(frozen=True, slots=True)
class Task:
    """One order with the groups it is about."""

    order: Order
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """One order with the groups the draft really acts on for it."""

    order: Order
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Fitting:
    """A playbook and the groups of a task it is for."""

    playbook: Playbook
    groups: tuple[Group, ...]


def plan(request: PlanRequest, knowledge: Knowledge) -> Plan | Halt:
    """The plan for the request's orders, or what stands in its way. The same request gives the same reply."""
    if refusal := _malformed(request) or _contradicted(request, knowledge):
        return refusal
    draft, tasks, done = Draft(), _tasks(request), list[Done]()
    if isinstance(tasks, Clarification):
        return tasks
    for task in tasks:
        before = len(draft.touches)
        try:
            halt = _work(task, request, knowledge, draft)
        except TooManySteps:
            return Clarification(
                question="That is too many different kinds of change at once. Which cloud or which kind of resource first?"
            )
        if halt:
            return halt
        done.append(Done(task.order, tuple(touch.group for touch in draft.touches[before:])))
    return _written(done, draft)


def _malformed(request: PlanRequest) -> Refusal | None:
    handles = Counter(group.handle for group in request.groups)
    if twice := next((handle for handle, count in handles.items() if count > 1), None):
        return Refusal(reason=f"The request describes {twice} twice.")
    asked = (handle for order in request.orders for handle in order.on)
    if unknown := next((handle for handle in asked if handle not in handles), None):
        return Refusal(reason=f"An order is about {unknown}, which the request does not describe.")
    return None


def _contradicted(request: PlanRequest, knowledge: Knowledge) -> Refusal | None:
    text = Text.of(request.message)
    for order in request.orders:
        if reason := objection(order.action, text, request.turns, knowledge.vocabulary):
            return Refusal(reason=reason, who_can="Say plainly what should happen, and to what.")
    return None


def _tasks(request: PlanRequest) -> tuple[Task, ...] | Clarification:
    """Orders with their groups; an order that names none is about those of the order before it."""
    groups = {group.handle: group for group in request.groups}
    tasks: list[Task] = []
    for order in request.orders:
        on = tuple(groups[handle] for handle in dict.fromkeys(order.on)) or (tasks[-1].groups if tasks else ())
        if not on:
            return Clarification(question=f"What should I {order.action.replace('_', ' ')}?")
        tasks.append(Task(order, on))
    return tuple(tasks)


def _work(task: Task, request: PlanRequest, knowledge: Knowledge, draft: Draft) -> Halt | None:
    """Adds one order to the draft. Raises TooManySteps."""
    values = values_of(task.order, request)
    if isinstance(values, Refusal):
        return values
    fittings = _fit(task, knowledge, draft)
    if not fittings:
        return _nothing_fits(task, request, knowledge)
    if mixed := mixed_sizes([fitting.playbook for fitting in fittings], task.groups):
        return mixed
    for fitting in fittings:
        if halt := _add(fitting, values, draft):
            return halt
    return None


def _fit(task: Task, knowledge: Knowledge, draft: Draft) -> tuple[Fitting, ...]:
    """The task's groups under their playbooks, in the order they come; those without one are left out with the reason."""
    found: dict[str, tuple[Playbook, list[Group]]] = {}
    for group in task.groups:
        book = knowledge.playbook(task.order.action, group.native_type)
        if book is None or book.cloud != group.cloud:
            draft.spare(group, task.order.action, _missing(task.order, group, knowledge))
        else:
            found.setdefault(book.id, (book, []))[1].append(group)
    return tuple(Fitting(book, tuple(groups)) for book, groups in found.values())


def _add(fitting: Fitting, values: Sequence[Value], draft: Draft) -> Clarification | None:
    book = fitting.playbook
    reasons = [draft.why_not(book, group) for group in fitting.groups]
    for group, reason in zip(fitting.groups, reasons, strict=True):
        if reason:
            draft.spare(group, book.action, reason)
    ready = [group for group, reason in zip(fitting.groups, reasons, strict=True) if not reason]
    bound = bindings(book, values)
    if isinstance(bound, Clarification):
        return bound.model_copy(update={"citations": (_cited(book),)})
    draft.add(book, ready, bound)
    return None


def _missing(order: Order, group: Group, knowledge: Knowledge) -> str:
    row = knowledge.absence(order.action, group.type, group.cloud, group.native_type)
    return row.reason if row else f"Escher knows no way to {_verb(order)} a {_noun(group.type)} in {CLOUD_NAMES[group.cloud]}."


def _nothing_fits(task: Task, request: PlanRequest, knowledge: Knowledge) -> Refusal | Unknown:
    """A refusal where somebody wrote down why; otherwise an honest "I do not know how", with the command to type where one is sure."""
    asked = (knowledge.absence(task.order.action, group.type, group.cloud, group.native_type) for group in task.groups)
    written = tuple(dict.fromkeys(absence_cited(row) for row in asked if row))
    text = " ".join(dict.fromkeys(_missing(task.order, group, knowledge) for group in task.groups))
    if written:
        return Refusal(reason=text[:1000], citations=written)
    found = by_hand(request.message, knowledge, task.groups[0].cloud)
    hand = f" By hand it is `{typed(found)}`." if found else ""
    return Unknown(reason=f"{text[:700]}{hand}", citations=(cited(found),) if found else ())


def _written(done: Sequence[Done], draft: Draft) -> Plan:
    books = _unique(touch.playbook for touch in draft.touches)
    left_out = draft.left_out()
    return Plan(
        title=_title(done)[:200],
        steps=tuple(draft.steps),
        left_out=left_out,
        risk=estimate(draft.touches),
        explanation=_explanation(books, draft)[:2000],
        rollback=_ways_back(books, in_turn=len(done) > 1)[:1000],
        citations=tuple(_cited(book) for book in books),
    )


def _title(done: Sequence[Done]) -> str:
    title = ", then ".join(_headline(part.order, part.groups) for part in done if part.groups)
    return title[:1].upper() + title[1:] if title else "Nothing to do"


def _headline(order: Order, groups: Sequence[Group]) -> str:
    total = sum(group.count for group in groups)
    nouns = sorted({_noun(group.type) for group in groups})
    what = (nouns[0] if total == 1 else f"{nouns[0]}s") if len(nouns) == 1 else "resources"
    clouds = [CLOUD_NAMES[cloud] for cloud in CLOUD_NAMES if any(group.cloud == cloud for group in groups)]
    return f"{_verb(order)} {total} {what} ({', '.join(clouds)})"


def _explanation(books: Sequence[Playbook], draft: Draft) -> str:
    if not draft.steps:
        return "Nothing has to be done: " + ", ".join(sorted({row.reason for row in draft.spared.values()})) + "."
    titles = [f"{book.title}. {book.verification.sentence}" for book in books]
    spared = len(draft.left_out())
    note = [f"Left out: {spared} {'group' if spared == 1 else 'groups'}, each with its reason."] if spared else []
    held = [f"Later part: {reason}." for reason in draft.held]
    first = dict.fromkeys(sentence for book in books for sentence in book.preconditions)
    mind = [f"Mind: {' '.join(first)}"] if first else []
    return " ".join([*titles, *mind, *note, *held])


def _ways_back(books: Sequence[Playbook], *, in_turn: bool) -> str:
    """Every playbook's way back; orders that follow each other are taken back from the last to the first."""
    ways = dict.fromkeys(_way_back(book) for book in (reversed(books) if in_turn else books))
    return " ".join([*(["From the last change to the first:"] if in_turn and len(ways) > 1 else []), *ways])


def _way_back(book: Playbook) -> str:
    return f"Cannot be undone: {book.rollback.none}" if isinstance(book.rollback, NoWayBack) else book.rollback


def _verb(order: Order) -> str:
    return "block public access of" if order.action == "block_public_access" else order.action


def _noun(kind: str) -> str:
    return {"object_storage": "storage place"}.get(kind, kind.replace("_", " "))


def _cited(book: Playbook) -> Citation:
    return Citation(kind="playbook", id=book.id, title=book.title)


def _unique(books: Iterable[Playbook]) -> tuple[Playbook, ...]:
    return tuple({book.id: book for book in books}.values())
