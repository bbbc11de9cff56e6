"""An instance as a target of load balancers: where it is registered, how it stands there, and what that is on the wire. Pure.

A registration is a text of target group and port, `arn:aws:elasticloadbalancing:…:targetgroup/web/0123:80`. Source: Elastic Load Balancing
API Reference, TargetHealth: a target that was deregistered stays in its group as `draining` until its requests are answered, then it is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.clouds.aws import arn

Raw = Mapping[str, Any]
DESCRIBE_HEALTH = "elasticloadbalancing:DescribeTargetHealth"
GROUPS, HEALTH, TYPED = "target_groups", "target_health", "target_group_arns"
"""Properties of an instance: its registrations, how it stands in all of them together, and the groups as a command takes them."""
DRAINED = "drained"
# A group without health checks says "unavailable" of all its targets, and sends them traffic.
_SERVING = frozenset({"healthy", "unavailable"})
# From the state that decides first to the one that decides last.
_DECISIVE = ("draining", "unhealthy", "initial", "unused")


@dataclass(frozen=True, slots=True)
class Registration:
    """One place where a load balancer sends an instance traffic."""

    group: str
    port: int

    @staticmethod
    def parse(text: str) -> Registration:
        """Raises ValueError for what is no group with a port."""
        group, _, port = text.rpartition(":")
        if arn.parse(group).kind != "targetgroup" or not port.isdecimal():
            raise ValueError(f"{text!r} is no target group with a port")
        return Registration(group, int(port))

    def __str__(self) -> str:
        return f"{self.group}:{self.port}"


def registered(raw: Raw) -> tuple[tuple[str, str], ...]:
    """Instance and registration, from a target with its group's facts. Groups that no load balancer uses send nothing."""
    return tuple((own, f"{raw['TargetGroupArn']}:{raw['Target']['Port']}") for own in _behind(raw))


def health(raw: Raw) -> tuple[tuple[str, str], ...]:
    """Instance and the state of this registration."""
    return tuple((own, str(raw["TargetHealth"]["State"])) for own in _behind(raw))


def groups(raw: Raw) -> tuple[tuple[str, str], ...]:
    """Instance and group."""
    return tuple((own, str(raw["TargetGroupArn"])) for own in _behind(raw))


def _behind(raw: Raw) -> tuple[str, ...]:
    return (raw["Target"]["Id"],) if raw.get("TargetType") == "instance" and raw.get("LoadBalancerArns") else ()


def standing(states: Iterable[str]) -> str:
    """How an instance stands in all its groups: `healthy` in every one, else the state that decides; `drained` when it is in none."""
    found = set(states)
    if not found:
        return DRAINED
    return next((state for state in (*_DECISIVE, *sorted(found - _SERVING)) if state in found), "healthy")


def of_instance(own_id: str, places: Iterable[Registration], answers: Mapping[str, Sequence[Raw]]) -> str:
    """How the instance stands, by what the groups answered: `answers` has each group's targets, none for a group that is gone."""
    wanted = set(places)
    states = [
        str(one["TargetHealth"]["State"])
        for group, targets in answers.items()
        for one in targets
        if one["Target"]["Id"] == own_id and Registration(group, int(one["Target"]["Port"])) in wanted
    ]
    return standing(states)


def calls(own_id: str, places: Iterable[Registration]) -> tuple[dict[str, Any], ...]:
    """The arguments of one call for each group, in the order the groups come."""
    by_group: dict[str, list[dict[str, Any]]] = {}
    for place in places:
        by_group.setdefault(place.group, []).append({"Id": own_id, "Port": place.port})
    return tuple({"TargetGroupArn": group, "Targets": targets} for group, targets in by_group.items())


def places_of(value: object) -> tuple[Registration, ...]:
    """Registrations out of a property's list or an argument's text with commas. Raises ValueError."""
    texts = value.split(",") if isinstance(value, str) else list(value) if isinstance(value, Iterable) else []
    return tuple(Registration.parse(str(text)) for text in texts if text)
