"""Makes `unseen_estate.ndjson`: another company, other habits of naming and tagging. Pure but for `__main__`, which writes the file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.evaluation.unseen_estate_rows import ACCOUNTS, DECLARED, ROWS

Row = dict[str, Any]
ESTATE = Path(__file__).with_name("unseen_estate.ndjson")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing: its native type, its state where the table says none, and its id as a pattern."""

    type: str
    native: str
    state: str
    id: str


_ARM = "/subscriptions/{account}/resourceGroups/{group}/providers/"
_GCE = "//compute.googleapis.com/projects/{account}/"
KINDS: Mapping[tuple[str, str], Kind] = {
    ("aws", "vm"): Kind("compute_instance", "AWS::EC2::Instance", "running", "arn:aws:ec2:{region}:{account}:instance/i-{hash}"),
    ("aws", "db"): Kind("database_instance", "AWS::RDS::DBInstance", "available", "arn:aws:rds:{region}:{account}:db:{name}"),
    ("aws", "disk"): Kind("disk", "AWS::EC2::Volume", "in-use", "arn:aws:ec2:{region}:{account}:volume/vol-{hash}"),
    ("aws", "bucket"): Kind("object_storage", "AWS::S3::Bucket", "active", "arn:aws:s3:::{name}"),
    ("aws", "snap"): Kind("snapshot", "AWS::EC2::Snapshot", "completed", "arn:aws:ec2:{region}:{account}:snapshot/snap-{hash}"),
    ("aws", "fn"): Kind("function", "AWS::Lambda::Function", "active", "arn:aws:lambda:{region}:{account}:function:{name}"),
    ("aws", "lb"): Kind(
        "load_balancer",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "active",
        "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/{hash}",
    ),
    ("aws", "sg"): Kind("security_group", "AWS::EC2::SecurityGroup", "active", "arn:aws:ec2:{region}:{account}:security-group/sg-{hash}"),
    ("aws", "ip"): Kind("ip_address", "AWS::EC2::EIP", "in-use", "arn:aws:ec2:{region}:{account}:elastic-ip/eipalloc-{hash}"),
    ("aws", "k8s"): Kind("kubernetes_cluster", "AWS::EKS::Cluster", "active", "arn:aws:eks:{region}:{account}:cluster/{name}"),
    ("aws", "cache"): Kind(
        "cache", "AWS::ElastiCache::ReplicationGroup", "available", "arn:aws:elasticache:{region}:{account}:replicationgroup:{name}"
    ),
    ("aws", "queue"): Kind("queue", "AWS::SQS::Queue", "active", "arn:aws:sqs:{region}:{account}:{name}"),
    ("azure", "vm"): Kind("compute_instance", "Microsoft.Compute/virtualMachines", "running", _ARM + "Microsoft.Compute/virtualMachines/{name}"),
    ("azure", "db"): Kind("database_instance", "Microsoft.Sql/servers/databases", "online", _ARM + "Microsoft.Sql/servers/{server}/databases/{own}"),
    ("azure", "bucket"): Kind(
        "object_storage", "Microsoft.Storage/storageAccounts", "available", _ARM + "Microsoft.Storage/storageAccounts/{name}"
    ),
    ("azure", "disk"): Kind("disk", "Microsoft.Compute/disks", "in-use", _ARM + "Microsoft.Compute/disks/{name}"),
    ("azure", "ip"): Kind("ip_address", "Microsoft.Network/publicIPAddresses", "in-use", _ARM + "Microsoft.Network/publicIPAddresses/{name}"),
    ("azure", "k8s"): Kind(
        "kubernetes_cluster",
        "Microsoft.ContainerService/managedClusters",
        "running",
        _ARM + "Microsoft.ContainerService/managedClusters/{name}",
    ),
    ("azure", "web"): Kind("web_app", "Microsoft.Web/sites", "running", _ARM + "Microsoft.Web/sites/{name}"),
    ("gcp", "vm"): Kind("compute_instance", "compute.googleapis.com/Instance", "running", _GCE + "zones/{region}-b/instances/{name}"),
    ("gcp", "db"): Kind(
        "database_instance", "sqladmin.googleapis.com/Instance", "running", "//cloudsql.googleapis.com/projects/{account}/instances/{name}"
    ),
    ("gcp", "bucket"): Kind("object_storage", "storage.googleapis.com/Bucket", "active", "//storage.googleapis.com/{name}"),
    ("gcp", "disk"): Kind("disk", "compute.googleapis.com/Disk", "in-use", _GCE + "zones/{region}-b/disks/{name}"),
    ("gcp", "snap"): Kind("snapshot", "compute.googleapis.com/Snapshot", "completed", _GCE + "global/snapshots/{name}"),
    ("gcp", "ip"): Kind("ip_address", "compute.googleapis.com/Address", "in-use", _GCE + "regions/{region}/addresses/{name}"),
    ("gcp", "k8s"): Kind(
        "kubernetes_cluster", "container.googleapis.com/Cluster", "running", "//container.googleapis.com/projects/{account}/locations/{region}/clusters/{name}"
    ),
}  # fmt: skip
_OFF = {"aws": "stopped", "azure": "deallocated", "gcp": "stopped"}
_OWN_ID = {"vm": "instance_id", "disk": "volume_id", "sg": "group_id", "snap": "snapshot_id", "ip": "allocation_id"}


def make(rows: Sequence[tuple[Any, ...]] = ROWS, accounts: Mapping[str, tuple[str, str, str]] = ACCOUNTS) -> list[Row]:
    """All rows of the table as resources, in its order."""
    return [_row(row, accounts) for row in rows]


def _row(row: tuple[Any, ...], accounts: Mapping[str, tuple[str, str, str]]) -> Row:
    place, what, name, region, tags, facts = row
    cloud, account, account_name = accounts[place]
    kind, said = KINDS[cloud, what], dict(facts)
    digest = hashlib.sha256(f"{account}{what}{name}".encode()).hexdigest()[:17]
    server, _, own = name.partition("/")
    own_id = kind.id.format(region=region, account=account, name=name, hash=digest, group=f"rg-{server.lower()}", server=server, own=own)
    state = _state(cloud, kind, said)
    cost, cpu = said.pop("cost", 0.0), said.pop("cpu", None)
    return {
        "cloud": cloud, "type": kind.type, "native_type": kind.native, "id": own_id, "name": name,
        "account": account, "account_name": account_name, "region": region, "state": state, "tags": dict(tags),
        "properties": {**_given(cloud, what, own_id, region, server), **_declared(account), **said}, "monthly_cost": float(cost),
        "metrics": {"cpu_avg_7d": cpu} if cpu is not None else {},
    }  # fmt: skip


def _state(cloud: str, kind: Kind, said: Row) -> str:
    if said.pop("off", False):
        return _OFF[cloud]
    if said.get("attached") is False:
        return "available"
    return kind.state


def _declared(account: str) -> Row:
    """As a scan writes down what the settings say of an account."""
    return {"account_environment": DECLARED[account]} if account in DECLARED else {}


def _given(cloud: str, what: str, own_id: str, region: str, server: str) -> Row:
    """What every thing of a cloud says of itself."""
    if cloud == "azure":
        return {"resource_group": f"rg-{server.lower()}"}
    if cloud == "gcp":
        return {"zone": f"{region}-b"} if what in ("vm", "disk") else {}
    return {_OWN_ID[what]: own_id.rpartition("/")[2]} if what in _OWN_ID else {}


if __name__ == "__main__":
    ESTATE.write_text("".join(json.dumps(row) + "\n" for row in make()), encoding="utf-8")
