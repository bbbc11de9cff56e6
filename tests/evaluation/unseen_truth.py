"""What is true of the raw rows of the unseen estate, read without the engine: the judge of the unseen set. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Test = Callable[[Row], bool]

VM, DB, BUCKET, DISK = "compute_instance", "database_instance", "object_storage", "disk"
SNAP, FN, LB, SG, IP, K8S = "snapshot", "function", "load_balancer", "security_group", "ip_address", "kubernetes_cluster"
prod, stg, dev, test, box = "production", "staging", "development", "test", "sandbox"
LIVE, PTEST, SANDBOX, SHARED = "acct-payments-live", "acct-payments-test", "sandbox-emea", "Shared Services"
AZP, AZD, GEO, LABS = "MG-Core-PRD", "mg-core-dev-we", "mg-atlas-prod-77", "mg-labs-204"
FRANKFURT = ("eu-central-1", "germanywestcentral", "europe-west3")
EU = (*FRANKFURT, "eu-west-1", "westeurope")
US = ("us-east-1", "us-east-2", "us-west-2", "eastus", "us-east1", "us-east4")
VIRGINIA = ("us-east-1", "eastus", "us-east4")

_WORDS = {"live": prod, "production": prod, "stg": stg, "dev": dev, "test": test}
# The accounts of the third estate stand at the end.
_OF_ACCOUNT = {LIVE: prod, PTEST: test, SANDBOX: box, SHARED: prod, AZP: prod, AZD: dev, GEO: prod, LABS: "",
    "core-prod": prod, "core-qa": test, "team-playground": box, "Corp Platform": prod, "Kestrel Live": prod, "kestrel_dev": dev, "kst-quartz-prod": prod,
    "kst-trials-9": "",
}  # fmt: skip
_VM, _AVM, _GVM = "AWS::EC2::Instance", "Microsoft.Compute/virtualMachines", "compute.googleapis.com/Instance"
_RDS, _CSQL = "AWS::RDS::DBInstance", "sqladmin.googleapis.com/Instance"
_PIP = "Microsoft.Network/publicIPAddresses"

OPERATIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "start": {
        _VM: ("ec2:StartInstances",), _RDS: ("rds:StartDBInstance",), _AVM: (f"{_AVM}/start/action",), _GVM: ("compute.instances.start",),
    },
    "stop": {
        _VM: ("ec2:StopInstances",), _RDS: ("rds:StopDBInstance",), _AVM: (f"{_AVM}/deallocate/action", f"{_AVM}/powerOff/action"),
        _GVM: ("compute.instances.stop",), _CSQL: ("cloudsql.instances.update",),
        "Microsoft.ContainerService/managedClusters": ("Microsoft.ContainerService/managedClusters/stop/action",),
        "Microsoft.Web/sites": ("Microsoft.Web/sites/stop/action",),
    },
    "restart": {
        _VM: ("ec2:RebootInstances",), _RDS: ("rds:RebootDBInstance",), _AVM: (f"{_AVM}/restart/action",), _GVM: ("compute.instances.reset",),
        _CSQL: ("cloudsql.instances.restart",), "Microsoft.Web/sites": ("Microsoft.Web/sites/restart/action",),
    },
    "delete": {
        _VM: ("ec2:TerminateInstances",), _AVM: (f"{_AVM}/delete",), _GVM: ("compute.instances.delete",),
        "AWS::EC2::Volume": ("ec2:DeleteVolume",), "Microsoft.Compute/disks": ("Microsoft.Compute/disks/delete",),
        "compute.googleapis.com/Disk": ("compute.disks.delete",), _RDS: ("rds:DeleteDBInstance", "rds:CreateDBSnapshot"),
        "AWS::EC2::Snapshot": ("ec2:DeleteSnapshot",), "compute.googleapis.com/Snapshot": ("compute.snapshots.delete",),
        "AWS::EC2::EIP": ("ec2:ReleaseAddress",), _PIP: (f"{_PIP}/delete",), "compute.googleapis.com/Address": ("compute.addresses.delete",),
        "AWS::ElasticLoadBalancingV2::LoadBalancer": ("elasticloadbalancing:DeleteLoadBalancer",),
    },
    "snapshot": {
        "AWS::EC2::Volume": ("ec2:CreateSnapshot",), _RDS: ("rds:CreateDBSnapshot",), _CSQL: ("cloudsql.backupRuns.create",),
        "Microsoft.Compute/disks": ("Microsoft.Compute/snapshots/write",), "compute.googleapis.com/Disk": ("compute.disks.createSnapshot",),
    },
    "tag": {
        _VM: ("ec2:CreateTags",), "AWS::EC2::Volume": ("ec2:CreateTags",), _RDS: ("rds:AddTagsToResource",), "AWS::S3::Bucket": ("s3:PutBucketTagging",),
        _AVM: ("Microsoft.Resources/tags/write",), _GVM: ("compute.instances.setLabels",), "compute.googleapis.com/Disk": ("compute.disks.setLabels",),
        "Microsoft.Compute/disks": ("Microsoft.Resources/tags/write",),
    },
    "block": {
        "AWS::S3::Bucket": ("s3:PutBucketPublicAccessBlock",), "Microsoft.Storage/storageAccounts": ("Microsoft.Storage/storageAccounts/write",),
        "storage.googleapis.com/Bucket": ("storage.buckets.update",),
    },
    "guard": {
        _VM: ("ec2:ModifyInstanceAttribute:protect", "ec2:ModifyInstanceAttribute"), _RDS: ("rds:ModifyDBInstance:protect", "rds:ModifyDBInstance"),
        _AVM: ("Microsoft.Authorization/locks/write",), _GVM: ("compute.instances.setDeletionProtection",), _CSQL: ("cloudsql.instances.update",),
        "AWS::ElasticLoadBalancingV2::LoadBalancer": ("elasticloadbalancing:ModifyLoadBalancerAttributes:protect",),
        "Microsoft.Compute/disks": ("Microsoft.Authorization/locks/write",),
    },
    "resize": {
        _VM: ("ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"), _AVM: (f"{_AVM}/write", f"{_AVM}/deallocate/action", f"{_AVM}/start/action"),
        _GVM: ("compute.instances.setMachineType", "compute.instances.stop", "compute.instances.start"), _RDS: ("rds:ModifyDBInstance",),
        _CSQL: ("cloudsql.instances.update",), "compute.googleapis.com/Disk": ("compute.disks.resize",),
        "Microsoft.Compute/disks": ("Microsoft.Compute/disks/write",), "AWS::EC2::Volume": ("ec2:ModifyVolume",),
    },
    "versioning": {"AWS::S3::Bucket": ("s3:PutBucketVersioning",), "storage.googleapis.com/Bucket": ("storage.buckets.update",)},
    "available": {_RDS: ("rds:ModifyDBInstance:multiAz", "rds:ModifyDBInstance"), _CSQL: ("cloudsql.instances.update",)},
    "backups": {_RDS: ("rds:ModifyDBInstance:backups", "rds:ModifyDBInstance"), _CSQL: ("cloudsql.instances.update",)},
}  # fmt: skip
_NEEDS = {"start": ("stopped", "deallocated"), "stop": ("running", "available"), "restart": ("running", "available")}
ALWAYS_APPROVED = ("delete", "block")


def env(row: Row) -> str:
    tags = {key.lower(): value.lower() for key, value in row["tags"].items()}
    said = next((tags[key] for key in ("env", "environment", "stage") if key in tags), None)
    return _WORDS[said] if said else _OF_ACCOUNT[row["account_name"]]


def tag(row: Row, *keys: str) -> str:
    tags = {key.lower(): value.lower() for key, value in row["tags"].items()}
    return next((tags[key] for key in keys if key in tags), "")


def app(row: Row) -> str:
    """By any key that names one; else the first word of the name that is one."""
    tagged = tag(row, "app", "project", "app.kubernetes.io/name", "application", "component")
    words = re.findall(r"[A-Z]?[a-z]+", row["name"])
    return tagged or next(
        (
            word.lower()
            for word in words
            if word.lower()
            in ("ledger", "atlas", "mercury", "search", "harbor", "backup", "orders", "quartz", "pulsar", "reports", "beacon")
        ),
        "",
    )


def on(row: Row) -> bool:
    return row["type"] in (VM, DB, K8S, "web_app", "cache") and row["state"] in ("running", "available", "online", "active")


def off(row: Row) -> bool:
    return row["state"] in ("stopped", "deallocated")


def idle(row: Row) -> bool:
    return row["state"] == "running" and row["metrics"].get("cpu_avg_7d", 100) < 5


def public(row: Row) -> bool:
    facts = row["properties"]
    return (
        facts.get("public_access_block") is False
        or any(
            facts.get(key) is True
            for key in ("allow_blob_public_access", "public", "publicly_accessible", "public_network_access", "external_ip")
        )
        or bool(facts.get("public_ip"))
    )


def unencrypted(row: Row) -> bool:
    facts = row["properties"]
    return any(facts.get(key) is False for key in ("encrypted", "storage_encrypted", "tde")) or facts.get("encryption", "") is None


def no_backups(row: Row) -> bool:
    return row["properties"].get("backup_retention_days") == 0 or row["properties"].get("backups") is False


def changes(action: str, row: Row) -> tuple[str, ...]:
    """The operations that the action is on this row; () where there is none or its state does not need it."""
    if action in _NEEDS and row["state"] not in _NEEDS[action]:
        return ()
    if action == "block" and not public(row):
        return ()
    if action == "delete" and row["properties"].get("attached"):
        return ()
    return OPERATIONS[action].get(row["native_type"], ())


def needs_approval(actions: list[str], rows: list[Row]) -> bool:
    return any(action in ALWAYS_APPROVED for action in actions) or len(rows) > 10 or any(env(row) == prod for row in rows)


_READ: dict[str, Callable[[Row], Any]] = {
    "type": lambda row: row["type"], "cloud": lambda row: row["cloud"], "region": lambda row: row["region"], "name": lambda row: row["name"],
    "account": lambda row: row["account_name"], "env": env, "app": app, "owner": lambda row: tag(row, "owner", "owned-by"), "squad": lambda row: tag(row, "squad"), "team": lambda row: tag(row, "team"),
    "tier": lambda row: tag(row, "tier"), "project": lambda row: tag(row, "project"), "expires": lambda row: tag(row, "expires"),
    "on": on, "off": off, "idle": idle, "public": public, "unencrypted": unencrypted, "no_backups": no_backups,
    "attached": lambda row: row["properties"].get("attached"), "gb": lambda row: row["properties"].get("size_gb", 0),
    "engine": lambda row: f"{row['properties'].get('engine', '')}{row['properties'].get('database_version', '')}".lower()[:5],
    "cost": lambda row: row["monthly_cost"], "cpu": lambda row: row["metrics"].get("cpu_avg_7d", 101),
    "size": lambda row: next((row["properties"][key] for key in ("instance_type", "vm_size", "machine_type", "instance_class") if key in row["properties"]), ""),
    "open": lambda row: any(rule["cidr"] == "0.0.0.0/0" for rule in row["properties"].get("ingress", ())),
    "untagged": lambda row: not row["tags"], "created": lambda row: row["properties"].get("created", ""),
    "multi_az": lambda row: row["properties"].get("multi_az"), "guarded": lambda row: row["properties"].get("deletion_protection"),
}  # fmt: skip


def of(**wanted: Any) -> Test:
    """A condition from facts: each is a value, a tuple of alternatives, or a test of the value."""
    return lambda row: all(_fits(_READ[key](row), value) for key, value in wanted.items())


def _fits(found: Any, value: Any) -> bool:
    if callable(value):
        return bool(value(found))
    return found in value if isinstance(value, tuple) else bool(found == value)


def but(one: Test, *others: Test) -> Test:
    return lambda row: one(row) and not any(other(row) for other in others)


def either(*parts: Test) -> Test:
    return lambda row: any(part(row) for part in parts)
