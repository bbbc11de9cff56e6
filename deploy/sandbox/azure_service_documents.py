"""Scale sets, addresses, apps, clusters, PostgreSQL servers and locks in Azure Resource Manager's own JSON. Pure.

Held to the recorded answers, and for scale sets to the official SDK's models, by `tests/deploy/test_shapes_azure_services.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.sandbox.azure_documents import instance_view, steady, tracked
from deploy.sandbox.estate_services import App, Group, Pool, Server
from deploy.sandbox.wire import Document

NODES_VERSION = "1.30.4"
CLUSTER = "Microsoft.ContainerService/managedClusters"


def scale_set(resource_id: str, group: Group) -> Document:
    name = resource_id.rpartition("/")[2]
    return {
        "sku": {"name": group.size, "tier": "Standard", "capacity": group.count},
        **tracked(resource_id, "Microsoft.Compute/virtualMachineScaleSets", group.place, group.tags),
        "properties": {
            "singlePlacementGroup": False,
            "orchestrationMode": "Uniform",
            "upgradePolicy": {"mode": "Manual"},
            "virtualMachineProfile": {
                "osProfile": {"computerNamePrefix": name[:9], "adminUsername": "nimbus"},
                "storageProfile": {"osDisk": {"osType": "Linux", "createOption": "FromImage", "caching": "ReadWrite", "diskSizeGB": 30}},
            },
            "provisioningState": "Succeeded",
            "overprovision": True,
            "uniqueId": steady(resource_id),
        },
    }


def scale_set_machine(group: Document, number: int, power: str) -> Document:
    """One of a set's machines, with its runtime half."""
    resource_id = f"{group['id']}/virtualMachines/{number}"
    return {
        "name": f"{group['name']}_{number}",
        "id": resource_id,
        "type": "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
        "location": group["location"],
        "instanceId": str(number),
        "sku": {"name": group["sku"]["name"], "tier": "Standard"},
        "properties": {"latestModelApplied": True, "vmId": steady(resource_id), "instanceView": instance_view(power)},
    }


def public_address(resource_id: str, location: str, tags: Mapping[str, str], ip: str, user: str) -> Document:
    used: Document = {"ipConfiguration": {"id": user}} if user else {}
    return {
        **tracked(resource_id, "Microsoft.Network/publicIPAddresses", location, tags),
        "etag": f'W/"{steady(resource_id)}"',
        "sku": {"name": "Standard", "tier": "Regional"},
        "properties": {
            "provisioningState": "Succeeded",
            "resourceGuid": steady(resource_id),
            "ipAddress": ip,
            "publicIPAddressVersion": "IPv4",
            "publicIPAllocationMethod": "Static",
            "idleTimeoutInMinutes": 4,
            "ipTags": [],
            **used,
        },
    }


def web_app(resource_id: str, app: App) -> Document:
    host = f"{app.name}.azurewebsites.net"
    plan = f"{resource_id.rpartition('/providers/')[0]}/providers/Microsoft.Web/serverfarms/plan-atlas"
    return {
        "kind": app.kind,
        **tracked(resource_id, "Microsoft.Web/sites", app.place, app.tags),
        "properties": {
            "name": app.name,
            "state": "Running" if app.running else "Stopped",
            "hostNames": [host],
            "repositorySiteName": app.name,
            "usageState": "Normal",
            "enabled": True,
            "enabledHostNames": [host],
            "availabilityState": "Normal",
            "serverFarmId": plan,
            "reserved": True,
            "lastModifiedTimeUtc": "2026-03-02T08:14:27.54",
            "clientAffinityEnabled": False,
            "defaultHostName": host,
            "httpsOnly": True,
        },
    }


def cluster(resource_id: str, location: str, tags: Mapping[str, str], pools: list[Document], *, running: bool) -> Document:
    name = resource_id.rpartition("/")[2]
    return {
        **tracked(resource_id, CLUSTER, location, tags),
        "properties": {
            "provisioningState": "Succeeded",
            "powerState": {"code": "Running" if running else "Stopped"},
            "kubernetesVersion": NODES_VERSION,
            "dnsPrefix": name,
            "agentPoolProfiles": pools,
            "servicePrincipalProfile": {"clientId": "msi"},
            "nodeResourceGroup": f"MC_{name}_{location}",
            "enableRBAC": True,
            "networkProfile": {"networkPlugin": "kubenet", "loadBalancerSku": "standard", "serviceCidr": "10.0.0.0/16"},
        },
    }


def pool_facts(pool: Pool, *, running: bool) -> Document:
    """What a cluster and a pool itself tell of a pool, the name aside."""
    return {
        "count": pool.count,
        "vmSize": pool.size,
        "osDiskSizeGB": 128,
        "maxPods": 110,
        "type": "VirtualMachineScaleSets",
        "provisioningState": "Succeeded",
        "powerState": {"code": "Running" if running else "Stopped"},
        "orchestratorVersion": NODES_VERSION,
        "osType": "Linux",
        "mode": "System" if pool.system else "User",
        "enableAutoScaling": pool.autoscaled,
        **({"minCount": 1, "maxCount": 5} if pool.autoscaled else {}),
    }


def node_pool(cluster_id: str, pool: Pool, *, running: bool) -> Document:
    """A pool as a resource of its own: it tells no location."""
    return {
        "id": f"{cluster_id}/agentPools/{pool.name}",
        "name": pool.name,
        "type": f"{CLUSTER}/agentPools",
        "properties": pool_facts(pool, running=running),
    }


def postgres(resource_id: str, server: Server) -> Document:
    tier = "Burstable" if "_B" in server.size else "GeneralPurpose"
    return {
        "sku": {"name": server.size, "tier": tier},
        **tracked(resource_id, "Microsoft.DBforPostgreSQL/flexibleServers", server.place, server.tags),
        "properties": {
            "fullyQualifiedDomainName": f"{server.name}.postgres.database.azure.com",
            "version": "16",
            "minorVersion": "4",
            "administratorLogin": "nimbus",
            "state": "Ready" if server.running else "Stopped",
            "availabilityZone": "1",
            "storage": {"storageSizeGB": 64, "autoGrow": "Enabled", "tier": "P6", "iops": 240},
            "authConfig": {"activeDirectoryAuth": "Disabled", "passwordAuth": "Enabled"},
            "backup": {"backupRetentionDays": 7, "geoRedundantBackup": "Disabled"},
            "network": {"publicNetworkAccess": "Disabled"},
            "highAvailability": {
                "mode": "ZoneRedundant" if server.spread else "Disabled",
                "state": "Healthy" if server.spread else "NotEnabled",
            },
        },
    }


def lock(scope: str, name: str, sent: Mapping[str, Any]) -> Document:
    where = f"{scope}/providers/Microsoft.Authorization/locks/{name}"
    kept = {part: sent[part] for part in ("level", "notes") if part in sent}
    return {"properties": kept, "id": where, "type": "Microsoft.Authorization/locks", "name": name}


def blob_services(account: Document) -> Document:
    """What a storage account says of its blobs; no versions are kept until somebody asks for them."""
    return {
        "sku": dict(account["sku"]),
        "id": f"{account['id']}/blobServices/default",
        "name": "default",
        "type": "Microsoft.Storage/storageAccounts/blobServices",
        "properties": {"cors": {"corsRules": []}, "deleteRetentionPolicy": {"allowPermanentDelete": False, "enabled": False}},
    }
