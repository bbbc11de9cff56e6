"""Instance groups, addresses, Kubernetes clusters and Pub/Sub subscriptions in their APIs' own JSON. Pure.

Held to the recorded answers and to the official SDK's messages by `tests/deploy/test_shapes_gcp_services.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from deploy.sandbox.estate_services import Address, Cluster, Group, Pool
from deploy.sandbox.gcp_documents import COMPUTE, MADE_AT, fingerprint, labelled, number
from deploy.sandbox.wire import Document

NODES_VERSION = "1.30.5-gke.1014001"
_ACTIONS = ("none", "creating", "creatingWithoutRetries", "verifying", "recreating", "deleting", "abandoning", "restarting", "refreshing")


def scope(project: str, place: str) -> str:
    """The link of a zone, a region or what is global."""
    if place == "global":
        return f"{COMPUTE}/projects/{project}/global"
    kind = "zones" if place.count("-") > 1 else "regions"
    return f"{COMPUTE}/projects/{project}/{kind}/{place}"


def group_manager(group: Group) -> Document:
    where = scope(group.account, group.place)
    template = f"{COMPUTE}/projects/{group.account}/global/instanceTemplates/{group.name}"
    return {
        "kind": "compute#instanceGroupManager",
        "id": number(f"{where}/{group.name}"),
        "creationTimestamp": MADE_AT,
        "name": group.name,
        "description": "",
        "zone" if "/zones/" in where else "region": where,
        "instanceTemplate": template,
        "versions": [{"instanceTemplate": template, "targetSize": {"calculated": group.count}}],
        "instanceGroup": f"{where}/instanceGroups/{group.name}",
        "baseInstanceName": group.name,
        "fingerprint": fingerprint({"group": group.name}),
        "currentActions": {**dict.fromkeys(_ACTIONS, 0), "none": group.count},
        "status": {"isStable": True, "versionTarget": {"isReached": True}},
        "targetSize": group.count,
        "selfLink": f"{where}/instanceGroupManagers/{group.name}",
        "updatePolicy": {"type": "OPPORTUNISTIC", "minimalAction": "REPLACE", "replacementMethod": "SUBSTITUTE"},
    }


def address(one: Address) -> Document:
    where = scope(one.account, one.place)
    document: Document = {
        "kind": "compute#address",
        "id": number(f"{where}/{one.name}"),
        "creationTimestamp": MADE_AT,
        "name": one.name,
        "description": "",
        "address": one.ip,
        "status": "IN_USE" if one.used else "RESERVED",
        "selfLink": f"{where}/addresses/{one.name}",
        "networkTier": "PREMIUM",
        "addressType": "EXTERNAL",
        **({"region": where} if "/regions/" in where else {}),
        **({"users": [f"{where}/forwardingRules/{one.name}"]} if one.used else {}),
    }
    return labelled(document, one.tags)


def regional_disk(project: str, region: str, name: str, size_gb: int, labels: Mapping[str, str]) -> Document:
    where = scope(project, region)
    zones = [f"{COMPUTE}/projects/{project}/zones/{region}-{letter}" for letter in "bc"]
    document: Document = {
        "kind": "compute#disk",
        "id": number(f"{where}/{name}"),
        "creationTimestamp": MADE_AT,
        "name": name,
        "sizeGb": str(size_gb),
        "region": where,
        "replicaZones": zones,
        "status": "READY",
        "selfLink": f"{where}/disks/{name}",
        "type": f"{where}/diskTypes/pd-standard",
        "physicalBlockSizeBytes": "4096",
    }
    return labelled(document, labels)


def cluster_fingerprint(labels: Mapping[str, str]) -> str:
    """Eight hexadecimal digits, as Kubernetes Engine's are."""
    return hashlib.sha256(json.dumps(dict(labels), sort_keys=True).encode()).hexdigest()[:8]


def zones_of(place: str) -> list[str]:
    return [place] if place.count("-") > 1 else [f"{place}-{letter}" for letter in "bcd"]


def pool_groups(cluster: Cluster, pool: Pool) -> list[Group]:
    """The instance groups of a pool, one a zone."""
    return [
        Group(cluster.account, f"gke-{cluster.name}-{pool.name}-{cluster_fingerprint({zone: pool.name})}-grp", zone, pool.size, pool.count)
        for zone in zones_of(cluster.place)
    ]


def _config(pool: Pool) -> Document:
    return {
        "machineType": pool.size,
        "diskSizeGb": 100,
        "imageType": "COS_CONTAINERD",
        "serviceAccount": "default",
        "diskType": "pd-balanced",
    }


def _link(cluster: Cluster) -> str:
    kind = "zones" if cluster.place.count("-") > 1 else "locations"
    return f"https://container.googleapis.com/v1/projects/{cluster.account}/{kind}/{cluster.place}/clusters/{cluster.name}"


def node_pool(cluster: Cluster, pool: Pool) -> Document:
    groups = pool_groups(cluster, pool)
    return {
        "name": pool.name,
        "config": _config(pool),
        "initialNodeCount": pool.count,
        "autoscaling": {"enabled": True, "minNodeCount": 1, "maxNodeCount": 5} if pool.autoscaled else {},
        "management": {"autoUpgrade": True, "autoRepair": True},
        "podIpv4CidrSize": 24,
        "locations": zones_of(cluster.place),
        "selfLink": f"{_link(cluster)}/nodePools/{pool.name}",
        "version": NODES_VERSION,
        "instanceGroupUrls": [f"{scope(one.account, one.place)}/instanceGroupManagers/{one.name}" for one in groups],
        "status": "RUNNING",
        "etag": cluster_fingerprint({pool.name: cluster.name}),
    }


def cluster(told: Cluster) -> Document:
    document: Document = {
        "name": told.name,
        "loggingService": "logging.googleapis.com/kubernetes",
        "monitoringService": "monitoring.googleapis.com/kubernetes",
        "network": "default",
        "clusterIpv4Cidr": "10.124.0.0/14",
        "subnetwork": "default",
        "nodePools": [node_pool(told, pool) for pool in told.pools],
        "locations": zones_of(told.place),
        "labelFingerprint": cluster_fingerprint(told.tags),
        "selfLink": _link(told),
        "endpoint": "198.51.100.7",
        "initialClusterVersion": NODES_VERSION,
        "currentMasterVersion": NODES_VERSION,
        "currentNodeVersion": NODES_VERSION,
        "createTime": "2026-03-02T08:14:27+00:00",
        "status": "RUNNING",
        "servicesIpv4Cidr": "10.0.0.0/20",
        "currentNodeCount": sum(pool.count for pool in told.pools) * len(zones_of(told.place)),
        "location": told.place,
    }
    return {**document, "resourceLabels": dict(told.tags)} if told.tags else document


def cluster_operation(told: Document, kind: str, name: str) -> Document:
    base = str(told["selfLink"]).partition("/clusters/")[0]
    return {
        "name": name,
        "zone": told["location"],
        "operationType": kind,
        "status": "RUNNING",
        "selfLink": f"{base}/operations/{name}",
        "targetLink": told["selfLink"],
        "startTime": "2026-03-02T08:14:27.541489076Z",
    }


def subscription(project: str, name: str, topic: str, labels: Mapping[str, str]) -> Document:
    return {
        "name": f"projects/{project}/subscriptions/{name}",
        "topic": f"projects/{project}/topics/{topic}",
        "pushConfig": {},
        "ackDeadlineSeconds": 10,
        "messageRetentionDuration": "604800s",
        **({"labels": dict(labels)} if labels else {}),
        "expirationPolicy": {"ttl": "2678400s"},
        "state": "ACTIVE",
    }
