"""A small made-up estate on three clouds for tests."""

from __future__ import annotations

from typing import Any

from engine.estate.resource import Gap, GapReason, Resource, Swept


def resource(name: str, **changes: Any) -> Resource:
    facts: dict[str, Any] = {
        "cloud": "aws",
        "type": "compute_instance",
        "native_type": "AWS::EC2::Instance",
        "id": f"arn:aws:ec2:us-east-1:111122223333:instance/i-{abs(hash_of(name)):08x}",
        "name": name,
        "account": "111122223333",
        "account_name": "acme-prod",
        "region": "us-east-1",
        "state": "running",
        "tags": {"Environment": "production", "app": "checkout", "owner": "lena@acme.example"},
        "properties": {"instance_type": "t3.large", "zone": "us-east-1a"},
        "monthly_cost": 60.5,
        "metrics": {"cpu_avg_7d": 41.0},
    }
    return Resource.from_json(facts | changes)


def hash_of(name: str) -> int:
    return sum((i + 1) * ord(letter) for i, letter in enumerate(name))


WEB_1 = resource("checkout-web-01")
WEB_2 = resource("checkout-web-02", state="stopped", metrics={"cpu_avg_7d": 1.0})
WEB_DEV = resource(
    "checkout-web-dev", account="444455556666", account_name="acme-dev", tags={"env": "dev", "app": "checkout"}, metrics={"cpu_avg_7d": 2.0}
)
LEDGER = resource(
    "ledger-db",
    type="database_instance",
    native_type="AWS::RDS::DBInstance",
    id="arn:aws:rds:us-east-1:111122223333:db:ledger-db",
    tags={"Environment": "production", "app": "ledger", "tier": "gold"},
    properties={"engine": "postgres", "instance_class": "db.r6g.large", "backup_retention_days": 0},
)
VM = resource(
    "vm-search-01",
    cloud="azure",
    native_type="Microsoft.Compute/virtualMachines",
    id="/subscriptions/0a1b/resourceGroups/rg-search/providers/Microsoft.Compute/virtualMachines/vm-search-01",
    account="0a1b",
    account_name="acme-az",
    region="westeurope",
    tags={"app": "seeker"},
    properties={"vm_size": "Standard_D2s_v5"},
)
BUCKET = resource(
    "acme-raw-events",
    cloud="gcp",
    type="object_storage",
    native_type="storage.googleapis.com/Bucket",
    id="//storage.googleapis.com/acme-raw-events",
    account="acme-sandbox-207",
    account_name="acme-sandbox",
    region="europe-west1",
    state="active",
    tags={},
    properties={"public": True},
    metrics={},
)
ALL = (WEB_1, WEB_2, WEB_DEV, LEDGER, VM, BUCKET)


def parts(*resources: Resource) -> list[Swept]:
    """The sweep that would have seen these."""
    scopes: dict[Any, list[Resource]] = {}
    for found in resources:
        scopes.setdefault((found.cloud, found.account, found.region, found.type), []).append(found)
    return [Swept(*scope, tuple(found)) for scope, found in scopes.items()]


def gap(**changes: Any) -> Gap:
    facts: dict[str, Any] = {
        "cloud": "aws",
        "account": "111122223333",
        "account_name": "acme-prod",
        "region": "us-east-1",
        "type": "compute_instance",
        "reason": GapReason.DENIED,
        "tried": "ec2:DescribeInstances",
        "detail": "UnauthorizedOperation",
    }
    return Gap(**(facts | changes))
