"""Full resource names of Google Cloud taken apart, and what every resource has in common. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.estate.resource import Resource

Wire = Mapping[str, Any]
NAME = re.compile(
    r"//(?P<service>[a-z]+)\.googleapis\.com/"
    r"(?P<path>(?:projects/(?P<project>[^/]+)/"
    r"(?:(?:zones/(?P<zone>[^/]+)|(?:regions|locations)/(?P<region>[^/]+)|global)/)?"
    r"(?:[a-zA-Z]+/[^/]+/)?(?P<collection>[a-zA-Z]+)/)?(?P<name>[^/]+))"
)


@dataclass(frozen=True, slots=True)
class Project:
    """The project an answer came from."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource under its normalised and its own name."""

    type: str
    native: str


@dataclass(frozen=True, slots=True)
class FullName:
    """`//compute.googleapis.com/projects/P/zones/Z/instances/N`, `//storage.googleapis.com/BUCKET`; what is not there is ''.

    `path` is all behind the service, as the APIs' paths take it; `region` also the location of a cluster.
    """

    service: str
    project: str
    zone: str
    collection: str
    name: str
    region: str = ""
    path: str = field(default="", compare=False)

    @classmethod
    def parse(cls, text: str) -> FullName:
        """Raises ValueError."""
        found = NAME.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no full resource name of Google Cloud")
        said = {part: told or "" for part, told in found.groupdict().items()}
        return cls(**said)

    @property
    def above(self) -> str:
        """The path of what this is a part of: the cluster of a node pool, the instance of a backup."""
        return self.path.rsplit("/", 2)[0]


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
    return f"//compute.googleapis.com/{project_path(wire['selfLink'])}"


def project_path(link: object) -> str:
    """What a link of Compute leads to, from its project on: `projects/P/zones/Z/instances/N`. Raises ValueError."""
    _, found, path = str(link).partition("/projects/")
    if not found:
        raise ValueError(f"{link!r} is no link of Compute")
    return f"projects/{path}"


def flag_of(path: str) -> str:
    """How a command line says where something is: `--zone=Z`, `--region=R`, `--location=L` or `--global`."""
    found = re.search(r"/(zone|region|location)s/([^/]+)/", f"{path}/")
    return f"--{found[1]}={found[2]}" if found else "--global"


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
