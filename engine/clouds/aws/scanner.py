"""What a scanner declares: which calls list a kind of resource, which reads one, and how an answer becomes a `Resource`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.clouds.aws import costs
from engine.clouds.aws.arn import Arn
from engine.estate.resource import Resource

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer came from."""

    account: str
    account_name: str
    region: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One API call: the client's method, its arguments, and the keys under which the items lie in the answer.

    `named`: items that are plain texts (a queue's URL, a table's name) become `{named: text}`. `may_lack`: AWS leaves an empty list out.
    """

    method: str
    path: tuple[str, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)
    named: str = ""
    may_lack: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A list for each item of the list above it: the services of each cluster. `operation` is the permission."""

    operation: str
    ask: Callable[[Raw], Ask]


@dataclass(frozen=True, slots=True)
class Detail:
    """A fact that the list leaves out: one more call for each item that `when` picks.

    `operation` is the permission, `ask` the call for an item, `fact` what the answer adds to the item; or the answer's whole list, all pages
    of it, is added as `many`. `silence` is what stands for an answer with one of the error codes `absent` (no policy, no tags: a fact, not a
    failure). Without a `needed` one an item is no resource.
    Where a call for each item is too dear, a sweep asks for no more than `most` items of a list, and a read that AWS turns away as too many
    keeps the property `kept` as it was known.
    """

    operation: str
    ask: Callable[[Raw], Ask]
    fact: Callable[[Raw], Raw] = dict
    many: str = ""
    absent: frozenset[str] = frozenset()
    silence: Raw = field(default_factory=dict)
    when: Callable[[Raw], bool] = lambda _raw: True
    needed: bool = False
    most: int = 0
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What another service knows of these resources: texts by own id, which only a sweep asks for, since one answer tells of many.

    `of` gives what one item tells: own id and text, as which load balancer sends an instance traffic. The texts become `property`, as a
    sorted list or as what `told` makes of them. `more` are other properties that the same answers tell.
    """

    property: str
    service: str
    operation: str
    everything: Ask
    of: Callable[[Raw], tuple[tuple[str, str], ...]]
    beneath: tuple[Level, ...] = ()
    told: Callable[[Sequence[str]], Any] | None = None
    more: tuple[Beside, ...] = ()


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
    """What resources of one kind are called: by the engine, by AWS, and in ARNs (`ec2`, `instance`).

    `client` is the SDK's name of the service where it differs from the one in ARNs.
    """

    type: str
    native_type: str
    service: str
    arn_kind: str
    client: str = ""

    @property
    def sdk(self) -> str:
        return self.client or self.service


@dataclass(frozen=True, slots=True)
class Scanner:
    """One kind of resource.

    `operation` is the list call as AWS names it, which is also the permission it needs. `beneath` are lists for each item of the one above.
    `to_resource` gives None for what is gone (a terminated instance is still listed for an hour) or could not be learned. `global_list`: one
    list answers for all regions, and each item tells its own.
    `one` asks for a single resource by its own id; `given` instead says what its own id alone tells, where the details tell the rest.
    `item_id` is the key under which an item has its own id, `identify` works it out where there is none such. `batch` reads many at once where
    the API can. `also` are permissions that only `one` needs.
    """

    kind: Kind
    operation: str
    everything: Ask
    item_id: str
    to_resource: Callable[[Raw, Place], Resource | None]
    one: Callable[[str], Ask] | None = None
    given: Callable[[str], Raw] | None = None
    identify: Callable[[Raw], str] | None = None
    beneath: tuple[Level, ...] = ()
    details: tuple[Detail, ...] = ()
    beside: tuple[Beside, ...] = ()
    metric: Metric | None = None
    global_list: bool = False
    batch: Callable[[tuple[str, ...]], Ask] | None = None
    also: tuple[str, ...] = ()

    def own_id(self, raw: Raw) -> str:
        """Which resource of its kind an item is."""
        return self.identify(raw) if self.identify else str(raw[self.item_id])

    @property
    def permissions(self) -> tuple[str, ...]:
        metrics = ("cloudwatch:GetMetricData",) if self.metric else ()
        below = (level.operation for level in self.beneath)
        beside = (name for one in self.beside for name in (one.operation, *(level.operation for level in one.beneath)))
        return (self.operation, *below, *(detail.operation for detail in self.details), *beside, *metrics, *self.also)


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


def known(**facts: Any) -> dict[str, Any]:
    """The facts that are known: what could not be learned is left out, never guessed."""
    return {name: value for name, value in facts.items() if value is not None}


def tags_of(pairs: list[Mapping[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """AWS's list of Key and Value as a mapping, without `Name`, which is the resource's name here. Services differ in the two words."""
    return {pair[key]: pair.get(value, "") for pair in pairs or [] if pair[key] != "Name"}


def name_of(pairs: list[Mapping[str, str]] | None, otherwise: str) -> str:
    """The `Name` tag; without one, or with an empty one, `otherwise`."""
    return next((pair["Value"] for pair in pairs or [] if pair["Key"] == "Name" and pair.get("Value")), otherwise)
