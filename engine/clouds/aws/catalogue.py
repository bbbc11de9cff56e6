"""All scanners of AWS, and which one an ARN belongs to. Pure."""

from __future__ import annotations

from engine.clouds.aws import arn
from engine.clouds.aws.scanner import Scanner
from engine.clouds.aws.scanners import (
    buckets,
    database_snapshots,
    databases,
    functions,
    instances,
    security_groups,
    volume_snapshots,
    volumes,
)

SCANNERS: tuple[Scanner, ...] = (
    instances.SCANNER,
    databases.SCANNER,
    volumes.SCANNER,
    buckets.SCANNER,
    functions.SCANNER,
    security_groups.SCANNER,
    volume_snapshots.SCANNER,
    database_snapshots.SCANNER,
)

_BY_ARN = {(scanner.kind.service, scanner.kind.arn_kind): scanner for scanner in SCANNERS}


def scanner_of(name: arn.Arn) -> Scanner | None:
    """The scanner that reads what an ARN names, None when nothing here does."""
    return _BY_ARN.get((name.service, name.kind))
