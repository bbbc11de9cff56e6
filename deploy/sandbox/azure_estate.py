"""The Azure half of the demo's estate as ARM documents, ready to be seeded. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.sandbox import azure_documents as arm
from deploy.sandbox import estate, shapes
from deploy.sandbox.wire import Document


def documents() -> Iterator[Document]:
    """Everything Nimbus has in Azure."""
    yield from _machines()
    yield from _disks()
    yield from _snapshots()
    for bucket in estate.AZURE_BUCKETS:
        where = arm.arm_id(bucket.account, _group(bucket), "Microsoft.Storage/storageAccounts", bucket.name)
        tls = "TLS1_2" if bucket.strict else "TLS1_0"
        yield arm.storage_account(where, bucket.place, bucket.tags, public=bucket.public, tls=tls)
    yield from _databases()


def _group(thing: shapes.Machine | shapes.Disk | shapes.Snapshot | shapes.Bucket | shapes.Database) -> str:
    return f"rg-{thing.app}-{estate.AZURE_ACCOUNTS[thing.account][1]}"


def _machine_id(machine: shapes.Machine) -> str:
    return arm.arm_id(machine.account, _group(machine), "Microsoft.Compute/virtualMachines", machine.name)


def _machines() -> Iterator[Document]:
    for machine in estate.AZURE_MACHINES:
        system = "Windows" if machine.windows else "Linux"
        document = arm.virtual_machine(_machine_id(machine), machine.place, machine.tags, machine.size, system)
        measured = {} if machine.cpu is None else {"_cpu": machine.cpu}
        yield {**document, "_power": machine.state, **measured}


def _disk_id(disk: shapes.Disk) -> str:
    return arm.arm_id(disk.account, _group(disk), "Microsoft.Compute/disks", disk.name)


def _disks() -> Iterator[Document]:
    machines = {machine.name: _machine_id(machine) for machine in estate.AZURE_MACHINES}
    for disk in estate.AZURE_DISKS:
        yield arm.disk(_disk_id(disk), disk.place, disk.tags, disk.size_gb, machines.get(disk.on, ""))


def _snapshots() -> Iterator[Document]:
    disks = {disk.name: disk for disk in estate.AZURE_DISKS}
    for snapshot in estate.AZURE_SNAPSHOTS:
        source = disks[snapshot.of]
        where = arm.arm_id(snapshot.account, _group(snapshot), "Microsoft.Compute/snapshots", snapshot.name)
        yield arm.snapshot(where, source.place, snapshot.tags, source.size_gb, _disk_id(source))


def _databases() -> Iterator[Document]:
    servers: set[str] = set()
    for database in estate.AZURE_DATABASES:
        server, _, name = database.name.partition("/")
        server_id = arm.arm_id(database.account, _group(database), "Microsoft.Sql/servers", server)
        if server_id not in servers:
            servers.add(server_id)
            yield arm.sql_server(server_id, database.place, {}, public=database.account == estate.AZURE_DEV)
        status = "Paused" if database.stopped else "Online"
        document = arm.sql_database(f"{server_id}/databases/{name}", database.place, database.tags, database.size, status)
        yield {**document, "_encrypted": database.protected}
