"""What an Azure role needs for Escher, made from the scanners and operations themselves. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.clouds.azure.catalogue import SCANNERS
from engine.clouds.azure.locks import TRIED as LOCKS
from engine.clouds.azure.metrics import TRIED as METRICS
from engine.clouds.azure.operations import OPERATIONS

# Databases are read with their server and their encryption, accounts with their blobs, scale sets with their machines; each subscription
# with its regions and its locks.
_BESIDE = (
    "Microsoft.Resources/subscriptions/locations/read",
    "Microsoft.Sql/servers/read",
    "Microsoft.Sql/servers/databases/transparentDataEncryption/read",
    "Microsoft.Compute/virtualMachines/instanceView/read",
    "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read",
    "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/instanceView/read",
    "Microsoft.Storage/storageAccounts/blobServices/read",
    LOCKS,
)
READING: tuple[str, ...] = tuple(sorted({METRICS, *_BESIDE, *(scanner.tried for scanner in SCANNERS)}))

# What the check before a plan asks.
CHECKING: tuple[str, ...] = ("Microsoft.Authorization/permissions/read",)


def changing(operations: Iterable[str]) -> tuple[str, ...]:
    """The actions these operations need, sorted; a name with a suffix (`…/write:public`) needs the action before it."""
    return tuple(sorted({name.partition(":")[0] for one in operations for name in (one, *OPERATIONS[one].permissions)}))


def role(subscription: str, operations: Iterable[str] = ()) -> dict[str, Any]:
    """A custom role definition, as `az role definition create --role-definition` takes it."""
    needed = changing(operations)
    return {
        "Name": "Escher",
        "Description": "Scans, and performs the operations that people approve in Escher.",
        "Actions": [*READING, *(CHECKING if needed else ()), *needed],
        "AssignableScopes": [f"/subscriptions/{subscription}"],
    }
