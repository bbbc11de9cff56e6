"""What an operation is: the provider's own name with everything the engine must know before it dares to call it. Pure.

Each cloud's `operations.py` is a table of these. An operation that stands in no table is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from engine.estate.resource import CloudName, Resource

ArgumentValue = str | int | bool
Arguments = Mapping[str, ArgumentValue]


class OperationClass(StrEnum):
    """What a call does to the world; the floor of its risk is derived from this."""

    READ = "read"
    POWER = "power"  # start, stop, restart: reversible, interrupts
    CONFIGURE = "configure"  # resize and the like
    TAG = "tag"
    CREATE = "create"  # makes something new that can be deleted again: a snapshot
    GUARD = "guard"  # puts up a guard and takes nothing away: deletion protection, versions, backups
    PROTECT = "protect"  # narrows access or exposure
    EXPOSE = "expose"  # widens access or exposure, or takes a guard away
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One typed argument. `pattern` is a full-match regular expression for text.

    `fresh`: a name for something new, which the engine makes up when nobody gave one.
    """

    name: str
    type: Literal["text", "integer", "boolean"] = "text"
    required: bool = True
    pattern: str = r"[\w.:/=+@ -]{1,256}"
    meaning: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Inverse:
    """The call that takes a change back, known before the change runs."""

    operation: str
    arguments: Arguments = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """A provider's operation on one resource.

    `states`: the states in which it makes sense; empty means any. `promise`: what reading the resource back must show,
    dotted path to value, where `$name` stands for an argument; the path `gone` with True means the resource is no more, and
    `produced` with a state means the resource named by the receipt has come to be.
    `inverse` gives the way back from the resource as it was and the arguments; None where there is none, and then `no_way_back` says why.
    `command` is the argv a person would type, with `{path}` fields of the resource and `{$name}` arguments.
    `repeatable`: calling twice does what calling once does, so an opt-in retry is allowed.
    """

    name: str
    cloud: CloudName
    native_types: frozenset[str]
    kind: OperationClass
    title: str  # "Stop", as on a button or headline
    command: tuple[str, ...]
    promise: Mapping[str, ArgumentValue]
    takes: tuple[Parameter, ...] = ()
    states: frozenset[str] = frozenset()
    inverse: Callable[[Resource, Arguments], Inverse | None] | None = None
    no_way_back: str = ""
    repeatable: bool = False
    settles_s: float = 300.0
    permissions: tuple[str, ...] = ()  # beyond `name` itself


@dataclass(frozen=True, slots=True)
class Call:
    """One operation on one resource, ready to be sent. `token` makes a repeat harmless where the cloud has idempotency tokens."""

    operation: str
    resource: Resource
    arguments: Arguments
    token: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the cloud said. `request_id` for its support desk; `produced` the id of a new resource, if one was made.

    `follow` is where the cloud tells what became of a change it took on, for the leaf that wrote it.
    """

    request_id: str = ""
    produced: str = ""
    said: str = ""
    follow: str = ""
