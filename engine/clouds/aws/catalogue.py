"""All scanners of AWS, and which one an ARN belongs to. Pure."""

from __future__ import annotations

from engine.clouds.aws import arn
from engine.clouds.aws.scanner import Scanner
from engine.clouds.aws.scanners import (
    addresses,
    buckets,
    container_services,
    database_snapshots,
    databases,
    event_rules,
    functions,
    instances,
    keys,
    load_balancers,
    log_groups,
    node_pools,
    queues,
    scaling_groups,
    security_groups,
    table_backups,
    tables,
    volume_snapshots,
    volumes,
    warehouse_snapshots,
    warehouses,
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
    table_backups.SCANNER,
    warehouse_snapshots.SCANNER,
    scaling_groups.SCANNER,
    addresses.SCANNER,
    load_balancers.SCANNER,
    container_services.SCANNER,
    node_pools.SCANNER,
    tables.SCANNER,
    warehouses.SCANNER,
    queues.SCANNER,
    keys.SCANNER,
    log_groups.SCANNER,
    event_rules.SCANNER,
)

_BY_ARN = {(scanner.kind.service, scanner.kind.arn_kind): scanner for scanner in SCANNERS}


def scanner_of(name: arn.Arn) -> Scanner | None:
    """The scanner that reads what an ARN names, None when nothing here does."""
    return _BY_ARN.get((name.service, name.kind))
