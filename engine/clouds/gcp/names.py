"""Full resource names of Google Cloud taken apart, and what every resource has in common. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.estate.resource import Resource, ResourceType

Wire = Mapping[str, Any]
NAME = re.compile(
    r"//(?P<service>[a-z]+)\.googleapis\.com/"
    r"(?:projects/(?P<project>[^/]+)/(?:(?:zones/(?P<zone>[^/]+)|global)/)?(?P<collection>[a-z]+)/)?(?P<name>[^/]+)"
)


@dataclass(frozen=True, slots=True)
class Project:
    """The project an answer came from."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource under its normalised and its own name."""

    type: ResourceType
    native: str


@dataclass(frozen=True, slots=True)
class FullName:
    """`//compute.googleapis.com/projects/P/zones/Z/instances/N`, `//storage.googleapis.com/BUCKET`; what is not there is ''."""

    service: str
    project: str
    zone: str
    collection: str
    name: str

    @classmethod
    def parse(cls, text: str) -> FullName:
        """Raises ValueError."""
        found = NAME.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no full resource name of Google Cloud")
        return cls(found["service"], found["project"] or "", found["zone"] or "", found["collection"] or "", found["name"])


@dataclass(frozen=True, slots=True)
class Seen:
    """What one scanner saw of a resource, before it is told like all others."""

    id: str
    region: str
    state: str
    labels: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    monthly_cost: float = 0.0


def last(link: object) -> str:
    """The last part of a link: `…/zones/us-east1-b` → `us-east1-b`."""
    return str(link or "").rpartition("/")[2]


def compute_id(wire: Wire) -> str:
    """The full resource name from a selfLink. Raises KeyError or ValueError."""
    _, found, path = str(wire["selfLink"]).partition("/projects/")
    if not found:
        raise ValueError(f"{wire['selfLink']!r} is no link of Compute")
    return f"//compute.googleapis.com/projects/{path}"


def region_of(zone: str) -> str:
    return zone.rpartition("-")[0]


def resource(project: Project, kind: Kind, name: str, seen: Seen) -> Resource:
    return Resource(
        cloud="gcp",
        type=kind.type,
        native_type=kind.native,
        id=seen.id,
        name=name,
        account=project.id,
        account_name=project.name,
        region=seen.region,
        state=seen.state,
        tags={str(key): str(value) for key, value in seen.labels.items()},
        properties=dict(seen.properties),
        monthly_cost=seen.monthly_cost,
    )
