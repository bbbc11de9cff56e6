"""The Google half of the demo's estate as the APIs' documents, ready to be seeded. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.sandbox import estate, shapes
from deploy.sandbox import gcp_documents as api
from deploy.sandbox import gcp_sql_documents as sql
from deploy.sandbox.wire import Document


def documents() -> Iterator[Document]:
    """Everything Nimbus has in Google Cloud."""
    yield from _machines()
    yield from _disks()
    yield from _snapshots()
    for database in estate.GCP_DATABASES:
        policy = "NEVER" if database.stopped else "ALWAYS"
        shape = sql.SqlShape(database.version, database.size, backups=database.protected, ssl=database.protected, policy=policy)
        yield sql.sql_instance(database.account, database.name, database.place, database.tags, shape)
    for bucket in estate.GCP_BUCKETS:
        document = api.bucket(bucket.account, bucket.name, bucket.place, bucket.tags, uniform=bucket.strict)
        yield {**document, "_project": bucket.account, "_public": bucket.public}


def _place(thing: shapes.Machine | shapes.Disk) -> api.Place:
    return api.Place(thing.account, thing.place, thing.name, thing.tags)


def _state(machine: shapes.Machine) -> str:
    return "RUNNING" if machine.state == "running" else machine.state


def _machines() -> Iterator[Document]:
    for machine in estate.GCP_MACHINES:
        document = api.instance(_place(machine), machine.size, _state(machine), public=machine.public)
        more = [_place(disk) for disk in estate.GCP_DISKS if disk.on == machine.name]
        document["disks"] += [api.attached(one.link("disks"), one.name, index, boot=False) for index, one in enumerate(more, start=1)]
        yield document if machine.cpu is None else {**document, "_cpu": machine.cpu}


def _disks() -> Iterator[Document]:
    machines = {machine.name: _place(machine).link("instances") for machine in estate.GCP_MACHINES}
    for disk in estate.GCP_DISKS:
        yield api.disk(_place(disk), disk.size_gb, machines.get(disk.on, ""))


def _snapshots() -> Iterator[Document]:
    disks = {disk.name: disk for disk in estate.GCP_DISKS}
    for snapshot in estate.GCP_SNAPSHOTS:
        source = disks[snapshot.of]
        yield api.snapshot(snapshot.account, snapshot.name, api.disk(_place(source), source.size_gb, ""), snapshot.tags)
