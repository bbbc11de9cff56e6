"""A resource of any cloud, in one shape, and a gap where a resource could not be seen. Pure."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Literal, get_args

CloudName = Literal["aws", "azure", "gcp"]
CLOUDS: tuple[CloudName, ...] = get_args(CloudName)

ResourceType = Literal[
    "cache",
    "compute_instance",
    "container_service",
    "data_warehouse",
    "database_instance",
    "disk",
    "event_rule",
    "function",
    "ip_address",
    "key",
    "kubernetes_cluster",
    "load_balancer",
    "log_group",
    "network",
    "node_pool",
    "object_storage",
    "queue",
    "role",
    "scaling_group",
    "security_group",
    "snapshot",
    "table",
    "web_app",
]


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing in a cloud.

    `id` is the ARN, the ARM id or the GCP full resource name; `account` the account number, subscription id or project id.
    `state` is normalised per type (compute: pending, running, stopping, stopped, deallocated, terminated); `monthly_cost` in US dollars;
    `metrics` are named averages, e.g. `cpu_avg_7d` in percent. `properties` are the provider's facts, in snake case.
    """

    cloud: CloudName
    type: str
    native_type: str
    id: str
    name: str
    account: str
    account_name: str
    region: str
    state: str
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    monthly_cost: float = 0.0
    metrics: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The resource as plain JSON data; `from_json` takes it back."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Resource:
        """A resource from JSON data. Raises ValueError naming the first missing or unknown field."""
        if not data.keys() <= _FIELDS:
            raise ValueError(f"unknown field {min(data.keys() - _FIELDS)!r} in a resource")
        for name in _TEXTS:
            if not isinstance(data.get(name), str):
                raise ValueError(f"a resource needs the text field {name!r}")
        if data["cloud"] not in CLOUDS:
            raise ValueError(f"cloud {data['cloud']!r} is none of {', '.join(CLOUDS)}")
        # Ids and the like are held by plans, threads and answers too: one copy of each.
        texts: dict[str, Any] = {name: sys.intern(data[name]) for name in _TEXTS}
        return cls(
            **texts,
            tags=dict(data.get("tags") or {}),
            properties=dict(data.get("properties") or {}),
            monthly_cost=data.get("monthly_cost", 0.0),
            metrics=dict(data.get("metrics") or {}),
        )


_FIELDS = frozenset(field.name for field in fields(Resource))
# Those that a resource cannot be without.
_TEXTS = tuple(field.name for field in fields(Resource) if field.type == "str" or field.name == "cloud")


class GapReason(StrEnum):
    """Why a part of the estate could not be seen."""

    DENIED = "denied"
    THROTTLED = "throttled"
    TIMED_OUT = "timed out"
    UNREACHABLE = "unreachable"
    BROKEN = "broken answer"
    UNCHECKED = "not checked yet"


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of the estate that a sweep could not see: a value people read, never silence.

    `tried` is the provider's operation, `detail` what came back (no secrets).
    """

    cloud: CloudName
    account: str
    account_name: str
    region: str
    type: str
    reason: GapReason
    tried: str
    detail: str


@dataclass(frozen=True, slots=True)
class Swept:
    """One finished part of a sweep: everything of `type` in `account` and `region`, complete.

    A resource known before, in scope here and absent from `resources`, has vanished.
    """

    cloud: CloudName
    account: str
    region: str
    type: str
    resources: tuple[Resource, ...]
