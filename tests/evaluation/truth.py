"""What is true of the raw rows of `estate.ndjson`, read without the engine: the judge of our own set. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Test = Callable[[Row], bool]

_WORDS = {
    "production": ("live", "prd", "production", "prod"),
    "staging": ("uat", "staging"),
    "development": ("dev", "develop", "development"),
}
_ACCOUNTS = {
    "quayside-live": "production",
    "quayside-preprod": "staging",
    "quayside-playground": "sandbox",
    "Harbour Production EU": "production",
    "quay-az-dev": "development",
    "quay-live-118": "production",
}
VM, DB, BUCKET, DISK = "compute_instance", "database_instance", "object_storage", "disk"
FRANKFURT = ("eu-central-1", "germanywestcentral", "europe-west3")
SINGAPORE = ("ap-southeast-1", "southeastasia")
ASIA = (*SINGAPORE, "asia-northeast1")
AMERICA = ("us-west-2", "eastus2", "us-east4")

_OPERATIONS = {
    "start": {
        "AWS::EC2::Instance": "ec2:StartInstances",
        "AWS::RDS::DBInstance": "rds:StartDBInstance",
        "Microsoft.Compute/virtualMachines": "Microsoft.Compute/virtualMachines/start/action",
        "compute.googleapis.com/Instance": "compute.instances.start",
    },
    "stop": {
        "AWS::EC2::Instance": "ec2:StopInstances",
        "AWS::RDS::DBInstance": "rds:StopDBInstance",
        "Microsoft.Compute/virtualMachines": "Microsoft.Compute/virtualMachines/deallocate/action",
        "compute.googleapis.com/Instance": "compute.instances.stop",
        "sqladmin.googleapis.com/Instance": "cloudsql.instances.update",
    },
    "restart": {
        "AWS::EC2::Instance": "ec2:RebootInstances",
        "AWS::RDS::DBInstance": "rds:RebootDBInstance",
        "Microsoft.Compute/virtualMachines": "Microsoft.Compute/virtualMachines/restart/action",
        "compute.googleapis.com/Instance": "compute.instances.reset",
        "sqladmin.googleapis.com/Instance": "cloudsql.instances.restart",
    },
    "terminate": {
        "AWS::EC2::Instance": "ec2:TerminateInstances",
        "Microsoft.Compute/virtualMachines": "Microsoft.Compute/virtualMachines/delete",
        "compute.googleapis.com/Instance": "compute.instances.delete",
    },
    "delete": {
        "AWS::EC2::Volume": "ec2:DeleteVolume",
        "Microsoft.Compute/disks": "Microsoft.Compute/disks/delete",
        "compute.googleapis.com/Disk": "compute.disks.delete",
        "AWS::RDS::DBInstance": "rds:DeleteDBInstance",
    },
    "snapshot": {
        "AWS::EC2::Volume": "ec2:CreateSnapshot",
        "AWS::RDS::DBInstance": "rds:CreateDBSnapshot",
        "Microsoft.Compute/disks": "Microsoft.Compute/snapshots/write",
        "compute.googleapis.com/Disk": "compute.disks.createSnapshot",
    },
    "tag": {
        "AWS::EC2::Instance": "ec2:CreateTags",
        "AWS::EC2::Volume": "ec2:CreateTags",
        "AWS::RDS::DBInstance": "rds:AddTagsToResource",
        "AWS::S3::Bucket": "s3:PutBucketTagging",
        "Microsoft.Compute/virtualMachines": "Microsoft.Resources/tags/write",
        "compute.googleapis.com/Instance": "compute.instances.setLabels",
    },
    "untag": {
        "Microsoft.Compute/virtualMachines": "Microsoft.Resources/tags/delete",
        "compute.googleapis.com/Instance": "compute.instances.setLabels",
        "AWS::EC2::Volume": "ec2:DeleteTags",
    },
    "protect": {
        "compute.googleapis.com/Instance": "compute.instances.setDeletionProtection",
    },
    "block": {
        "AWS::S3::Bucket": "s3:PutBucketPublicAccessBlock",
        "Microsoft.Storage/storageAccounts": "Microsoft.Storage/storageAccounts/write",
        "storage.googleapis.com/Bucket": "storage.buckets.update",
    },
}
_STATES = {"start": ("stopped", "deallocated"), "stop": ("running", "available"), "restart": ("running", "available")}
ALWAYS_APPROVED = ("terminate", "delete", "block")


def env(row: Row) -> str:
    tags = {key.lower(): value.lower() for key, value in row["tags"].items()}
    for key in ("env", "environment", "stage"):
        for name, words in _WORDS.items():
            if tags.get(key) in words:
                return name
    return _ACCOUNTS.get(row["account_name"], "")


def tag(row: Row, *keys: str) -> str:
    tags = {key.lower(): value.lower() for key, value in row["tags"].items()}
    return next((tags[key] for key in keys if key in tags), "")


def app(row: Row) -> str:
    """By tag; without one, by the name."""
    tagged = tag(row, "service", "app", "application")
    return tagged or next((name for name in ("stop-signs", "search", "data", "events", "billing", "tracking") if name in row["name"]), "")


def on(row: Row) -> bool:
    """Running: a thing that can run, and does."""
    return row["type"] in (VM, DB) and row["state"] in ("running", "available", "online")


def off(row: Row) -> bool:
    return row["state"] in ("stopped", "deallocated")


def idle(row: Row) -> bool:
    return row["state"] == "running" and row["metrics"].get("cpu_avg_7d", 100) < 5


def public(row: Row) -> bool:
    facts = row["properties"]
    return (
        facts.get("public_access_block") is False
        or facts.get("allow_blob_public_access") is True
        or facts.get("public") is True
        or facts.get("publicly_accessible") is True
        or facts.get("public_network_access") is True
        or bool(facts.get("public_ip"))
        or facts.get("external_ip") is True
    )


def unencrypted(row: Row) -> bool:
    facts = row["properties"]
    return any(facts.get(key) is False for key in ("encrypted", "storage_encrypted", "tde")) or facts.get("encryption", "") is None


def no_backups(row: Row) -> bool:
    return row["properties"].get("backup_retention_days") == 0 or row["properties"].get("backups") is False


def changes(action: str, row: Row) -> str:
    """The operation that the action is on this row; "" where there is none or its state does not need it."""
    operation = _OPERATIONS[action].get(row["native_type"], "")
    if row["native_type"] == "sqladmin.googleapis.com/Instance" and action == "stop":
        return operation if row["state"] == "running" else ""
    if action in _STATES and row["state"] not in _STATES[action]:
        return ""
    if action == "block" and not public(row):
        return ""
    if action == "delete" and row["type"] == DISK and row["properties"]["attached"]:
        return ""
    return operation


def meant(action: str, row: Row) -> bool:
    """Whether the action could ever be done to this row, whatever its state."""
    return row["native_type"] in _OPERATIONS[action]


def needs_approval(actions: list[str], rows: list[Row]) -> bool:
    return any(action in ALWAYS_APPROVED for action in actions) or len(rows) > 10 or any(env(row) == "production" for row in rows)
