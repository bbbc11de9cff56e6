"""Which permission an Azure command is checked as: from the ARM call it makes, or from its group's resource type and its verb. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

BY_METHOD = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}
BY_VERB = {"show": "read", "list": "read", "create": "write", "update": "write", "delete": "delete", "exists": "read"}
GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
ATTACH_DETACH = "Microsoft.Compute/virtualMachines/attachDetachDataDisks/action"
VARIABLE = re.compile(r"^\{.*\}$")

TYPES: dict[str, str] = {
    "acr": "Microsoft.ContainerRegistry/registries",
    "aks": "Microsoft.ContainerService/managedClusters",
    "aks nodepool": "Microsoft.ContainerService/managedClusters/agentPools",
    "appservice plan": "Microsoft.Web/serverfarms",
    "cosmosdb": "Microsoft.DocumentDB/databaseAccounts",
    "disk": "Microsoft.Compute/disks",
    "eventhubs namespace": "Microsoft.EventHub/namespaces",
    "functionapp": "Microsoft.Web/sites",
    "group": GROUPS,
    "image": "Microsoft.Compute/images",
    "keyvault": "Microsoft.KeyVault/vaults",
    "lock": "Microsoft.Authorization/locks",
    "mysql flexible-server": "Microsoft.DBforMySQL/flexibleServers",
    "postgres flexible-server": "Microsoft.DBforPostgreSQL/flexibleServers",
    "redis": "Microsoft.Cache/redis",
    "role assignment": "Microsoft.Authorization/roleAssignments",
    "role definition": "Microsoft.Authorization/roleDefinitions",
    "snapshot": "Microsoft.Compute/snapshots",
    "sql db": "Microsoft.Sql/servers/databases",
    "sql server": "Microsoft.Sql/servers",
    "storage account": "Microsoft.Storage/storageAccounts",
    "tag": "Microsoft.Resources/tags",
    "vm": "Microsoft.Compute/virtualMachines",
    "vmss": "Microsoft.Compute/virtualMachineScaleSets",
    "webapp": "Microsoft.Web/sites",
}
"""By the command's group, where no generated command under it names its resource."""

EXACT: dict[str, tuple[str, ...]] = {
    "az aks rotate-certs": ("Microsoft.ContainerService/managedClusters/rotateClusterCertificates/action",),
    "az aks get-credentials": ("Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",),
    "az aks nodepool scale": ("Microsoft.ContainerService/managedClusters/agentPools/write",),
    "az aks nodepool start": ("Microsoft.ContainerService/managedClusters/agentPools/write",),
    "az aks nodepool stop": ("Microsoft.ContainerService/managedClusters/agentPools/write",),
    "az aks nodepool upgrade": ("Microsoft.ContainerService/managedClusters/agentPools/write",),
    "az aks scale": ("Microsoft.ContainerService/managedClusters/write",),
    "az aks start": ("Microsoft.ContainerService/managedClusters/start/action",),
    "az aks stop": ("Microsoft.ContainerService/managedClusters/stop/action",),
    "az aks upgrade": ("Microsoft.ContainerService/managedClusters/write",),
    "az cosmosdb failover-priority-change": ("Microsoft.DocumentDB/databaseAccounts/failoverPriorityChange/action",),
    "az cosmosdb keys regenerate": ("Microsoft.DocumentDB/databaseAccounts/regenerateKey/action",),
    "az functionapp restart": ("Microsoft.Web/sites/restart/action",),
    "az functionapp start": ("Microsoft.Web/sites/start/action",),
    "az functionapp stop": ("Microsoft.Web/sites/stop/action",),
    "az keyvault key set-attributes": ("Microsoft.KeyVault/vaults/keys/update/action",),
    "az keyvault purge": ("Microsoft.KeyVault/locations/deletedVaults/purge/action",),
    "az mysql flexible-server restart": ("Microsoft.DBforMySQL/flexibleServers/restart/action",),
    "az mysql flexible-server start": ("Microsoft.DBforMySQL/flexibleServers/start/action",),
    "az mysql flexible-server stop": ("Microsoft.DBforMySQL/flexibleServers/stop/action",),
    "az postgres flexible-server restart": ("Microsoft.DBforPostgreSQL/flexibleServers/restart/action",),
    "az postgres flexible-server start": ("Microsoft.DBforPostgreSQL/flexibleServers/start/action",),
    "az postgres flexible-server stop": ("Microsoft.DBforPostgreSQL/flexibleServers/stop/action",),
    "az redis force-reboot": ("Microsoft.Cache/redis/forceReboot/action",),
    "az redis regenerate-keys": ("Microsoft.Cache/redis/regenerateKey/action",),
    "az sql db copy": ("Microsoft.Sql/servers/databases/write",),
    "az sql db rename": ("Microsoft.Sql/servers/databases/move/action",),
    "az sql db restore": ("Microsoft.Sql/servers/databases/write",),
    "az storage account keys renew": ("Microsoft.Storage/storageAccounts/regenerateKey/action",),
    "az storage account keys list": ("Microsoft.Storage/storageAccounts/listKeys/action",),
    "az sql db tde set": ("Microsoft.Sql/servers/databases/transparentDataEncryption/write",),
    "az storage account blob-service-properties update": ("Microsoft.Storage/storageAccounts/blobServices/write",),
    "az vm deallocate": ("Microsoft.Compute/virtualMachines/deallocate/action",),
    "az vm generalize": ("Microsoft.Compute/virtualMachines/generalize/action",),
    "az vm redeploy": ("Microsoft.Compute/virtualMachines/redeploy/action",),
    "az vm restart": ("Microsoft.Compute/virtualMachines/restart/action",),
    "az vm start": ("Microsoft.Compute/virtualMachines/start/action",),
    "az vm stop": ("Microsoft.Compute/virtualMachines/powerOff/action",),
    "az vm resize": ("Microsoft.Compute/virtualMachines/write",),
    "az vm disk attach": ("Microsoft.Compute/virtualMachines/write", ATTACH_DETACH, "Microsoft.Compute/disks/write"),
    "az vm disk detach": ("Microsoft.Compute/virtualMachines/write", ATTACH_DETACH, "Microsoft.Compute/disks/write"),
    "az vmss deallocate": ("Microsoft.Compute/virtualMachineScaleSets/deallocate/action",),
    "az vmss restart": ("Microsoft.Compute/virtualMachineScaleSets/restart/action",),
    "az vmss start": ("Microsoft.Compute/virtualMachineScaleSets/start/action",),
    "az vmss stop": ("Microsoft.Compute/virtualMachineScaleSets/powerOff/action",),
    "az vmss scale": ("Microsoft.Compute/virtualMachineScaleSets/write",),
    "az webapp restart": ("Microsoft.Web/sites/restart/action",),
    "az webapp start": ("Microsoft.Web/sites/start/action",),
    "az webapp stop": ("Microsoft.Web/sites/stop/action",),
    "az webapp deployment slot swap": ("Microsoft.Web/sites/slotsswap/action",),
}
"""Commands of the CLI's own whose call was read in Azure's list of resource provider operations."""


def of_call(method: str, url: str) -> str:
    """`POST …/Microsoft.Compute/virtualMachines/{vmName}/start` is `Microsoft.Compute/virtualMachines/start/action`; '' outside ARM."""
    path, action = _path(url)
    if not path:
        return ""
    if method == "POST":
        return f"{path}/{action}/action" if action else ""
    whole = f"{path}/{action}" if action else path
    return f"{whole}/{BY_METHOD[method]}" if method in BY_METHOD else ""


def _path(url: str) -> tuple[str, str]:
    """The resource type, and the last word where it stands for no named resource."""
    head, found, tail = url.partition("?")[0].rpartition("/providers/")
    if not found:
        inner = head + tail
        return (GROUPS, "") if re.search(r"/resourcegroups/\{[^}]*\}$", inner, re.IGNORECASE) else ("", "")
    parts = [part for part in tail.strip("/").split("/") if part]
    if not parts or VARIABLE.match(parts[0]):
        return "", ""
    namespace, rest = parts[0], parts[1:]
    literal = [part for part in rest if not VARIABLE.match(part)]
    ends_open = bool(rest) and not VARIABLE.match(rest[-1])
    if ends_open:
        return "/".join((namespace, *literal[:-1])), literal[-1]
    return "/".join((namespace, *literal)), ""


def types_of_groups(rows: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """The resource type that the generated commands of each group work on, by the group; the tables' word counts first."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        group, _, verb = str(row["command"]).removeprefix("az ").rpartition(" ")
        for method, url in _calls(row):
            path, action = _path(url)
            if path and not action and verb in BY_VERB and method in BY_METHOD:
                votes[group][path] += 1
    return {**{group: found.most_common(1)[0][0] for group, found in votes.items()}, **TYPES}


def _calls(row: Mapping[str, object]) -> Sequence[tuple[str, str]]:
    calls = row["calls"]
    assert isinstance(calls, list)
    return [(str(method), str(url)) for method, url in calls]


def permissions(row: Mapping[str, object], types: Mapping[str, str]) -> tuple[str, ...]:
    """What a command is checked as; where it changes something, what it reads for that is left out. Empty where it is not known."""
    command = str(row["command"])
    if command in EXACT:
        return EXACT[command]
    found = tuple(dict.fromkeys(one for method, url in _calls(row) if (one := of_call(method, url))))
    if found:
        return tuple(one for one in found if not one.endswith("/read")) or found
    group, _, verb = command.removeprefix("az ").rpartition(" ")
    return (f"{types[group]}/{BY_VERB[verb]}",) if group in types and verb in BY_VERB else ()
