"""Cloud SQL in the JSON of its Admin API v1beta4: instances, operations, backups. Pure.

Held to the recorded answers by `tests/deploy/test_shapes_gcp.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.sandbox.wire import Document

BASE = "https://www.googleapis.com/sql/v1beta4/projects"


@dataclass(frozen=True, slots=True)
class SqlShape:
    """What a Cloud SQL instance is made of."""

    version: str
    tier: str
    backups: bool
    ssl: bool
    policy: str = "ALWAYS"


def sql_instance(project: str, name: str, region: str, labels: Mapping[str, str], shape: SqlShape) -> Document:
    return {
        "kind": "sql#instance",
        "selfLink": f"https://www.googleapis.com/sql/v1beta4/projects/{project}/instances/{name}",
        "name": name,
        "connectionName": f"{project}:{region}:{name}",
        "etag": hashlib.sha256(name.encode()).hexdigest(),
        "project": project,
        "state": "RUNNABLE",
        "backendType": "SECOND_GEN",
        "databaseVersion": shape.version,
        "region": region,
        "settings": {
            "kind": "sql#settings",
            "settingsVersion": "1",
            "tier": shape.tier,
            "backupConfiguration": {
                "kind": "sql#backupConfiguration",
                "startTime": "10:00",
                "enabled": shape.backups,
                "binaryLogEnabled": False,
            },
            "pricingPlan": "PER_USE",
            "replicationType": "SYNCHRONOUS",
            "activationPolicy": shape.policy,
            "ipConfiguration": {"ipv4Enabled": True, "authorizedNetworks": [], "requireSsl": shape.ssl},
            "dataDiskSizeGb": "10",
            "dataDiskType": "PD_SSD",
            "storageAutoResize": True,
            **({"userLabels": dict(labels)} if labels else {}),
        },
        "instanceType": "CLOUD_SQL_INSTANCE",
    }


def sql_operation(project: str, target: str, kind: str, name: str, *, done: bool = False) -> Document:
    base = f"https://www.googleapis.com/sql/v1beta4/projects/{project}"
    return {
        "kind": "sql#operation",
        "selfLink": f"{base}/operations/{name}",
        "targetProject": project,
        "targetId": target,
        "targetLink": f"{base}/instances/{target}",
        "name": name,
        "operationType": kind,
        "status": "DONE" if done else "PENDING",
        "user": "escher@nimbus.example",
        "insertTime": "2026-03-02T08:14:27.541Z",
    }


def backup_run(project: str, instance: Document, own_id: str, description: str, status: str) -> Document:
    document: Document = {
        "kind": "sql#backupRun",
        "status": status,
        "enqueuedTime": "2026-03-02T08:14:27.541Z",
        "id": own_id,
        "startTime": "2026-03-02T08:14:27.641Z",
        "type": "ON_DEMAND",
        "windowStartTime": "2026-03-02T08:14:27.541Z",
        "instance": instance["name"],
        "selfLink": f"{BASE}/{project}/instances/{instance['name']}/backupRuns/{own_id}",
        "location": instance["region"],
        "databaseVersion": instance["databaseVersion"],
        "backupKind": "SNAPSHOT",
    }
    return {**document, "description": description} if description else document
