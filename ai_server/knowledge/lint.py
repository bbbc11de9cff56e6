"""What a sound playbook library keeps, checked as a whole; every finding is a sentence. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import chain

from ai_server.knowledge.playbook import CLOUDS, Absence, NoWayBack, Playbook

FEWEST_ASKS = 5


def lint(playbooks: Sequence[Playbook], absences: Sequence[Absence]) -> list[str]:
    """Findings, sorted; empty for a sound library."""
    single = chain.from_iterable(rule(book) for book in playbooks for rule in (_asks, _rollback, _parameters, _steps, _commands, _states))
    whole = chain(_ids(playbooks), _rivals(playbooks), _capabilities(playbooks, absences), _contradictions(playbooks, absences))
    return sorted(chain(single, whole))


def _asks(book: Playbook) -> Iterator[str]:
    if len(set(book.asks)) < FEWEST_ASKS:
        yield f"{book.id}: {len(set(book.asks))} different asks; people ask in at least {FEWEST_ASKS} ways"


def _rollback(book: Playbook) -> Iterator[str]:
    if not isinstance(book.rollback, NoWayBack) and not book.rollback.strip():
        yield f"{book.id}: no rollback, and no reason why there is none"
    if book.risk.deletes and not isinstance(book.rollback, NoWayBack):
        yield f"{book.id}: deletes, and yet promises a way back"


def _parameters(book: Playbook) -> Iterator[str]:
    declared = {parameter.name for parameter in book.parameters}
    values = [value for step in book.steps for value in step.arguments.values()]
    used = {value[1:] for value in values if isinstance(value, str) and value.startswith("$")}
    yield from (f"{book.id}: the parameter {name} is never used" for name in declared - used)
    yield from (f"{book.id}: ${name} is no parameter" for name in used - declared)
    yield from (f"{book.id}: two parameters of the kind {kind}" for kind, count in _kinds(book).items() if count > 1)


def _kinds(book: Playbook) -> Counter[str]:
    return Counter(parameter.kind for parameter in book.parameters)


def _steps(book: Playbook) -> Iterator[str]:
    names = [step.id for step in book.steps]
    yield from (f"{book.id}: two steps are called {name}" for name, count in Counter(names).items() if count > 1)
    for step in book.steps:
        yield from (f"{book.id}: {step.id} waits for {name}, which is no step" for name in step.after if name not in names)
    try:
        TopologicalSorter({step.id: step.after for step in book.steps}).prepare()
    except CycleError:
        yield f"{book.id}: the steps wait for each other in a circle"
        return
    for position, step in enumerate(book.steps):
        yield from (f"{book.id}: {step.id} stands before {name}, which it waits for" for name in step.after if name in names[position:])


def _commands(book: Playbook) -> Iterator[str]:
    words = [word for argv in book.commands for word in argv]
    yield from (f"{book.id}: the argument {word!r} has a blank in it" for word in words if " " in word)
    yield from (
        f"{book.id}: permission for {step.operation} is not listed"
        for step in book.steps
        if permission(book, step.operation) not in book.permissions
    )


def permission(book: Playbook, operation: str) -> str:
    """The permission an operation is checked as: what follows the last colon only tells apart what one permission lets do.

    AWS has a colon in its permissions too: `rds:ModifyDBInstance` is that of `rds:ModifyDBInstance:unprotect`.
    """
    return ":".join(operation.split(":")[: 2 if book.cloud == "aws" else 1])


def _states(book: Playbook) -> Iterator[str]:
    yield from (f"{book.id}: {state} is both taken and left out" for state in set(book.states) & set(book.already))
    for state in book.states:
        if not any(not step.states or state in step.states for step in book.steps):
            yield f"{book.id}: nothing is done in the state {state}"
    for step in book.steps:
        yield from (f"{book.id}: {step.id} names {state}, which is never taken" for state in step.states if state not in book.states)


def _ids(playbooks: Sequence[Playbook]) -> Iterator[str]:
    yield from (f"{name}: {count} playbooks have this id" for name, count in Counter(book.id for book in playbooks).items() if count > 1)
    yield from (f"{book.id}: the id does not begin with {book.cloud}" for book in playbooks if not book.id.startswith(book.cloud + "-"))


def _rivals(playbooks: Sequence[Playbook]) -> Iterator[str]:
    """Two playbooks for one action on one native type: which is meant would be a guess."""
    targets = Counter((book.action, native) for book in playbooks for native in book.native_types)
    yield from (f"{native}: {count} playbooks for {action}" for (action, native), count in targets.items() if count > 1)


def _capabilities(playbooks: Sequence[Playbook], absences: Sequence[Absence]) -> Iterator[str]:
    there = {(book.action, kind, book.cloud) for book in playbooks for kind in book.types}
    told = {(row.action, kind, row.cloud) for row in absences for kind in row.types}
    for action, kind in sorted({(action, kind) for action, kind, _ in there}):
        for cloud in CLOUDS:
            if (action, kind, cloud) not in there | told:
                yield f"{action} of {kind}: {cloud} has no playbook, and absent/ does not say why"


def _contradictions(playbooks: Sequence[Playbook], absences: Sequence[Absence]) -> Iterator[str]:
    there = {(book.action, kind, book.cloud): book.id for book in playbooks for kind in book.types}
    told = [(row.action, kind, row.cloud) for row in absences for kind in row.types if not row.native_types]
    yield from (f"{there[row]}: absent/ says it is absent" for row in told if row in there)
    yield from (f"{row[0]} of {row[1]} in {row[2]}: absent/ says so {count} times" for row, count in Counter(told).items() if count > 1)
