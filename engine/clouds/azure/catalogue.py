"""All scanners of Azure, and which of them reads what. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.azure.arm import ArmId
from engine.clouds.azure.scanner import Scanner
from engine.clouds.azure.scanners import (
    clusters,
    disks,
    node_pools,
    postgres_servers,
    public_addresses,
    scale_sets,
    snapshots,
    sql_databases,
    storage_accounts,
    virtual_machines,
    web_apps,
)

SCANNERS: tuple[Scanner, ...] = (
    virtual_machines.SCANNER,
    disks.SCANNER,
    snapshots.SCANNER,
    storage_accounts.SCANNER,
    sql_databases.SCANNER,
    postgres_servers.SCANNER,
    scale_sets.SCANNER,
    public_addresses.SCANNER,
    web_apps.SCANNER,
    clusters.SCANNER,
    node_pools.SCANNER,
)
# Scanners of one type go together: a swept part is complete for its type, or it is none.
BY_TYPE: Mapping[str, tuple[Scanner, ...]] = {
    type_: tuple(scanner for scanner in SCANNERS if scanner.kind.type == type_)
    for type_ in dict.fromkeys(scanner.kind.type for scanner in SCANNERS)
}
_BY_KIND: Mapping[str, Scanner] = {scanner.kind.native.lower(): scanner for scanner in SCANNERS}


def scanner_for(where: ArmId) -> Scanner | None:
    """The scanner that reads what stands under this id; Azure does not mind the case of a kind."""
    return _BY_KIND.get(where.kind.lower())
