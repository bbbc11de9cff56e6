"""Resources of the demo's Google Cloud by their address alone: just enough to be read."""

from __future__ import annotations

from deploy.sandbox.estate import GCP_LAB
from engine.estate.resource import Resource


def _resource(type_: str, native: str, where: str) -> Resource:
    return Resource("gcp", type_, native, where, where.rpartition("/")[2], GCP_LAB, GCP_LAB, "europe-west1", "unknown")


def machine(name: str, zone: str) -> Resource:
    where = f"//compute.googleapis.com/projects/{GCP_LAB}/zones/{zone}/instances/{name}"
    return _resource("compute_instance", "compute.googleapis.com/Instance", where)


def disk(name: str, zone: str) -> Resource:
    return _resource("disk", "compute.googleapis.com/Disk", f"//compute.googleapis.com/projects/{GCP_LAB}/zones/{zone}/disks/{name}")


def snapshot(name: str) -> Resource:
    return _resource("snapshot", "compute.googleapis.com/Snapshot", f"//compute.googleapis.com/projects/{GCP_LAB}/global/snapshots/{name}")


def database(name: str) -> Resource:
    return _resource(
        "database_instance", "sqladmin.googleapis.com/Instance", f"//cloudsql.googleapis.com/projects/{GCP_LAB}/instances/{name}"
    )


def bucket(name: str) -> Resource:
    return _resource("object_storage", "storage.googleapis.com/Bucket", f"//storage.googleapis.com/{name}")
