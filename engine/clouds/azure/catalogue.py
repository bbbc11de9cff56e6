"""All scanners of Azure, by the native type they know. Pure list."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.azure.scanner import Scanner
from engine.clouds.azure.scanners import disks, snapshots, sql_databases, storage_accounts, virtual_machines

SCANNERS: tuple[Scanner, ...] = (
    virtual_machines.SCANNER,
    disks.SCANNER,
    snapshots.SCANNER,
    storage_accounts.SCANNER,
    sql_databases.SCANNER,
)
BY_NATIVE: Mapping[str, Scanner] = {scanner.kind.native: scanner for scanner in SCANNERS}
