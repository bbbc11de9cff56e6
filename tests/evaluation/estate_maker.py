"""Makes `estate.ndjson`: a made-up shipping company over three clouds, messy on purpose. Pure but for `__main__`, which writes the file."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

Row = dict[str, Any]
ESTATE = Path(__file__).with_name("estate.ndjson")

# (cloud, account id, account name, environment word or "", regions)
ACCOUNTS = (
    ("aws", "210987654321", "quayside-live", "live", ("eu-central-1", "ap-southeast-1", "us-west-2")),
    ("aws", "345678901234", "quayside-preprod", "uat", ("eu-central-1", "us-west-2")),
    ("aws", "456789012345", "Quayside Engineering", "development", ("eu-central-1", "us-west-2")),
    ("aws", "567890123456", "quayside-playground", "", ("us-west-2",)),
    ("azure", "3d2c1b0a-0000-4000-8000-00000000b001", "Harbour Production EU", "prd", ("germanywestcentral", "southeastasia")),
    ("azure", "3d2c1b0a-0000-4000-8000-00000000b002", "quay-az-dev", "develop", ("germanywestcentral", "eastus2")),
    ("gcp", "quay-live-118", "quay-live-118", "production", ("europe-west3", "asia-northeast1")),
    ("gcp", "quay-trial-204", "quay-trial-204", "dev", ("europe-west3", "us-east4")),
)
ENV_KEYS = ("Env", "stage", "environment")
APP_KEYS = ("service", "app", "application")
APPS = ("search", "data", "events", "stop-signs", "billing", "tracking")
TEAM_OF = {"search": "discovery", "data": "lake", "events": "lake", "stop-signs": "roads", "billing": "money", "tracking": "roads"}
OWNERS = ("mara", "jonas", "will", "may", "li.wei@quayside.example")
SIZES = {"aws": ("m6i.large", "t3.small"), "azure": ("Standard_D4s_v5", "Standard_B2s"), "gcp": ("n2-standard-4", "e2-small")}
ROLES = {"aws": ("web", "api", "worker"), "azure": ("app", "job"), "gcp": ("node", "queue")}


class Maker:
    """Draws rows from one seeded source."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.rows: list[Row] = []

    def hex(self, length: int = 17) -> str:
        return "".join(self._random.choice("0123456789abcdef") for _ in range(length))

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def tags(self, env: str, app: str, untagged: float = 0.08) -> dict[str, str]:
        if self.chance(untagged):
            return {}
        tags = {self._random.choice(APP_KEYS): app, "team": TEAM_OF[app]}
        if env and self.chance(0.85):
            tags[self._random.choice(ENV_KEYS)] = env if self.chance(0.7) else env.title()
        if self.chance(0.5):
            tags["Owner"] = self._random.choice(OWNERS)
        if self.chance(0.3):
            tags["cost-center"] = self._random.choice(("4711", "4712"))
        if self.chance(0.15):
            tags["keep"] = "yes"
        return tags

    def row(self, account: tuple[Any, ...], **facts: Any) -> None:
        cloud, number, name, _, _ = account
        empty: Row = {"state": "active", "tags": {}, "properties": {}, "monthly_cost": 0.0, "metrics": {}}
        self.rows.append({"cloud": cloud, "account": number, "account_name": name, **empty, **facts})

    def pick(self, values: tuple[Any, ...]) -> Any:
        return self._random.choice(values)

    def between(self, low: float, high: float) -> float:
        return round(self._random.uniform(low, high), 1)


def make(seed: int = 42) -> list[Row]:
    """All rows, ordered by cloud, account and kind; the same for the same seed."""
    maker = Maker(seed)
    for account in ACCOUNTS:
        machines(maker, account)
        databases(maker, account)
        buckets(maker, account)
        disks(maker, account)
    functions_and_walls(maker)
    return maker.rows


def machines(maker: Maker, account: tuple[Any, ...]) -> None:
    cloud, _, _, env, regions = account
    for app in APPS if env else APPS[:2]:
        for role in ROLES[cloud][: 1 if app in ("events", "tracking") else 2]:
            region, running = maker.pick(regions), maker.chance(0.78)
            name, native, id_, state, properties = machine_facts(maker, account, f"{app}-{role}", region, running)
            maker.row(
                account,
                type="compute_instance",
                native_type=native,
                id=id_,
                name=name,
                region=region,
                state=state,
                tags=maker.tags(env, app),
                properties=properties,
                monthly_cost=maker.between(12, 260),
                metrics={"cpu_avg_7d": maker.between(0.5, 60) if maker.chance(0.6) else maker.between(0.5, 4.5)} if running else {},
            )


def machine_facts(maker: Maker, account: tuple[Any, ...], stem: str, region: str, running: bool) -> tuple[str, str, str, str, Row]:
    cloud, number, _, env, _ = account
    size, word = maker.pick(SIZES[cloud]), {"live": "", "uat": "-uat", "prd": "-prod", "production": "-prod", "": "-lab"}.get(env, "-dev")
    if cloud == "aws":
        instance, public = f"i-{maker.hex()}", maker.pick((None, None, "203.0.113.7"))
        facts = {"instance_id": instance, "instance_type": size, "public_ip": public, "imdsv2": maker.chance(0.8)}
        # AWS names repeat over accounts: nothing of the environment stands in them.
        return (
            f"{stem}-01",
            "AWS::EC2::Instance",
            f"arn:aws:ec2:{region}:{number}:instance/{instance}",
            "running" if running else "stopped",
            facts,
        )
    if cloud == "azure":
        name = f"az-{stem}{word}"
        id_ = f"/subscriptions/{number}/resourceGroups/{stem}-rg/providers/Microsoft.Compute/virtualMachines/{name}"
        return (
            name,
            "Microsoft.Compute/virtualMachines",
            id_,
            "running" if running else "deallocated",
            {"resource_group": f"{stem}-rg", "vm_size": size},
        )
    name, zone = f"{stem}{word}-1", f"{region}-a"
    id_ = f"//compute.googleapis.com/projects/{number}/zones/{zone}/instances/{name}"
    facts = {"zone": zone, "machine_type": size, "external_ip": maker.chance(0.3)}
    return name, "compute.googleapis.com/Instance", id_, "running" if running else "stopped", facts


def databases(maker: Maker, account: tuple[Any, ...]) -> None:
    cloud, number, _, env, regions = account
    for app in ("billing", "tracking") if env else ("data",):
        region = maker.pick(regions)
        facts: Row
        if cloud == "aws":
            engine = "mysql" if app == "billing" else "postgres"
            name, native, state = f"{app}-{engine}-a", "AWS::RDS::DBInstance", "available" if maker.chance(0.8) else "stopped"
            id_ = f"arn:aws:rds:{region}:{number}:db:{name}"
            facts = {
                "engine": engine,
                "instance_class": "db.m6g.large",
                "multi_az": maker.chance(0.4),
                "storage_encrypted": maker.chance(0.6),
                "publicly_accessible": maker.chance(0.25),
                "backup_retention_days": maker.pick((0, 7, 14)),
                "deletion_protection": False,
            }
        elif cloud == "azure":
            name, native, state = f"{app}-sqlsrv-{env}/core", "Microsoft.Sql/servers/databases", "online"
            id_ = f"/subscriptions/{number}/resourceGroups/{app}-rg/providers/Microsoft.Sql/servers/{app}-sqlsrv-{env}/databases/core"
            facts = {"resource_group": f"{app}-rg", "tde": maker.chance(0.7), "public_network_access": maker.chance(0.4)}
        else:
            name, native, state = f"{app}-mysql-{env}", "sqladmin.googleapis.com/Instance", "running"
            id_ = f"//cloudsql.googleapis.com/projects/{number}/instances/{name}"
            facts = {"database_version": "MYSQL_8_0", "backups": maker.chance(0.5), "require_ssl": maker.chance(0.5)}
        maker.row(
            account,
            type="database_instance",
            native_type=native,
            id=id_,
            name=name,
            region=region,
            state=state,
            tags=maker.tags(env, app, 0.0),
            properties=facts,
            monthly_cost=maker.between(40, 400),
        )


def buckets(maker: Maker, account: tuple[Any, ...]) -> None:
    cloud, number, _, env, regions = account
    for app in ("data", "events") if env else ("data",):
        region, public = maker.pick(regions), maker.chance(0.35)
        if cloud == "aws":
            name = f"quay-{app}-{number[:3]}"
            native, id_ = "AWS::S3::Bucket", f"arn:aws:s3:::{name}"
            facts: Row = {"public_access_block": not public, "encryption": maker.pick((None, "AES256")), "versioning": maker.chance(0.5)}
        elif cloud == "azure":
            name = f"quay{app}{env}"
            native = "Microsoft.Storage/storageAccounts"
            id_ = f"/subscriptions/{number}/resourceGroups/{app}-rg/providers/Microsoft.Storage/storageAccounts/{name}"
            facts = {"resource_group": f"{app}-rg", "allow_blob_public_access": public, "https_only": True, "min_tls": "TLS1_2"}
        else:
            name, native = f"{number}-{app}", "storage.googleapis.com/Bucket"
            id_, facts = f"//storage.googleapis.com/{name}", {"uniform_access": True, "public": public}
        maker.row(
            account,
            type="object_storage",
            native_type=native,
            id=id_,
            name=name,
            region=region,
            tags=maker.tags(env, app),
            properties=facts,
            monthly_cost=maker.between(2, 90),
        )


def disks(maker: Maker, account: tuple[Any, ...]) -> None:
    cloud, number, _, env, regions = account
    for app in ("search", "data", "billing") if env else ("data",):
        region, attached, encrypted = maker.pick(regions), maker.chance(0.55), maker.chance(0.6)
        facts: Row = {"size_gb": maker.pick((20, 80, 250, 500)), "attached": attached, "encrypted": encrypted}
        state = "in-use" if attached else "available"
        if cloud == "aws":
            volume = f"vol-{maker.hex()}"
            name, native, id_ = f"{app}-data-0", "AWS::EC2::Volume", f"arn:aws:ec2:{region}:{number}:volume/{volume}"
            facts["volume_id"] = volume
        elif cloud == "azure":
            name, native, state = f"{app}-disk-{env}", "Microsoft.Compute/disks", "attached" if attached else "unattached"
            id_ = f"/subscriptions/{number}/resourceGroups/{app}-rg/providers/Microsoft.Compute/disks/{name}"
        else:
            name, native = f"{app}-pd-{env}", "compute.googleapis.com/Disk"
            id_ = f"//compute.googleapis.com/projects/{number}/zones/{region}-a/disks/{name}"
            facts["zone"] = f"{region}-a"
        maker.row(
            account,
            type="disk",
            native_type=native,
            id=id_,
            name=name,
            region=region,
            state=state,
            tags=maker.tags(env, app),
            properties=facts,
            monthly_cost=maker.between(1, 70),
        )


def functions_and_walls(maker: Maker) -> None:
    for account in ACCOUNTS[:3]:
        _, number, _, env, regions = account
        region = regions[0]
        for app in ("search", "events"):
            name = f"{app}-thumbnails"
            id_ = f"arn:aws:lambda:{region}:{number}:function:{name}"
            facts: Row = {"runtime": "python3.12", "memory_mb": 256}
            maker.row(
                account,
                type="function",
                native_type="AWS::Lambda::Function",
                id=id_,
                name=name,
                region=region,
                tags=maker.tags(env, app),
                properties=facts,
                monthly_cost=maker.between(0.1, 9),
            )
        for name, cidr in (("edge-sg", "0.0.0.0/0"), ("inner-sg", "10.0.0.0/8")):
            group = f"sg-{maker.hex()}"
            maker.row(
                account,
                type="security_group",
                native_type="AWS::EC2::SecurityGroup",
                id=f"arn:aws:ec2:{region}:{number}:security-group/{group}",
                name=name,
                region=region,
                tags=maker.tags(env, "tracking"),
                properties={"group_id": group, "ingress": [{"protocol": "tcp", "port": 443, "cidr": cidr}]},
            )


if __name__ == "__main__":
    ESTATE.write_text("".join(json.dumps(row) + "\n" for row in make()), encoding="utf-8")
