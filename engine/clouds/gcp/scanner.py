"""What a scanner of Google Cloud declares: which call lists a kind of resource, which reads one, and what it needs to be allowed. Pure.

The SDK blocks, so `everything` and `one` are plain functions that run in a thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.clouds.gcp.names import FullName, Kind, Project, Wire
from engine.estate.resource import Resource

if TYPE_CHECKING:
    from engine.clouds.gcp.session import GcpSession


@dataclass(frozen=True, slots=True)
class Extra:
    """A fact that the list leaves out: one more call for each item. Where it is denied the item is told without it, and that is a gap."""

    tried: str
    told: Callable[[GcpSession, Wire], Wire]


@dataclass(frozen=True, slots=True)
class Scanner:
    """One service. `everything` and `one` give the API's JSON, `resource` turns it into ours. `tried` is the permission the list needs."""

    kind: Kind
    tried: str
    everything: Callable[[GcpSession], list[Wire]]
    one: Callable[[GcpSession, FullName], Wire]
    resource: Callable[[Project, Wire], Resource]
    measured: bool = False
    extra: Extra | None = None
