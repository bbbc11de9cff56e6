"""All scanners of Google Cloud, and which of them reads what. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.gcp.names import FullName
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.scanners import (
    addresses,
    buckets,
    clusters,
    disks,
    instance_groups,
    instances,
    node_pools,
    snapshots,
    sql_backups,
    sql_instances,
    subscriptions,
)

_BY_PLACE: Mapping[tuple[str, str], Scanner] = {
    ("compute", "instances"): instances.SCANNER,
    ("compute", "disks"): disks.SCANNER,
    ("compute", "snapshots"): snapshots.SCANNER,
    ("cloudsql", "backupRuns"): sql_backups.SCANNER,
    ("cloudsql", "instances"): sql_instances.SCANNER,
    ("storage", ""): buckets.SCANNER,
    ("compute", "instanceGroupManagers"): instance_groups.SCANNER,
    ("compute", "addresses"): addresses.SCANNER,
    ("container", "clusters"): clusters.SCANNER,
    ("container", "nodePools"): node_pools.SCANNER,
    ("pubsub", "subscriptions"): subscriptions.SCANNER,
}
SCANNERS: tuple[Scanner, ...] = tuple(_BY_PLACE.values())
# Scanners of one type go together: a swept part is complete for its type, or it is none.
BY_TYPE: Mapping[str, tuple[Scanner, ...]] = {
    type_: tuple(scanner for scanner in SCANNERS if scanner.kind.type == type_)
    for type_ in dict.fromkeys(scanner.kind.type for scanner in SCANNERS)
}


def scanner_for(where: FullName) -> Scanner | None:
    """The scanner that reads what stands under this name."""
    return _BY_PLACE.get((where.service, where.collection))
