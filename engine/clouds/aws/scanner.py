"""What a scanner declares: which call lists a kind of resource, which reads one, and how an answer becomes a `Resource`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.clouds.aws import costs
from engine.clouds.aws.arn import Arn
from engine.estate.resource import Resource, ResourceType

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer came from."""

    account: str
    account_name: str
    region: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One API call: the client's method, its arguments, and the keys under which the items lie in the answer."""

    method: str
    path: tuple[str, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Detail:
    """A fact that the list leaves out: one more call for each item.

    `operation` is the permission, `ask` the call for an item, `fact` what the answer adds to the item. `silence` is what stands for an
    answer with one of the error codes `absent` (no policy, no tags: a fact, not a failure).
    """

    operation: str
    ask: Callable[[Raw], Ask]
    fact: Callable[[Raw], Raw]
    absent: frozenset[str] = frozenset()
    silence: Raw = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metric:
    """The CloudWatch metric to average over seven days, for resources in one of `states`."""

    namespace: str
    name: str
    dimension: str
    save_as: str
    states: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """What resources of one kind are called: by the engine, by AWS, and in ARNs (`ec2`, `instance`)."""

    type: ResourceType
    native_type: str
    service: str
    arn_kind: str


@dataclass(frozen=True, slots=True)
class Scanner:
    """One kind of resource.

    `operation` is the list call as AWS names it, which is also the permission it needs. `to_resource` gives None for what is gone
    (a terminated instance is still listed for an hour). `global_list`: one list answers for all regions, and each item tells its own.
    `one` asks for a single resource by its own id, which stands in an item under the key `item_id`; `batch` for many at once where the
    API can. `also` are permissions that only `one` needs.
    """

    kind: Kind
    operation: str
    everything: Ask
    one: Callable[[str], Ask]
    item_id: str
    to_resource: Callable[[Raw, Place], Resource | None]
    details: tuple[Detail, ...] = ()
    metric: Metric | None = None
    global_list: bool = False
    batch: Callable[[tuple[str, ...]], Ask] | None = None
    also: tuple[str, ...] = ()

    @property
    def permissions(self) -> tuple[str, ...]:
        metrics = ("cloudwatch:GetMetricData",) if self.metric else ()
        return (self.operation, *(detail.operation for detail in self.details), *metrics, *self.also)


@dataclass(frozen=True, slots=True)
class Facts:
    """What tells resources of one kind apart; `built` adds what they share."""

    own_id: str
    name: str
    state: str
    tags: Mapping[str, str]
    properties: Mapping[str, Any]


def built(kind: Kind, place: Place, facts: Facts, **billed: Any) -> Resource:
    """A resource from its kind, its place and its facts, with its list price; `billed` are facts that only the price follows from."""
    return Resource(
        cloud="aws",
        type=kind.type,
        native_type=kind.native_type,
        id=str(Arn(kind.service, place.region, place.account, kind.arn_kind, facts.own_id)),
        name=facts.name,
        account=place.account,
        account_name=place.account_name,
        region=place.region,
        state=facts.state,
        tags=facts.tags,
        properties=facts.properties,
        monthly_cost=costs.monthly(kind.native_type, {**facts.properties, **billed}),
    )


def tags_of(pairs: list[Mapping[str, str]] | None) -> dict[str, str]:
    """AWS's list of Key and Value as a mapping, without `Name`, which is the resource's name here."""
    return {pair["Key"]: pair.get("Value", "") for pair in pairs or [] if pair["Key"] != "Name"}


def name_of(pairs: list[Mapping[str, str]] | None, otherwise: str) -> str:
    """The `Name` tag; without one, or with an empty one, `otherwise`."""
    return next((pair["Value"] for pair in pairs or [] if pair["Key"] == "Name" and pair.get("Value")), otherwise)
