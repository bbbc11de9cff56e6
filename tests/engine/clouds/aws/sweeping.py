"""What tests of the sweep share: the demo's estate as data, its kinds, and how to sweep through a proxy of faults."""

from __future__ import annotations

import yaml

from deploy.sandbox import aws as demo
from engine.clouds.aws.catalogue import SCANNERS
from engine.clouds.aws.cloud import AwsCloud
from engine.clouds.aws.session import Patience
from engine.estate.resource import Gap, Resource, Swept

ESTATE = yaml.safe_load(demo.ESTATE.read_text(encoding="utf-8"))
TYPES = {scanner.kind.type for scanner in SCANNERS}
# Rows of the demo's estate, and the type they become.
KINDS = {
    "instances": "compute_instance",
    "databases": "database_instance",
    "volumes": "disk",
    "buckets": "object_storage",
    "functions": "function",
    "security_groups": "security_group",
    "load_balancers": "load_balancer",
    "scaling_groups": "scaling_group",
    "addresses": "ip_address",
    "container_services": "container_service",
    "node_pools": "node_pool",
    "tables": "table",
    "warehouses": "data_warehouse",
    "queues": "queue",
    "keys": "key",
    "log_groups": "log_group",
    "rules": "event_rule",
}
ONCE = Patience(read_attempts=1)
HASTY = Patience(connect_s=1, read_s=1.5, read_attempts=1)


async def swept(cloud: AwsCloud) -> tuple[list[Swept], list[Gap]]:
    pieces = [piece async for piece in cloud.sweep()]
    return [p for p in pieces if isinstance(p, Swept)], [p for p in pieces if isinstance(p, Gap)]


def through(faults, sandbox, index=0, regions=("us-east-1",)):
    account = sandbox.accounts[index]
    return account.model_copy(update={"endpoint": faults.endpoint, "regions": regions})


def row(kind: str, **wanted: object) -> dict:
    return next(r for r in ESTATE[kind] if all(r.get(k) == v for k, v in wanted.items()))


def the(seen: list[Resource], type_: str, seeded: dict) -> Resource:
    found = [r for r in seen if (r.type, r.name, r.account_name, r.region) == (type_, seeded["name"], seeded["account"], seeded["region"])]
    assert len(found) == 1
    return found[0]
