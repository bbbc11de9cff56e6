"""What the local Azure answers about scale sets, apps, clusters, servers and locks, and what that does to them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from deploy.sandbox import azure_service_documents as services
from deploy.sandbox.azure_documents import encryption
from deploy.sandbox.azure_routes import RESOURCE, SUBSCRIPTION, body_of, merge, paged
from deploy.sandbox.azure_world import AzureWorld, Route, refused
from deploy.sandbox.wire import Answer, Asked, Document, put

SCALE_SET = "microsoft.compute/virtualmachinescalesets"
# kind -> where its state stands, and the word for running and for stopped
POWERED: Mapping[str, tuple[str, str, str]] = {
    "microsoft.web/sites": ("properties/state", "Running", "Stopped"),
    "microsoft.containerservice/managedclusters": ("properties/powerState/code", "Running", "Stopped"),
    "microsoft.dbforpostgresql/flexibleservers": ("properties/state", "Ready", "Stopped"),
}
DURING = {"start": "Starting", "stop": "Stopping"}


def _machines(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    group = world.find(found["id"])
    power = world.power[str(group["id"]).lower()]
    return paged(world, asked, [services.scale_set_machine(group, number, power) for number in range(int(group["sku"]["capacity"]))])


def _scale(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    group, wanted = world.find(found["id"]), body_of(asked)
    capacity = (wanted.get("sku") or {}).get("capacity", group["sku"]["capacity"])
    if not isinstance(capacity, int) or not 0 <= capacity <= 1000:
        raise refused(400, "InvalidParameter", f"The value of parameter sku.capacity is invalid: {capacity}.")
    group["sku"]["capacity"] = capacity
    group["properties"]["provisioningState"] = "Updating"
    headers = world.accepted(asked, group, lambda: put(group, "properties/provisioningState", "Succeeded"))
    return Answer(200, group, headers)


def _power(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    """Start, stop and restart of what tells its state in its own document."""
    document, kind, action = world.find(found["id"]), found["kind"].lower(), found["action"].lower()
    if kind not in POWERED:
        raise refused(404, "InvalidResourceType", f"{found['kind']} has no {action}.")
    path, running, stopped = POWERED[kind]
    after = stopped if action == "stop" else running
    if kind == "microsoft.web/sites":
        # App Service does it before it answers.
        put(document, path, after)
        return Answer(200)
    if action == "restart":
        if document["properties"].get("state") != running:
            raise refused(409, "ServerIsNotReady", f"Server {document['name']} must be Ready to be restarted.")
        return Answer(202, None, world.accepted(asked, document, lambda: None))
    doing = "properties/state" if path.endswith("/state") else "properties/provisioningState"
    put(document, doing, DURING[action])
    return Answer(202, None, world.accepted(asked, document, _settling(world, document, (path, after))))


def _settling(world: AzureWorld, document: Document, change: tuple[str, str]) -> Callable[[], None]:
    """What becomes true in the end: the new power, and of a cluster its pools'."""
    path, after = change

    def done() -> None:
        put(document, path, after)
        if not path.endswith("/code"):
            return
        put(document, "properties/provisioningState", "Succeeded")
        prefix = f"{str(document['id']).lower()}/agentpools/"
        for key, pool in world.resources.items():
            if key.startswith(prefix):
                put(pool, "properties/powerState/code", after)

    return done


def _pools(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    prefix = f"{str(world.find(found['id'])['id']).lower()}/agentpools/"
    return paged(world, asked, [document for key, document in sorted(world.resources.items()) if key.startswith(prefix)])


def _pool(world: AzureWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    return Answer(200, world.find(found["pool"]))


def _put_pool(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    pool, wanted = world.find(found["pool"]), body_of(asked).get("properties") or {}
    if pool["properties"].get("enableAutoScaling") and wanted.get("enableAutoScaling"):
        raise refused(400, "InvalidParameter", "The count of an autoscaled agent pool cannot be set.")
    if pool["properties"]["mode"] == "System" and wanted.get("count") == 0:
        raise refused(400, "InvalidParameter", "A system agent pool needs at least one node.")
    pool["properties"].update({**wanted, "provisioningState": "Scaling"})
    headers = world.accepted(asked, world.find(found["id"]), lambda: put(pool, "properties/provisioningState", "Succeeded"))
    return Answer(200, pool, headers)


def _put_lock(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    wanted = body_of(asked).get("properties") or {}
    if wanted.get("level") not in ("CanNotDelete", "ReadOnly"):
        raise refused(400, "LockLevelInvalid", f"The lock level '{wanted.get('level')}' is not one of CanNotDelete, ReadOnly.")
    scope = found["scope"]
    if "/providers/" in scope:
        scope = str(world.find(scope)["id"])
    document = services.lock(scope, found["name"], wanted)
    key = str(document["id"]).lower()
    known = key in world.resources
    world.resources[key] = document
    return Answer(200 if known else 201, document)


def _delete_lock(world: AzureWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    key = f"{found['scope']}/providers/Microsoft.Authorization/locks/{found['name']}".lower()
    return Answer(200 if world.resources.pop(key, None) else 204)


def _delete_address(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    key = found["id"].lower()
    address = world.resources.get(key)
    if address is None:
        return Answer(204)
    if user := (address["properties"].get("ipConfiguration") or {}).get("id"):
        raise refused(
            400, "PublicIPAddressCannotBeDeleted", f"Public IP address {address['id']} can not be deleted: it is allocated to {user}."
        )
    world.guarded(key)
    address["properties"]["provisioningState"] = "Deleting"
    return Answer(202, None, world.accepted(asked, address, lambda: world.forget(key)))


def _blobs(world: AzureWorld, _asked: Asked, found: re.Match[str]) -> Answer:
    account = world.find(found["id"])
    return Answer(200, world.resources.get(f"{str(account['id']).lower()}/blobservices/default") or services.blob_services(account))


def _put_blobs(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    document = _blobs(world, asked, found).body or {}
    merge(document["properties"], body_of(asked).get("properties") or {})
    world.resources[str(document["id"]).lower()] = document
    return Answer(200, document)


def _patch_database(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    """A new service objective or another redundancy, which take their time."""
    database, wanted = world.find(found["database"]), body_of(asked)
    objective = (wanted.get("sku") or {}).get("name", database["properties"]["currentServiceObjectiveName"])
    spread = (wanted.get("properties") or {}).get("zoneRedundant", database["properties"]["zoneRedundant"])
    if spread and not str(objective).startswith(("P", "BC_", "GP_")):
        raise refused(400, "ProvisioningDisabled", f"Zone redundancy is not supported for service objective {objective}.")
    database["properties"]["requestedServiceObjectiveName"] = objective

    def done() -> None:
        database["properties"].update({"currentServiceObjectiveName": objective, "zoneRedundant": spread})

    return Answer(202, None, world.accepted(asked, database, done))


def _fail_over(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    database = world.find(found["database"])
    if database["properties"]["status"] != "Online":
        raise refused(409, "DatabaseNotOnline", f"Database {database['name']} is not online.")
    return Answer(202, None, world.accepted(asked, database, lambda: None))


def _put_encryption(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    database, wanted = world.find(found["database"]), str((body_of(asked).get("properties") or {}).get("state", ""))
    if wanted not in ("Enabled", "Disabled"):
        raise refused(400, "InvalidTransparentDataEncryptionState", f"The state '{wanted}' is not one of Enabled, Disabled.")
    key = str(database["id"]).lower()

    def done() -> None:
        world.encrypted[key] = wanted == "Enabled"

    headers = world.accepted(asked, database, done)
    return Answer(202, encryption(str(database["id"]), str(database["location"]), enabled=world.encrypted.get(key, True)), headers)


def _data_disks(world: AzureWorld, asked: Asked, found: re.Match[str]) -> Answer:
    """Hangs data disks on a VM and takes them off."""
    machine, wanted = world.find(found["id"]), body_of(asked)
    off = [world.find(str(one["diskId"])) for one in wanted.get("dataDisksToDetach") or ()]
    on = [world.find(str(one["diskId"])) for one in wanted.get("dataDisksToAttach") or ()]
    for disk in off:
        if str(disk.get("managedBy", "")).lower() != str(machine["id"]).lower():
            raise refused(400, "InvalidParameter", f"Disk {disk['name']} is not attached to VM {machine['name']}.")
    for disk in on:
        if disk.get("managedBy"):
            raise refused(409, "AttachDiskWhileBeingDetached", f"Disk {disk['name']} is attached to VM {disk['managedBy']}.")

    def done() -> None:
        for disk in off:
            put(disk, "managedBy", None)
            put(disk, "properties/diskState", "Unattached")
        for disk in on:
            put(disk, "managedBy", machine["id"])
            put(disk, "properties/diskState", "Attached")

    return Answer(202, None, world.accepted(asked, machine, done))


def _typed(kind: str) -> str:
    """A resource of one kind only; its id is the group `id`."""
    return rf"(?P<id>{SUBSCRIPTION}/resourceGroups/[^/]+/providers/{kind.replace('.', '[.]')}/[^/]+)"


DATABASE = rf"(?P<database>{_typed('Microsoft.Sql/servers')}/databases/[^/]+)"
POOL = rf"(?P<pool>{_typed('Microsoft.ContainerService/managedClusters')}/agentPools/[^/]+)"
LOCK = r"(?P<scope>/subscriptions/.+)/providers/Microsoft\.Authorization/locks/(?P<name>[^/]+)"
ROUTES: tuple[Route, ...] = (
    ("PUT", LOCK, _put_lock),
    ("DELETE", LOCK, _delete_lock),
    ("GET", rf"{_typed('Microsoft.Compute/virtualMachineScaleSets')}/virtualMachines", _machines),
    ("PATCH", _typed("Microsoft.Compute/virtualMachineScaleSets"), _scale),
    ("POST", rf"{_typed('Microsoft.Compute/virtualMachines')}/attachDetachDataDisks", _data_disks),
    ("GET", rf"{_typed('Microsoft.ContainerService/managedClusters')}/agentPools", _pools),
    ("GET", POOL, _pool),
    ("PUT", POOL, _put_pool),
    ("GET", rf"{_typed('Microsoft.Storage/storageAccounts')}/blobServices/default", _blobs),
    ("PUT", rf"{_typed('Microsoft.Storage/storageAccounts')}/blobServices/default", _put_blobs),
    ("PATCH", DATABASE, _patch_database),
    ("POST", rf"{DATABASE}/failover", _fail_over),
    ("PUT", rf"{DATABASE}/transparentDataEncryption/current", _put_encryption),
    ("DELETE", _typed("Microsoft.Network/publicIPAddresses"), _delete_address),
    (
        "POST",
        RESOURCE.replace("(?P<kind>[^/]+/[^/]+)", r"(?P<kind>Microsoft\.(?:Web|ContainerService|DBforPostgreSQL)/[^/]+)")
        + "/(?P<action>start|stop|restart)",
        _power,
    ),
)
