"""The amount a change is told: "scale … to 5", "grow … to 500 GB", "keep … for 30 days". Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.request.reading import Given
from engine.request.spans import Span

# What an amount means by its unit, in the unit the operation takes: GiB for sizes, days for times, plain counts.
_UNITS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("gb", "gib", "gig", "gigs", "gigabyte", "gigabytes"), ("size", 1)),
    **dict.fromkeys(("tb", "tib", "terabyte", "terabytes"), ("size", 1024)),
    **dict.fromkeys(("day", "days"), ("time", 1)),
    **dict.fromkeys(("week", "weeks"), ("time", 7)),
    **dict.fromkeys(("month", "months"), ("time", 30)),
    **dict.fromkeys(("year", "years"), ("time", 365)),
    **dict.fromkeys(
        ("instance", "instances", "node", "nodes", "task", "tasks", "replica", "replicas", "copies", "machines", "vms"), ("count", 1)
    ),
}
_MEASURES = {"scale": ("count", ""), "grow": ("size", ""), "set_retention": ("time", ""), "enable_backups": ("time",)}
_LEADS = frozenset({"to", "at", "for", "of", "=", "with", "is"})
_GLUED = re.compile(r"(\d{1,6})(gb|gib|tb|tib)?", re.IGNORECASE)


def amount(action: str, body: Sequence[Span]) -> tuple[str, tuple[Given, ...], list[Span]]:
    """The action, the amount given for it and the spans without it.

    "Resize" and "scale" are said of machines, groups and disks alike; a count makes it `scale`, a number of gigabytes `grow`.
    """
    for at in range(len(body) - 1, -1, -1):
        measured = _measured(body, at)
        if measured is None or not _leads(body, at):
            continue
        measure, number, width = measured
        meant = _meant(action, measure)
        if not meant:
            continue
        first = at - 1 if body[at - 1].text.lower() in _LEADS else at
        return meant, (Given("number", str(number)),), [*body[:first], *body[at + width :]]
    return action, (), list(body)


def _measured(body: Sequence[Span], at: int) -> tuple[str, int, int] | None:
    """The measure, the amount and how many spans it takes, for a number at that place."""
    found = _GLUED.fullmatch(body[at].value) if body[at].kind == "number" else None
    if found is None:
        return None
    number = int(found[1])
    unit = found[2] or (body[at + 1].text if at + 1 < len(body) else "")
    measure, factor = _UNITS.get(unit.lower(), ("", 1))
    return measure, number * factor, 1 if found[2] or not measure else 2


def _leads(body: Sequence[Span], at: int) -> bool:
    """An amount follows "to", "for" and the like; a number without it counts the things themselves: "scale 2 groups"."""
    return at > 0 and body[at - 1].text.lower() in _LEADS


def _meant(action: str, measure: str) -> str:
    if action == "resize":
        return {"count": "scale", "": "scale", "size": "grow"}.get(measure, "")
    return action if measure in _MEASURES.get(action, ()) else ""
