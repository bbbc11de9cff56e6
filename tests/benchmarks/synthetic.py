"""A made-up estate of any size, the same for the same seed: realistic names, messy tags, and few applications that own most of it. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.estate.resource import CloudName, Resource

NOUNS = [
    "checkout",
    "billing",
    "catalog",
    "search",
    "identity",
    "payments",
    "ledger",
    "orders",
    "pricing",
    "shipping",
    "returns",
    "loyalty",
    "fraud",
    "ads",
    "media",
    "profile",
    "mailer",
    "notify",
    "reports",
    "export",
    "import",
    "ingest",
    "stream",
    "feed",
    "stock",
    "vendor",
    "tax",
    "invoice",
    "coupon",
    "review",
    "rating",
    "chat",
    "voice",
    "video",
    "geo",
    "maps",
    "routing",
    "fleet",
    "driver",
    "booking",
    "hotel",
    "flight",
    "weather",
    "news",
    "archive",
    "vault",
    "audit",
    "risk",
    "scoring",
    "quota",
    "metrics",
    "tracing",
]
SECONDS = [
    "core",
    "edge",
    "sync",
    "batch",
    "gateway",
    "proxy",
    "portal",
    "admin",
    "mobile",
    "legacy",
    "next",
    "public",
    "private",
    "partner",
    "bulk",
    "live",
    "replay",
    "index",
    "model",
    "train",
    "score",
    "render",
    "resize",
    "thumbs",
]
ROLES = ("web", "api", "worker", "cron", "db", "cache", "ingest", "scheduler", "consumer", "bastion", "ml", "build")
OWNERS = ("lena", "omar", "priya", "jonas", "aiko", "mateo", "nadia", "sven", "platform-team", "data-team", "sre", "growth")
# environment → what it is called in names, what tags say, how often.
ENVIRONMENTS: Mapping[str, tuple[str, tuple[str, ...], int]] = {
    "production": ("prod", ("prod", "production", "Prod", "PRODUCTION"), 45),
    "staging": ("stg", ("staging", "stg", "Staging", "uat"), 20),
    "development": ("dev", ("dev", "development", "Dev"), 25),
    "test": ("test", ("test", "qa"), 7),
    "sandbox": ("sbx", ("sandbox",), 3),
}
REGIONS: Mapping[CloudName, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "aws": (
        ("us-east-1", "eu-west-1", "us-west-2", "eu-central-1", "ap-southeast-1", "ap-northeast-1", "sa-east-1"),
        (40, 25, 15, 8, 6, 4, 2),
    ),
    "azure": (("westeurope", "eastus", "northeurope", "southeastasia"), (45, 30, 15, 10)),
    "gcp": (("europe-west1", "us-central1", "asia-northeast1"), (50, 35, 15)),
}
CLOUD_WEIGHTS: Mapping[CloudName, int] = {"aws": 60, "azure": 22, "gcp": 18}
SIZES: Mapping[CloudName, tuple[str, ...]] = {
    "aws": ("t3.micro", "t3.large", "m6i.large", "m6i.xlarge", "c6i.2xlarge", "r6g.4xlarge"),
    "azure": ("Standard_B2s", "Standard_D2s_v5", "Standard_D4s_v5", "Standard_E8s_v5"),
    "gcp": ("e2-small", "e2-medium", "n2-standard-4", "n2-highmem-8"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What every kind of resource is made from."""

    cloud: CloudName
    account: str
    account_name: str
    region: str
    name: str
    number: int
    dice: random.Random


Made = tuple[str, str, str, Mapping[str, Any], float]  # native type, id, state, properties, monthly cost


def _compute(d: Draft) -> Made:
    state = d.dice.choices(("running", "stopped"), (82, 18))[0]
    size = d.dice.choice(SIZES[d.cloud])
    cost = round(d.dice.lognormvariate(4, 0.9), 2)
    if d.cloud == "aws":
        key = f"i-{d.number:017x}"
        said = {"instance_id": key, "instance_type": size, "public_ip": None, "imdsv2": d.dice.random() < 0.7}
        return "AWS::EC2::Instance", f"arn:aws:ec2:{d.region}:{d.account}:instance/{key}", state, said, cost
    if d.cloud == "azure":
        key = _arm(d, "Microsoft.Compute/virtualMachines")
        return "Microsoft.Compute/virtualMachines", key, state, {"vm_size": size, "os": d.dice.choice(("Linux", "Windows"))}, cost
    zone = f"{d.region}-{d.dice.choice('bcd')}"
    key = f"//compute.googleapis.com/projects/{d.account}/zones/{zone}/instances/{d.name}"
    return "compute.googleapis.com/Instance", key, state, {"zone": zone, "machine_type": size, "external_ip": d.dice.random() < 0.1}, cost


def _database(d: Draft) -> Made:
    engine = d.dice.choice(("postgres", "mysql", "mariadb"))
    cost = round(d.dice.lognormvariate(5, 0.8), 2)
    if d.cloud == "aws":
        said = {
            "db_instance_identifier": d.name,
            "engine": engine,
            "instance_class": "db.t3.medium",
            "multi_az": d.dice.random() < 0.4,
            "storage_encrypted": d.dice.random() < 0.9,
            "publicly_accessible": d.dice.random() < 0.03,
            "backup_retention_days": d.dice.choice((0, 7, 14, 35)),
            "deletion_protection": d.dice.random() < 0.6,
        }
        return "AWS::RDS::DBInstance", f"arn:aws:rds:{d.region}:{d.account}:db:{d.name}", "available", said, cost
    if d.cloud == "azure":
        key = _arm(d, "Microsoft.Sql/servers") + "/databases/main"
        return "Microsoft.Sql/servers/databases", key, "online", {"tde": True, "public_network_access": d.dice.random() < 0.1}, cost
    key = f"//cloudsql.googleapis.com/projects/{d.account}/instances/{d.name}"
    return "sqladmin.googleapis.com/Instance", key, "running", {"database_version": f"{engine.upper()}_15", "backups": True}, cost


def _disk(d: Draft) -> Made:
    attached = d.dice.random() < 0.85
    said = {"size_gb": d.dice.choice((20, 50, 100, 500, 2000)), "encrypted": d.dice.random() < 0.8, "attached": attached}
    state, cost = ("in-use" if attached else "available"), round(said["size_gb"] * 0.08, 2)
    if d.cloud == "aws":
        key = f"vol-{d.number:017x}"
        return "AWS::EC2::Volume", f"arn:aws:ec2:{d.region}:{d.account}:volume/{key}", state, said | {"volume_id": key}, cost
    if d.cloud == "azure":
        return "Microsoft.Compute/disks", _arm(d, "Microsoft.Compute/disks"), state, said, cost
    key = f"//compute.googleapis.com/projects/{d.account}/zones/{d.region}-b/disks/{d.name}"
    return "compute.googleapis.com/Disk", key, state, said, cost


def _bucket(d: Draft) -> Made:
    cost = round(d.dice.lognormvariate(2, 1.2), 2)
    if d.cloud == "aws":
        said = {"public_access_block": d.dice.random() < 0.9, "encryption": "AES256", "versioning": d.dice.random() < 0.5}
        return "AWS::S3::Bucket", f"arn:aws:s3:::{d.name}", "active", said, cost
    if d.cloud == "azure":
        said = {"https_only": True, "allow_blob_public_access": d.dice.random() < 0.1, "min_tls": "TLS1_2"}
        return "Microsoft.Storage/storageAccounts", _arm(d, "Microsoft.Storage/storageAccounts"), "available", said, cost
    return "storage.googleapis.com/Bucket", f"//storage.googleapis.com/{d.name}", "active", {"uniform_access": True, "public": False}, cost


def _arm(d: Draft, kind: str) -> str:
    return f"/subscriptions/{d.account}/resourceGroups/rg-{d.name.partition('-')[0]}/providers/{kind}/{d.name}"


KINDS: Mapping[str, tuple[Callable[[Draft], Made], int]] = {
    "compute_instance": (_compute, 40),
    "disk": (_disk, 30),
    "object_storage": (_bucket, 18),
    "database_instance": (_database, 12),
}
_KIND_NAMES, _KIND_WEIGHTS = tuple(KINDS), tuple(weight for _, weight in KINDS.values())


def estate(count: int, seed: int = 1) -> Iterator[Resource]:
    """So many resources with names of their own; the largest of about 200 applications owns some 15 percent."""
    dice = random.Random(seed)
    apps = sorted({f"{noun}-{second}" for noun in NOUNS for second in dice.sample(SECONDS, 3)} | set(NOUNS))
    dice.shuffle(apps)
    weights = [1 / (rank + 2) for rank in range(len(apps))]
    taken: dict[str, int] = {}
    for number, app in enumerate(dice.choices(apps, weights, k=count)):
        yield _resource(app, number, max(3, count // 2_000), taken, dice)


def _resource(app: str, number: int, accounts: int, taken: dict[str, int], dice: random.Random) -> Resource:
    cloud: CloudName = dice.choices(tuple(CLOUD_WEIGHTS), tuple(CLOUD_WEIGHTS.values()))[0]
    environment = dice.choices(tuple(ENVIRONMENTS), [weight for _, _, weight in ENVIRONMENTS.values()])[0]
    region = dice.choices(*REGIONS[cloud])[0]
    kind = dice.choices(_KIND_NAMES, _KIND_WEIGHTS)[0]
    account, account_name = _account(cloud, environment, dice.randrange(accounts))
    draft = Draft(cloud, account, account_name, region, _name(app, environment, kind, taken, dice), number, dice)
    native, key, state, properties, cost = KINDS[kind][0](draft)
    metrics = {"cpu_avg_7d": round(dice.betavariate(1, 6) * 100, 1)} if kind == "compute_instance" and state == "running" else {}
    return Resource(
        cloud, kind, native, key, draft.name, account, account_name, region, state, _tags(app, environment, dice), properties, cost, metrics
    )


def _account(cloud: CloudName, environment: str, number: int) -> tuple[str, str]:
    short = ENVIRONMENTS[environment][0]
    match cloud:
        case "aws":
            return f"{100_000_000_000 + number * 17 + len(short):012d}", f"acme-{short}-{number:02d}"
        case "azure":
            return f"8f1c6f0e-0000-4000-8000-{number:08x}{len(short):04x}", f"acme-az-{short}-{number:02d}"
        case "gcp":
            return f"acme-{short}-{441 + number}", f"acme-{short}-{441 + number}"


def _name(app: str, environment: str, kind: str, taken: dict[str, int], dice: random.Random) -> str:
    """As people name things: most say app, role and a number, many the environment too, some end as an autoscaler would."""
    role = {"database_instance": "db", "object_storage": "data", "disk": "vol"}.get(kind) or dice.choice(ROLES)
    short = ENVIRONMENTS[environment][0]
    stem = dice.choice((f"{app}-{role}", f"{app}-{role}-{short}", f"{short}-{app}-{role}", f"{role}-{app}-{short}"))
    taken[stem] = taken.get(stem, 0) + 1
    if dice.random() < 0.25:
        return f"{stem}-{taken[stem]:x}{dice.getrandbits(20):05x}"
    return f"{stem}-{taken[stem]:02d}"


def _tags(app: str, environment: str, dice: random.Random) -> dict[str, str]:
    if dice.random() < 0.06:
        return {}
    spelled = dice.choice(ENVIRONMENTS[environment][1])
    tags = {dice.choice(("env", "Environment", "environment", "stage")): spelled} if dice.random() < 0.85 else {}
    if dice.random() < 0.9:
        tags[dice.choices(("app", "application", "Service"), (8, 3, 1))[0]] = app
    if dice.random() < 0.6:
        tags["owner"] = dice.choice(OWNERS)
    if dice.random() < 0.3:
        tags["cost-center"] = f"cc-{dice.randrange(40):03d}"
    if dice.random() < 0.05:
        tags["keep"] = "true"
    return tags
