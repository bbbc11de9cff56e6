"""Whether a resource shows what an operation promised; the tests' own reading of `Operation.promise`."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.operation import Arguments, ArgumentValue, Operation
from engine.estate.resource import Resource


def promised(operation: Operation, arguments: Arguments) -> dict[tuple[str, str], ArgumentValue]:
    """Part and key to value; an empty text for a tag means that the tag is not there."""
    owed = {}
    for path, value in operation.promise.items():
        part, _, key = path.partition(".")
        owed[part, str(_filled(key, arguments))] = _filled(value, arguments)
    return owed


def kept(operation: Operation, resource: Resource, arguments: Arguments) -> bool:
    return all(shown(resource, part, key) == value for (part, key), value in promised(operation, arguments).items())


def shown(resource: Resource, part: str, key: str) -> object:
    there = getattr(resource, part)
    if not key:
        return there
    assert isinstance(there, Mapping)
    return there.get(key, "" if part == "tags" else None)


def _filled(value: ArgumentValue, arguments: Arguments) -> ArgumentValue:
    return arguments[value[1:]] if isinstance(value, str) and value.startswith("$") else value
