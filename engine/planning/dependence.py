"""How resources hang together, as tables: who may depend on what, by which property, and who puts back what is taken away. Pure.

The property names are those that the scanners write: `volume_id`, `source`, `db_instance_identifier`, `read_replicas`, `attached_to` (what a
disk hangs on) and `replica_of` (what a database follows), each an id or a list of ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.clouds.operation import OperationClass
from engine.estate.facts import state_class
from engine.estate.resource import Resource
from engine.execution.plan import Step

# What a plan does to a target, as those feel it who depend on it.
Effect = Literal["gone", "down", "interrupted", "closed"]
ALL_THREE: frozenset[Effect] = frozenset({"gone", "down", "interrupted"})
AWAY: frozenset[Effect] = frozenset({"gone", "down"})
GONE: frozenset[Effect] = frozenset({"gone"})
CLOSED: frozenset[Effect] = frozenset({"closed"})

# type of a target -> type of what may depend on it -> the effects that it feels
MAY_DEPEND: Mapping[str, Mapping[str, frozenset[Effect]]] = {
    "compute_instance": {"disk": GONE, "load_balancer": ALL_THREE, "function": AWAY, "container_service": AWAY},
    "database_instance": {
        "database_instance": ALL_THREE,
        "snapshot": GONE,
        "function": ALL_THREE,
        "container_service": ALL_THREE,
        "compute_instance": ALL_THREE,
    },
    "disk": {"snapshot": GONE, "compute_instance": GONE},
    "object_storage": {"function": CLOSED, "container_service": CLOSED},
}


@dataclass(frozen=True, slots=True)
class Relation:
    """A dependent of type `by` names its target in `property`; it is the target's `noun`, and `then` says what becomes of it."""

    of: str
    by: str
    property: str
    noun: str
    then: Mapping[Effect, str]


RELATIONS: tuple[Relation, ...] = (
    Relation(
        *("database_instance", "database_instance", "replica_of", "read replica"),
        {"gone": "Replication ends.", "down": "Replication waits until it runs again.", "interrupted": "Replication lags meanwhile."},
    ),
    Relation("compute_instance", "disk", "attached_to", "disk", {"gone": "A disk goes too only where it was set to."}),
    Relation("disk", "snapshot", "volume_id", "snapshot", {"gone": "Snapshots stay."}),
    Relation("disk", "snapshot", "source", "snapshot", {"gone": "Snapshots stay."}),
    Relation("database_instance", "snapshot", "db_instance_identifier", "snapshot", {"gone": "Snapshots stay."}),
)
# A number that a scanner writes where it does not write the names: type, property, noun.
COUNTS: tuple[tuple[str, str, str], ...] = (("database_instance", "read_replicas", "read replica"),)
# A target that itself names what it serves: type, property, words.
SERVES: tuple[tuple[str, str, str], ...] = (("disk", "attached_to", "attached to"),)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Something that looks after its members and marks them with the tag or property `key`; `then` says what it does about it."""

    key: str
    noun: str
    then: Mapping[Effect, str]


_STARTS: Mapping[Effect, str] = {
    "gone": "it will start others",
    "down": "it will count that as a failure and start others",
    "interrupted": "it may start others meanwhile",
}
_MOVES: Mapping[Effect, str] = {"gone": "what runs there moves or waits", "down": "what runs there moves or waits"}
KEEPERS: tuple[Keeper, ...] = (
    Keeper("aws:autoscaling:groupName", "auto-scaling group", _STARTS),
    Keeper("scale_set", "scale set", {"gone": "it will start others"}),
    Keeper("instance_group", "instance group", _STARTS),
    Keeper("elasticbeanstalk:environment-name", "Elastic Beanstalk environment", _STARTS),
    Keeper("eks:cluster-name", "Kubernetes cluster", _MOVES),
    Keeper("goog-k8s-cluster-name", "Kubernetes cluster", _MOVES),
    Keeper("aws:cloudformation:stack-name", "CloudFormation stack", {"gone": "what it describes will no longer be there"}),
)

# Facts of a target that make an effect be felt outside: flag, effects, one target, several.
EXPOSED: tuple[tuple[str, frozenset[Effect], str, str], ...] = (
    (
        "public_ip",
        AWAY,
        "has a public address, and may not get the same one again",
        "have public addresses, and may not get the same ones again",
    ),
    ("public", CLOSED, "can be read without signing in; that ends", "can be read without signing in; that ends"),
)
_BACK_UP = "start"
_DOWN = frozenset({"stop", "deallocate", "power"})  # "power off"
_QUIET = frozenset({"grow", "scale", "attach", "detach"})  # what serves goes on serving
_ENDS = frozenset({"delete", "terminate", "release"})


def effects(steps: tuple[Step, ...], targets: Mapping[str, Resource]) -> dict[str, Effect]:
    """Target id to the worst that its steps do to it; targets that nobody misses are not in it. Stopped and started again is interrupted."""
    found: dict[str, Effect] = {}
    for step in steps:
        effect = _effect(step, targets[step.target])
        before = found.get(step.target)
        if before == "down" and step.kind is OperationClass.POWER and _verb(step) == _BACK_UP:
            found[step.target] = "interrupted"
        elif effect and before != "gone" and (effect != "interrupted" or before is None):
            found[step.target] = effect
    return found


def _effect(step: Step, target: Resource) -> Effect | None:
    match step.kind:
        case OperationClass.DELETE:
            return "gone" if _verb(step) in _ENDS else None  # a purge empties its queue, which stays
        case OperationClass.PROTECT:
            return "closed" if _verb(step) == "block" else None  # guards, versions and backups cut nobody off
        case OperationClass.CONFIGURE:
            return None if _verb(step) in _QUIET or state_class(target) != "running" else "interrupted"
        case OperationClass.POWER:
            return None if _verb(step) in (_BACK_UP, "enable", "register") else "down" if _verb(step) in _DOWN else "interrupted"
        case _:
            return None


def stops(step: Step) -> bool:
    """Whether the step stops its target."""
    return step.kind is OperationClass.POWER and _verb(step) in _DOWN


def _verb(step: Step) -> str:
    return step.title.lower().split()[0]
