"""All scanners of Google Cloud, by the native type they know. Pure list."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.scanners import buckets, disks, instances, snapshots, sql_instances

SCANNERS: tuple[Scanner, ...] = (instances.SCANNER, disks.SCANNER, snapshots.SCANNER, sql_instances.SCANNER, buckets.SCANNER)
BY_NATIVE: Mapping[str, Scanner] = {scanner.kind.native: scanner for scanner in SCANNERS}
