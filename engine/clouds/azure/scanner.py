"""What a scanner of Azure declares: which call lists a kind of resource, which reads one, and what it needs to be allowed. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.clouds.azure.arm import Account, ArmId, Kind, Wire
from engine.estate.resource import Resource

if TYPE_CHECKING:
    from engine.clouds.azure.session import AzureSession


@dataclass(frozen=True, slots=True)
class Extra:
    """A fact that the list leaves out: one more call for each item. Where it is denied the item is told without it, and that is a gap."""

    tried: str
    told: Callable[[AzureSession, Wire], Awaitable[Wire]]


@dataclass(frozen=True, slots=True)
class Scanner:
    """One service. `everything` and `one` give ARM's JSON, `resource` turns it into ours. `tried` is the permission the list needs."""

    kind: Kind
    tried: str
    everything: Callable[[AzureSession], Awaitable[list[Wire]]]
    one: Callable[[AzureSession, ArmId], Awaitable[Wire]]
    resource: Callable[[Account, Wire], Resource]
    measured: bool = False
    locked: bool = False  # management locks are looked at too
    extra: Extra | None = None


def everything_of(kind: Kind, version: str) -> Callable[[AzureSession], Awaitable[list[Wire]]]:
    """The list of a kind that one call (and its pages) tells whole."""
    return lambda session: session.rest_kind(kind.native, version)


def one_of(version: str) -> Callable[[AzureSession, ArmId], Awaitable[Wire]]:
    """One of a kind that one call tells whole."""
    return lambda session, where: session.rest_item(where.path, version)
