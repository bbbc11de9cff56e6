"""Puts the values a person gave where a playbook's parameters want them, or asks for what is missing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ai_server.knowledge.playbook import Parameter, Playbook
from ai_server.wire import Argument, Citation, Clarification, Group, Order, PlanRequest, Refusal, Value

Binding = Mapping[str, str]
"""Parameter name to value handle; a playbook is run once for each binding."""


def values_of(order: Order, request: PlanRequest) -> tuple[Value, ...] | Refusal:
    """The order's own values; all of the request's where it is the only order and names none."""
    known = {value.handle: value for value in request.values}
    if missing := next((handle for handle in order.values if handle not in known), None):
        return Refusal(reason=f"The order names the value {missing}, which the request does not have.")
    if order.values:
        return tuple(known[handle] for handle in order.values)
    return request.values if len(request.orders) == 1 else ()


def bindings(book: Playbook, values: Sequence[Value]) -> tuple[Binding, ...] | Clarification:
    """Every set of arguments the values make: two tags make two. A parameter without a value is asked for."""
    if not book.parameters:
        return ({},)
    found = {parameter.name: [value.handle for value in values if value.kind == parameter.kind] for parameter in book.parameters}
    for parameter in book.parameters:
        if parameter.required and not found[parameter.name]:
            return Clarification(question=parameter.question)
    given = {name: handles for name, handles in found.items() if handles}
    counts = {len(handles) for handles in given.values()}
    if len(counts) > 1 or (len(book.parameters) == 1 and max(counts, default=1) > 1):
        return Clarification(question=_one_at_a_time(book.parameters))
    return tuple(dict(zip(given, row, strict=True)) for row in zip(*given.values(), strict=True)) or ({},)


def mixed_sizes(books: Sequence[Playbook], groups: Sequence[Group]) -> Clarification | None:
    """A size belongs to one provider's kind of resource; the same word cannot be meant for two."""
    sized = {book.id: book for book in books if any(parameter.kind == "size" for parameter in book.parameters)}
    if len(sized) < 2 or len(groups) < 2:
        return None
    return Clarification(
        question="A size is known to one cloud and one kind of resource only. Which of these is it for?",
        choices=tuple(book.title for _, book in sorted(sized.items())),
        citations=tuple(Citation(kind="playbook", id=book.id, title=book.title) for _, book in sorted(sized.items())),
    )


def arguments(given: Mapping[str, bool | int | str], binding: Binding) -> dict[str, Argument]:
    """A step's arguments with `$name` replaced by the value's handle; an optional one without a value is left away."""
    filled: dict[str, Argument] = {}
    for name, value in given.items():
        if not isinstance(value, str) or not value.startswith("$"):
            filled[name] = value
        elif handle := binding.get(value[1:]):
            filled[name] = handle
    return filled


def _one_at_a_time(parameters: Sequence[Parameter]) -> str:
    wanted = " and ".join(f"one {parameter.kind.replace('_', ' ')}" for parameter in parameters)
    return f"I can take {wanted} at a time. Which do you mean?"
