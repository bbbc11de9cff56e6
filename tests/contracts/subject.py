"""What the suite for clouds needs of each: itself, itself with nobody at the other end, and what it may change."""

from __future__ import annotations

from dataclasses import dataclass

from engine.clouds.cloud import Cloud
from engine.clouds.permission import Verdict
from engine.estate.resource import Resource


@dataclass(frozen=True)
class Names:
    """The operations that play the parts in the suite; those of AWS unless said otherwise."""

    stop: str = "ec2:StopInstances"
    tag: str = "ec2:CreateTags"
    snapshot: str = "ec2:CreateSnapshot"
    delete_disk: str = "ec2:DeleteVolume"


@dataclass(frozen=True)
class Subject:
    """`machine` runs and `disk` is attached to nothing; both are the test's own. Both are just enough to be read.

    `permitted` is what the cloud says of stopping the machine.
    """

    cloud: Cloud
    away: Cloud
    machine: Resource
    disk: Resource
    names: Names = Names()
    permitted: Verdict = "allowed"
