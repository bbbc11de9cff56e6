"""Resources of the demo's Azure by their address alone: just enough to be read."""

from __future__ import annotations

from deploy.sandbox.azure_documents import arm_id
from deploy.sandbox.estate import AZURE_DEV
from engine.estate.resource import Resource


def resource(type_: str, native: str, app: str, *names: str) -> Resource:
    where = arm_id(AZURE_DEV, f"rg-{app}-dev", native, *names)
    return Resource("azure", type_, native, where, "/".join(names), AZURE_DEV, "nimbus-az-dev", "westeurope", "unknown")


def machine(name: str, app: str) -> Resource:
    return resource("compute_instance", "Microsoft.Compute/virtualMachines", app, name)


def disk(name: str, app: str) -> Resource:
    return resource("disk", "Microsoft.Compute/disks", app, name)


def storage(name: str, app: str) -> Resource:
    return resource("object_storage", "Microsoft.Storage/storageAccounts", app, name)


def snapshot(name: str, app: str) -> Resource:
    return resource("snapshot", "Microsoft.Compute/snapshots", app, name)
