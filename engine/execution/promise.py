"""Whether a change has taken effect: an operation's promise held against the resource as it reads now. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clouds.operation import Arguments, ArgumentValue
from engine.estate.resource import Resource


def missing(promise: Mapping[str, ArgumentValue], arguments: Arguments, now: Resource | None, produced: str | None = None) -> str:
    """What the promise still lacks, in words; '' when it is kept.

    `now` is the resource as read back, None when it is gone; `produced` the state of what the call made.
    """
    for path, wanted in promise.items():
        expected = _expected(wanted, arguments)
        if path == "gone":
            if now is not None:
                return f"it is still there ({now.state})"
            continue
        if path == "produced":
            if produced is None or str(produced).lower() not in str(expected).lower().split("|"):
                return f"what it makes is {produced or 'not there yet'}"
            continue
        if now is None:
            return "it is gone"
        found = _at(now, _filled(path, arguments))
        if not _equal(found, expected):
            return f"{path.rpartition('.')[2].lstrip('$')} is {found!s}, not yet {expected!s}"
    return ""


def _expected(wanted: ArgumentValue, arguments: Arguments) -> ArgumentValue:
    return arguments.get(wanted[1:], "") if isinstance(wanted, str) and wanted.startswith("$") else wanted


def _filled(path: str, arguments: Arguments) -> str:
    head, _, last = path.rpartition(".")
    return f"{head}.{arguments.get(last[1:], '')}" if last.startswith("$") else path


def _at(resource: Resource, path: str) -> Any:
    head, _, rest = path.partition(".")
    value = getattr(resource, head, None)
    return value.get(rest) if rest and isinstance(value, Mapping) else value


def _equal(found: Any, expected: ArgumentValue) -> bool:
    if isinstance(expected, str) and "|" in expected:
        return str(found) in expected.split("|")
    if isinstance(expected, bool) or found is None:
        return found is expected or (found is None and expected == "")
    return str(found) == str(expected)
