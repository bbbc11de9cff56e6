"""Google Cloud resources in the REST APIs' own JSON: Compute v1, Storage v1, Monitoring v3. Pure.

Held to the recorded answers and to the official SDK's messages by `tests/deploy/test_shapes_gcp.py`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.sandbox.wire import Document

COMPUTE = "https://www.googleapis.com/compute/v1"
MADE_AT = "2026-03-02T00:14:27.541-08:00"


def number(text: str) -> str:
    """A 63-bit id that is always the same for the same text; ids travel as text in JSON."""
    return str(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1)


def fingerprint(labels: Mapping[str, str]) -> str:
    """Changes whenever the labels do, as Compute's own does."""
    digest = hashlib.sha256(json.dumps(dict(labels), sort_keys=True).encode()).digest()[:8]
    return base64.urlsafe_b64encode(digest).decode()


@dataclass(frozen=True, slots=True)
class Place:
    """Where something of Compute stands: `projects/P/zones/Z/instances/N`."""

    project: str
    zone: str
    name: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def link(self, collection: str) -> str:
        return f"{COMPUTE}/projects/{self.project}/zones/{self.zone}/{collection}/{self.name}"

    @property
    def zone_link(self) -> str:
        return f"{COMPUTE}/projects/{self.project}/zones/{self.zone}"


def region(project: str, name: str) -> Document:
    link = f"{COMPUTE}/projects/{project}/regions/{name}"
    zones = [f"{COMPUTE}/projects/{project}/zones/{name}-{letter}" for letter in "abc"]
    kept: Document = {"kind": "compute#region", "id": number(link), "name": name, "description": name, "status": "UP"}
    return {**kept, "zones": zones, "selfLink": link}


def labelled(document: Document, labels: Mapping[str, str]) -> Document:
    """With labels and their fingerprint; without labels Compute leaves the key out."""
    document = {**document, "labelFingerprint": fingerprint(labels)}
    return {**document, "labels": dict(labels)} if labels else document


def instance(place: Place, machine_type: str, status: str, *, public: bool) -> Document:
    network: Document = {
        "kind": "compute#networkInterface",
        "network": f"{COMPUTE}/projects/{place.project}/global/networks/default",
        "subnetwork": f"{COMPUTE}/projects/{place.project}/regions/{place.zone.rpartition('-')[0]}/subnetworks/default",
        "networkIP": f"10.128.0.{int(number(place.name)) % 250 + 2}",
        "name": "nic0",
        "fingerprint": fingerprint({"nic": place.name}),
        "stackType": "IPV4_ONLY",
    }
    if public:
        outside = {"kind": "compute#accessConfig", "type": "ONE_TO_ONE_NAT", "name": "External NAT", "networkTier": "PREMIUM"}
        address = {"natIP": f"203.0.113.{int(number(place.name)) % 250 + 2}"} if status == "RUNNING" else {}
        network["accessConfigs"] = [{**outside, **address}]
    return labelled(
        {
            "kind": "compute#instance",
            "id": number(place.link("instances")),
            "creationTimestamp": MADE_AT,
            "name": place.name,
            "description": "",
            "tags": {"fingerprint": fingerprint({})},
            "machineType": f"{place.zone_link}/machineTypes/{machine_type}",
            "status": status,
            "zone": place.zone_link,
            "canIpForward": False,
            "networkInterfaces": [network],
            "disks": [attached(place.link("disks"), place.name, 0, boot=True)],
            "metadata": {"kind": "compute#metadata", "fingerprint": fingerprint({})},
            "selfLink": place.link("instances"),
            "scheduling": {"onHostMaintenance": "MIGRATE", "automaticRestart": True, "preemptible": False},
            "startRestricted": False,
            "deletionProtection": False,
        },
        place.labels,
    )


def attached(disk: str, device: str, index: int, *, boot: bool) -> Document:
    """A disk as the instance it hangs on tells it."""
    return {
        "kind": "compute#attachedDisk",
        "type": "PERSISTENT",
        "mode": "READ_WRITE",
        "source": disk,
        "deviceName": device,
        "index": index,
        "boot": boot,
        "autoDelete": boot,
        "interface": "SCSI",
        "diskSizeGb": "10",
    }


def disk(place: Place, size_gb: int, used_by: str) -> Document:
    document: Document = {
        "kind": "compute#disk",
        "id": number(place.link("disks")),
        "creationTimestamp": MADE_AT,
        "name": place.name,
        "sizeGb": str(size_gb),
        "zone": place.zone_link,
        "status": "READY",
        "selfLink": place.link("disks"),
        "type": f"{place.zone_link}/diskTypes/pd-standard",
        "physicalBlockSizeBytes": "4096",
    }
    if used_by:
        document["users"] = [used_by]
        document["lastAttachTimestamp"] = MADE_AT
    return labelled(document, place.labels)


def snapshot(project: str, name: str, source: Document, labels: Mapping[str, str], status: str = "READY") -> Document:
    link = f"{COMPUTE}/projects/{project}/global/snapshots/{name}"
    return labelled(
        {
            "kind": "compute#snapshot",
            "id": number(link),
            "creationTimestamp": MADE_AT,
            "name": name,
            "status": status,
            "sourceDisk": source["selfLink"],
            "sourceDiskId": source["id"],
            "diskSizeGb": source["sizeGb"],
            "storageBytes": str(int(source["sizeGb"]) * 2**20 * 64),
            "selfLink": link,
        },
        labels,
    )


def operation(target: str, kind: str, name: str, *, done: bool = False) -> Document:
    """A Compute operation on the resource at the link `target`."""
    scope = target.rpartition("/")[0].rpartition("/")[0]
    document: Document = {
        "kind": "compute#operation",
        "id": number(name),
        "name": name,
        "operationType": kind,
        "targetLink": target,
        "targetId": number(target),
        "status": "DONE" if done else "RUNNING",
        "user": "escher@nimbus.example",
        "progress": 100 if done else 0,
        "insertTime": MADE_AT,
        "startTime": MADE_AT,
        "selfLink": f"{scope}/operations/{name}",
    }
    kind_of_scope = next((word for word in ("zone", "region") if f"/{word}s/" in scope), "")
    return {**document, kind_of_scope: scope} if kind_of_scope else document


def bucket(project: str, name: str, location: str, labels: Mapping[str, str], *, uniform: bool) -> Document:
    document: Document = {
        "kind": "storage#bucket",
        "selfLink": f"https://www.googleapis.com/storage/v1/b/{name}",
        "id": name,
        "name": name,
        "projectNumber": number(project)[:12],
        "timeCreated": "2026-03-02T08:14:27.541Z",
        "updated": "2026-03-02T08:14:27.541Z",
        "metageneration": "1",
        "location": location,
        "locationType": "multi-region" if location in ("EU", "US", "ASIA") else "region",
        "storageClass": "STANDARD",
        "etag": "CAE=",
        "iamConfiguration": {
            "bucketPolicyOnly": {"enabled": uniform},
            "uniformBucketLevelAccess": {"enabled": uniform},
            "publicAccessPrevention": "inherited",
        },
    }
    return {**document, "labels": dict(labels)} if labels else document


def bucket_policy(name: str, project: str, *, public: bool) -> Document:
    bindings: list[Document] = [{"role": "roles/storage.legacyBucketOwner", "members": [f"projectOwner:{project}"]}]
    if public:
        bindings.append({"role": "roles/storage.objectViewer", "members": ["allUsers"]})
    return {"kind": "storage#policy", "resourceId": f"projects/_/buckets/{name}", "version": 1, "etag": "CAE=", "bindings": bindings}


def cpu_series(machine: Document, project: str, percent: float, start: str, end: str) -> Document:
    """One machine's CPU as Monitoring tells it: a share of one, not a percentage."""
    return {
        "metric": {"labels": {"instance_name": machine["name"]}, "type": "compute.googleapis.com/instance/cpu/utilization"},
        "resource": {
            "type": "gce_instance",
            "labels": {"instance_id": machine["id"], "zone": str(machine["zone"]).rpartition("/")[2], "project_id": project},
        },
        "metricKind": "GAUGE",
        "valueType": "DOUBLE",
        "points": [{"interval": {"startTime": start, "endTime": end}, "value": {"doubleValue": percent / 100}}],
    }
