"""All scanners of Azure, and which of them reads what. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.azure.arm import ArmId
from engine.clouds.azure.scanner import Scanner
from engine.clouds.azure.scanners import disks, snapshots, sql_databases, storage_accounts, virtual_machines

SCANNERS: tuple[Scanner, ...] = (
    virtual_machines.SCANNER,
    disks.SCANNER,
    snapshots.SCANNER,
    storage_accounts.SCANNER,
    sql_databases.SCANNER,
)
_BY_KIND: Mapping[str, Scanner] = {scanner.kind.native.lower(): scanner for scanner in SCANNERS}


def scanner_for(where: ArmId) -> Scanner | None:
    """The scanner that reads what stands under this id; Azure does not mind the case of a kind."""
    return _BY_KIND.get(where.kind.lower())
