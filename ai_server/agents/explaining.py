"""What a plan's operations do, why they are there and how they are taken back, from the playbooks and the commands. Pure."""

from __future__ import annotations

from ai_server.agents.looking_up import cited
from ai_server.knowledge.knowledge import Knowledge
from ai_server.knowledge.playbook import NoWayBack, Playbook, Step
from ai_server.wire import Answer, Citation, PlanRequest, Unknown

MOST_EXPLAINED = 8


def explanation(request: PlanRequest, knowledge: Knowledge) -> Answer | Unknown:
    """One paragraph an operation, in the plan's order; what nobody knows is not made up."""
    told = [_told(operation, knowledge) for operation in dict.fromkeys(request.operations)]
    known = [one for one in told if one is not None][:MOST_EXPLAINED]
    if not known:
        return Unknown(reason="I looked for the plan's operations among playbooks and commands and found none of them.")
    return Answer(
        text="\n".join(text for text, _ in known)[:6000],
        citations=tuple({citation.id: citation for _, sources in known for citation in sources}.values()),
    )


def _told(operation: str, knowledge: Knowledge) -> tuple[str, tuple[Citation, ...]] | None:
    command = knowledge.command(operation)
    found = next(((book, step) for book in knowledge.playbooks for step in book.steps if step.operation == operation), None)
    parts = [command.summary] if command else []
    sources = [cited(command)] if command else []
    if found:
        book, step = found
        parts += [step.why, _way_back(book, step)]
        sources.append(Citation(kind="playbook", id=book.id, title=book.title))
    said = [part.rstrip(".") for part in parts if part]
    return (f"{operation}: {'. '.join(said)}.", tuple(sources)) if said else None


def _way_back(book: Playbook, step: Step) -> str:
    if len(book.steps) > 1 and step is not book.steps[-1]:
        return ""
    return f"It cannot be undone: {book.rollback.none}" if isinstance(book.rollback, NoWayBack) else f"To go back: {book.rollback}"
