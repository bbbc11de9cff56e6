"""All scanners of Google Cloud, and which of them reads what. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.gcp.names import FullName
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.scanners import buckets, disks, instances, snapshots, sql_instances

SCANNERS: tuple[Scanner, ...] = (instances.SCANNER, disks.SCANNER, snapshots.SCANNER, sql_instances.SCANNER, buckets.SCANNER)
_BY_PLACE: Mapping[tuple[str, str], Scanner] = {
    ("compute", "instances"): instances.SCANNER,
    ("compute", "disks"): disks.SCANNER,
    ("compute", "snapshots"): snapshots.SCANNER,
    ("cloudsql", "instances"): sql_instances.SCANNER,
    ("storage", ""): buckets.SCANNER,
}


def scanner_for(where: FullName) -> Scanner | None:
    """The scanner that reads what stands under this name."""
    return _BY_PLACE.get((where.service, where.collection))
