"""Whether a plan holds: every step one of its playbooks' own, filled with what the request has, and grounded in the commands. Pure.

Whatever wrote the plan, the server's own code or a model's choice made into orders, it passes here before it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ai_server.agents.operations import Halt, plan
from ai_server.knowledge.knowledge import Knowledge
from ai_server.knowledge.playbook import Playbook, Step
from ai_server.wire import Argument, Citation, Plan, PlannedStep, PlanRequest, Unknown

NOT_SENT = "I made a plan that does not hold against the commands' own description, so I do not send it."


def held_plan(request: PlanRequest, knowledge: Knowledge) -> Plan | Halt:
    """The plan for the request's orders, if it holds; else an Unknown with the code `ungrounded` that says what does not."""
    made = plan(request, knowledge)
    if not isinstance(made, Plan) or not (why := unheld(made, request, knowledge)):
        return made
    return Unknown(reason=f"{NOT_SENT} {why}"[:1000], citations=made.citations, code="ungrounded")


def unheld(made: Plan, request: PlanRequest, knowledge: Knowledge) -> str:
    """The first thing that does not hold, as a sentence; '' when everything does."""
    books = cited_books(made.citations, knowledge)
    kinds = {value.handle: value.kind for value in request.values}
    for step in made.steps:
        found = _origin(step, books)
        if found is None:
            return (
                f"{step.id}: {step.operation} with {', '.join(sorted(step.arguments)) or 'no arguments'} stands in no playbook of the plan."
            )
        book, declared = found
        if wrong := _misfilled(step.arguments, declared, book, kinds):
            return f"{step.id}: {wrong}"
        if wrong := knowledge.grounds.fault(book):
            return wrong
    return ""


def cited_books(citations: Sequence[Citation], knowledge: Knowledge) -> tuple[Playbook, ...]:
    """The playbooks among some citations."""
    found = (knowledge.by_id.get(citation.id) for citation in citations if citation.kind == "playbook")
    return tuple(book for book in found if book is not None)


def _origin(step: PlannedStep, books: Sequence[Playbook]) -> tuple[Playbook, Step] | None:
    declared = ((book, one) for book in books for one in book.steps)
    return next(
        ((book, one) for book, one in declared if one.operation == step.operation and set(step.arguments) <= set(one.arguments)), None
    )


def _misfilled(given: Mapping[str, Argument], declared: Step, book: Playbook, kinds: Mapping[str, str]) -> str:
    """An argument that is not what the playbook says: its own word, or a value of the request of the parameter's kind."""
    parameters = {parameter.name: parameter.kind for parameter in book.parameters}
    for name, value in given.items():
        said = declared.arguments[name]
        if not isinstance(said, str) or not said.startswith("$"):
            if value != said or type(value) is not type(said):
                return f"{book.id} sets {name} to {said!r}, the step to something else."
        elif not isinstance(value, str) or kinds.get(value) != parameters.get(said[1:]):
            return f"{book.id} wants a {parameters.get(said[1:], 'known')} of the request for {name}."
    return ""
