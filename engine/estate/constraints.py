"""What may be done to a resource and what may not, read from its properties, the same for all three clouds. Pure.

The sentences are the providers' own rules: RDS "Stopping an Amazon RDS DB instance temporarily", EC2 "Stop and start" and "Spot Instance
interruptions", Azure "Ephemeral OS disks", Compute Engine "Local SSD: stop", Cloud SQL "Start, stop, and restart instances". An imported
estate may state `can_stop` and `cannot_stop_because` itself, and `stop_protection`, `termination_protection`, `load_balancers`,
`allowed_actions` and `denied_actions`, which no list call tells; a sweep writes the last two where an account says (`engine.clouds.rights`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.estate.resource import Resource

# Kinds that are stopped and started one by one: of these it is known what hinders it.
STOPPABLE = frozenset({
    "AWS::EC2::Instance", "AWS::RDS::DBInstance", "Microsoft.Compute/virtualMachines", "compute.googleapis.com/Instance", "sqladmin.googleapis.com/Instance",
})  # fmt: skip
# Who looks after its members and starts others for those that are missing: a tag or a property, and what it is called.
GROUPS = (("aws:autoscaling:groupName", "auto-scaling group"), ("scale_set", "scale set"), ("instance_group", "instance group"))


@dataclass(frozen=True, slots=True)
class Constraints:
    """`can_stop` is None where nobody knows; `why_not` says why it cannot or may not be, as a sentence.

    `protected`: deletion is switched off. `replicas` copy from it, `attached` are its disks or what it hangs on, `balancers` send it
    traffic; names or ids. `member_of` is the group that replaces it, as `auto-scaling group web`. `loses` is what goes with a stop, as a
    noun. `allowed` and `denied` are operations by the provider's names, where somebody asked; of any other nothing is known.
    """

    can_stop: bool | None = None
    why_not: str = ""
    protected: bool = False
    replicas: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    balancers: tuple[str, ...] = ()
    member_of: str = ""
    loses: str = ""
    allowed: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()


def constraints(resource: Resource) -> Constraints:
    """Everything its properties and tags tell."""
    known = resource.properties
    can_stop, why_not = _stopping(resource)
    return Constraints(
        can_stop=can_stop,
        why_not=why_not,
        protected=known.get("deletion_protection") is True or known.get("termination_protection") is True,
        replicas=_texts(known.get("replicas")),
        attached=_texts(known.get("disks")) or _texts(known.get("attached_to")),
        balancers=_texts(known.get("load_balancers")),
        member_of=next((f"{noun} {name}" for key, noun in GROUPS if (name := resource.tags.get(key) or known.get(key))), ""),
        loses="what its instance store holds" if known.get("instance_store") is True else "",
        allowed=frozenset(_texts(known.get("allowed_actions"))),
        denied=frozenset(_texts(known.get("denied_actions"))),
    )


def _stopping(resource: Resource) -> tuple[bool | None, str]:
    known = resource.properties
    if known.get("can_stop") is False:
        return False, str(known.get("cannot_stop_because") or "The estate says that it cannot be stopped.")
    if why := next((told for native, holds, told in _NEVER if native in ("", resource.native_type) and holds(resource)), ""):
        return False, why
    if known.get("spot") is True and resource.native_type == "AWS::EC2::Instance":
        return None, "It is a spot instance, which can be stopped only when its request is persistent."
    return (True if resource.native_type in STOPPABLE else None), ""


def _has(key: str) -> Callable[[Resource], bool]:
    return lambda resource: bool(resource.properties.get(key))


def _is(key: str, value: str) -> Callable[[Resource], bool]:
    return lambda resource: resource.properties.get(key) == value


def _on(key: str) -> Callable[[Resource], bool]:
    return lambda resource: resource.properties.get(key) is True


def _mirrored(resource: Resource) -> bool:
    return str(resource.properties.get("engine", "")).startswith("sqlserver") and resource.properties.get("multi_az") is True


# native type ('' for any), when, and the sentence that says why it cannot be stopped.
_NEVER: tuple[tuple[str, Callable[[Resource], bool], str], ...] = (
    ("", _on("stop_protection"), "Its stop protection is on."),
    ("AWS::EC2::Instance", _is("root_device", "instance-store"), "Its root disk is an instance store: it can be terminated, not stopped."),
    ("AWS::EC2::Instance", _is("spot", "one-time"), "It is a spot instance of a one-time request."),
    ("AWS::RDS::DBInstance", _has("cluster"), "It belongs to a database cluster, which is stopped as a whole."),
    ("AWS::RDS::DBInstance", _has("replica_of"), "It is a read replica, and RDS stops none."),
    ("AWS::RDS::DBInstance", _has("read_replicas"), "It has read replicas, and RDS stops no database that has."),
    ("AWS::RDS::DBInstance", _mirrored, "It is SQL Server in Multi-AZ, which RDS does not stop."),
    ("Microsoft.Compute/virtualMachines", _on("ephemeral_os_disk"), "Its OS disk is ephemeral: it cannot be deallocated."),
    ("compute.googleapis.com/Instance", _has("local_ssds"), "It has local SSDs, and Google wants to be told to discard what they hold."),
    ("sqladmin.googleapis.com/Instance", _has("replica_of"), "It is a read replica, and Cloud SQL stops none."),
)


def _texts(value: object) -> tuple[str, ...]:
    """A text or a list of texts as a tuple; anything else is nothing."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(str(one) for one in value) if isinstance(value, Iterable) and not isinstance(value, bytes) else ()
