"""Which targets a size can be meant for: "db.r5.large" is a class of RDS, whatever else the words picked. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.estate.resource import CloudName, Resource
from engine.execution.plan import LeftOut
from engine.request.seal import Wanted

_NAMES = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}


@dataclass(frozen=True, slots=True)
class _Shape:
    """Sizes that are written so belong to one cloud, and where `type` is given to one kind of resource."""

    pattern: re.Pattern[str]
    cloud: CloudName
    type: str = ""

    def fits(self, resource: Resource) -> bool:
        return resource.cloud == self.cloud and self.type in ("", resource.type)


_SHAPES: tuple[_Shape, ...] = (
    _Shape(re.compile(r"db\.[a-z0-9-]+\.[a-z0-9]+"), "aws", "database_instance"),
    _Shape(re.compile(r"cache\.[a-z0-9-]+\.[a-z0-9]+"), "aws", "cache"),
    _Shape(re.compile(r"[a-z]+[0-9][a-z0-9-]*\.[a-z0-9-]+"), "aws"),
    _Shape(re.compile(r"(?:standard|basic)_[a-z0-9_-]+"), "azure"),
    _Shape(re.compile(r"db-[a-z0-9-]+"), "gcp", "database_instance"),
    _Shape(re.compile(r"[a-z]+[0-9]+[a-z]?-[a-z0-9-]+"), "gcp"),
)


def sized(wanted: Sequence[Wanted]) -> tuple[tuple[Wanted, ...], tuple[LeftOut, ...]]:
    """The wishes without targets that the size cannot be for, and those with the reason; as they are where none would be left."""
    kept: list[Wanted] = []
    left: list[LeftOut] = []
    for order in wanted:
        size = next((given.text for given in order.given if given.kind == "size"), "")
        shape = next((shape for shape in _SHAPES if size and shape.pattern.fullmatch(size.lower())), None)
        fitting = tuple(target for target in order.targets if shape is None or shape.fits(target))
        if shape is not None and fitting and len(fitting) < len(order.targets):
            left.append(LeftOut(len(order.targets) - len(fitting), f"{size} is a size of {_NAMES[shape.cloud]}"))
        kept.append(replace(order, targets=fitting or order.targets))
    return tuple(kept), tuple(left)
