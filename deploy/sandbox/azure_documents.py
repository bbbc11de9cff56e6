"""Azure resources in Azure Resource Manager's own JSON, as its REST API answers them. Pure.

Held to the recorded answers and to the official SDK's models by `tests/deploy/test_shapes_azure.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from deploy.sandbox.wire import Document

MADE_AT = "2026-03-02T08:14:27.5412308+00:00"
IMAGES: Mapping[str, Document] = {
    "Linux": {"publisher": "Canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts-gen2", "version": "latest"},
    "Windows": {"publisher": "MicrosoftWindowsServer", "offer": "WindowsServer", "sku": "2022-datacenter-g2", "version": "latest"},
}


def arm_id(subscription: str, group: str, kind: str, *names: str) -> str:
    """An ARM id; `kind` is `Microsoft.Compute/virtualMachines`, and each name goes behind its part of the kind."""
    namespace, *types = kind.split("/")
    tail = "/".join(f"{a}/{b}" for a, b in zip(types, names, strict=True))
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/{namespace}/{tail}"


def steady(text: str) -> str:
    """A GUID that is always the same for the same text."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, text))


def location(subscription: str, name: str, title: str) -> Document:
    """A region that the subscription may use."""
    return {
        "id": f"/subscriptions/{subscription}/locations/{name}",
        "name": name,
        "type": "Region",
        "displayName": title,
        "regionalDisplayName": title,
        "metadata": {"regionType": "Physical", "regionCategory": "Recommended"},
    }


def tracked(resource_id: str, kind: str, location: str, tags: Mapping[str, str]) -> Document:
    """What every tracked resource has. An untagged one has no `tags` at all."""
    document: Document = {"name": resource_id.rpartition("/")[2], "id": resource_id, "type": kind, "location": location}
    return {**document, "tags": dict(tags)} if tags else document


def virtual_machine(resource_id: str, location: str, tags: Mapping[str, str], size: str, system: str) -> Document:
    name = resource_id.rpartition("/")[2]
    return {
        **tracked(resource_id, "Microsoft.Compute/virtualMachines", location, tags),
        "properties": {
            "hardwareProfile": {"vmSize": size},
            "provisioningState": "Succeeded",
            "vmId": steady(resource_id),
            "storageProfile": {
                "imageReference": dict(IMAGES[system]),
                "osDisk": {
                    "osType": system,
                    "name": f"{name}_OsDisk_1",
                    "createOption": "FromImage",
                    "caching": "ReadWrite",
                    "deleteOption": "Detach",
                    "diskSizeGB": 64,
                },
                "dataDisks": [],
            },
            "osProfile": {"computerName": name, "adminUsername": "nimbus", "secrets": [], "allowExtensionOperations": True},
            "networkProfile": {"networkInterfaces": []},
            "timeCreated": MADE_AT,
        },
    }


def instance_view(power: str, provisioning: str = "succeeded") -> Document:
    """The runtime half of a VM; `power` is `running`, `deallocated`, `stopped`, `starting`, `deallocating`, `stopping`."""
    return {
        "statuses": [
            {
                "code": f"ProvisioningState/{provisioning}",
                "level": "Info",
                "displayStatus": f"Provisioning {provisioning}",
                "time": MADE_AT,
            },
            {"code": f"PowerState/{power}", "level": "Info", "displayStatus": f"VM {power}"},
        ]
    }


def disk(resource_id: str, location: str, tags: Mapping[str, str], size_gb: int, attached_to: str) -> Document:
    document: Document = {
        **tracked(resource_id, "Microsoft.Compute/disks", location, tags),
        "sku": {"name": "Premium_LRS", "tier": "Premium"},
        "properties": {
            "creationData": {"createOption": "Empty"},
            "diskSizeGB": size_gb,
            "encryption": {"type": "EncryptionAtRestWithPlatformKey"},
            "networkAccessPolicy": "AllowAll",
            "timeCreated": MADE_AT,
            "provisioningState": "Succeeded",
            "diskState": "Attached" if attached_to else "Unattached",
            "diskSizeBytes": size_gb * 2**30,
            "uniqueId": steady(resource_id),
        },
    }
    return {**document, "managedBy": attached_to} if attached_to else document


def snapshot(resource_id: str, location: str, tags: Mapping[str, str], size_gb: int, source: str) -> Document:
    return {
        **tracked(resource_id, "Microsoft.Compute/snapshots", location, tags),
        "sku": {"name": "Standard_ZRS", "tier": "Standard"},
        "properties": {
            "creationData": {"createOption": "Copy", "sourceResourceId": source, "sourceUniqueId": steady(source)},
            "diskSizeGB": size_gb,
            "encryption": {"type": "EncryptionAtRestWithPlatformKey"},
            "incremental": False,
            "networkAccessPolicy": "AllowAll",
            "timeCreated": MADE_AT,
            "provisioningState": "Succeeded",
            "diskState": "Unattached",
            "diskSizeBytes": size_gb * 2**30,
            "uniqueId": steady(resource_id),
        },
    }


def storage_account(resource_id: str, location: str, tags: Mapping[str, str], *, public: bool, tls: str) -> Document:
    name = resource_id.rpartition("/")[2]
    return {
        "sku": {"name": "Standard_LRS", "tier": "Standard"},
        "kind": "StorageV2",
        # Storage answers an empty object for no tags where Compute leaves the key out.
        "tags": {},
        **tracked(resource_id, "Microsoft.Storage/storageAccounts", location, tags),
        "properties": {
            "minimumTlsVersion": tls,
            "allowBlobPublicAccess": public,
            "supportsHttpsTrafficOnly": True,
            "networkAcls": {"bypass": "AzureServices", "virtualNetworkRules": [], "ipRules": [], "defaultAction": "Allow"},
            "provisioningState": "Succeeded",
            "creationTime": MADE_AT,
            "primaryEndpoints": {part: f"https://{name}.{part}.core.windows.net/" for part in ("blob", "queue", "table", "file")},
            "primaryLocation": location,
            "statusOfPrimary": "available",
        },
    }


def sql_server(resource_id: str, location: str, tags: Mapping[str, str], *, public: bool) -> Document:
    name = resource_id.rpartition("/")[2]
    return {
        "kind": "v12.0",
        **tracked(resource_id, "Microsoft.Sql/servers", location, tags),
        "properties": {
            "administratorLogin": "nimbus",
            "version": "12.0",
            "state": "Ready",
            "fullyQualifiedDomainName": f"{name}.database.windows.net",
            "privateEndpointConnections": [],
            "publicNetworkAccess": "Enabled" if public else "Disabled",
        },
    }


def sql_database(resource_id: str, location: str, tags: Mapping[str, str], objective: str, status: str) -> Document:
    sku: Document = {"name": "Standard", "tier": "Standard", "capacity": {"S0": 10, "S1": 20, "S2": 50, "S3": 100}.get(objective, 10)}
    return {
        "sku": sku,
        "kind": "v12.0,user",
        **tracked(resource_id, "Microsoft.Sql/servers/databases", location, tags),
        "properties": {
            "collation": "SQL_Latin1_General_CP1_CI_AS",
            "maxSizeBytes": 268435456000,
            "status": status,
            "databaseId": steady(resource_id),
            "creationDate": "2026-03-02T08:14:27.6Z",
            "currentServiceObjectiveName": objective,
            "requestedServiceObjectiveName": objective,
            "zoneRedundant": False,
            "readScale": "Disabled",
            "currentSku": dict(sku),
        },
    }


def encryption(database_id: str, location: str, *, enabled: bool) -> Document:
    return {
        "name": "current",
        "location": location,
        "id": f"{database_id}/transparentDataEncryption/current",
        "type": "Microsoft.Sql/servers/databases/transparentDataEncryption",
        "properties": {"status": "Enabled" if enabled else "Disabled"},
    }


def cpu_metric(resource_id: str, location: str, days: Mapping[str, float]) -> Document:
    """Monitor's answer for `Percentage CPU` with a day's interval; `days` maps a time stamp to its average."""
    return {
        "cost": 0,
        "timespan": f"{min(days, default='')}/{max(days, default='')}",
        "interval": "P1D",
        "value": [
            {
                "id": f"{resource_id}/providers/Microsoft.Insights/metrics/Percentage CPU",
                "type": "Microsoft.Insights/metrics",
                "name": {"value": "Percentage CPU", "localizedValue": "Percentage CPU"},
                "unit": "Percent",
                "timeseries": [{"metadatavalues": [], "data": [{"timeStamp": stamp, "average": value} for stamp, value in days.items()]}]
                if days
                else [],
                "errorCode": "Success",
            }
        ],
        "namespace": "Microsoft.Compute/virtualMachines",
        "resourceregion": location,
    }


def permission(*actions: str, without: Iterable[str] = ()) -> Document:
    """One role's permissions, as Microsoft.Authorization lists them for the caller."""
    return {"actions": list(actions), "notActions": list(without), "dataActions": [], "notDataActions": []}
