"""What is true of a resource, in the words people use: environment, app, owner, state, flags. Pure.

Tag keys and values are messy by nature; this file is the one place that reads them. The tables are data; `tests/engine/estate/test_facts.py`
holds them to examples of all three clouds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from engine.estate.resource import Resource

ENVIRONMENTS: Mapping[str, str] = {
    **dict.fromkeys(("prod", "production", "prd", "live"), "production"),
    **dict.fromkeys(("stg", "stage", "staging", "uat", "preprod", "preproduction"), "staging"),
    **dict.fromkeys(("dev", "development", "develop"), "development"),
    **dict.fromkeys(("test", "testing", "qa", "ci"), "test"),
    **dict.fromkeys(("sandbox", "sbx", "lab", "playground"), "sandbox"),
}
ENVIRONMENT_KEYS = ("environment", "env", "stage")
APP_KEYS = ("app", "application", "service", "project", "component")
OWNER_KEYS = ("owner", "owned-by", "ownedby", "contact", "team")

# Native states that count as one of the two that people ask for.
STATE_CLASSES: Mapping[str, str] = {
    "running": "running",
    "available": "running",
    "online": "running",
    "runnable": "running",
    "active": "running",
    "in-use": "running",
    "stopped": "stopped",
    "deallocated": "stopped",
    "terminated": "stopped",
    "paused": "stopped",
    "suspended": "stopped",
}
# Kinds that run and stop; a bucket that is "active" does not run.
RUNNING_TYPES = frozenset({
    "compute_instance", "database_instance", "kubernetes_cluster", "container_service", "cache", "data_warehouse", "scaling_group", "node_pool", "web_app",
})  # fmt: skip
IDLE_BELOW_CPU_PERCENT = 5.0
_MOST_PARTS = 8
CREATED_KEYS = ("created", "created_at", "taken_at", "launched_at")
_PARTS = re.compile(r"[^A-Za-z0-9]+|(?<=[A-Za-z])(?=\d)|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
NAME_STARTS = (3, 5, 8, 12)
ANYWHERE = ("0.0.0.0/0", "::/0", "*", "Internet")

# flag -> (property, the values that mean it); a property that is absent means nothing is known.
PROPERTY_FLAGS: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
    ("unencrypted", "encrypted", (False,)),
    ("unencrypted", "storage_encrypted", (False,)),
    ("unencrypted", "tde", (False,)),
    ("unencrypted", "encryption", (None, "", False)),
    ("encrypted", "encrypted", (True,)),
    ("encrypted", "storage_encrypted", (True,)),
    ("encrypted", "tde", (True,)),
    ("public", "public_access_block", (False,)),
    ("public", "allow_blob_public_access", (True,)),
    ("public", "public", (True,)),
    ("public", "publicly_accessible", (True,)),
    ("public", "public_network_access", (True,)),
    ("public_ip", "external_ip", (True,)),
    ("no_backups", "backup_retention_days", (0,)),
    ("no_backups", "backups", (False,)),
    ("backups", "backups", (True,)),
    ("attached", "attached", (True,)),
    ("unattached", "attached", (False,)),
    ("multi_az", "multi_az", (True,)),
    ("linux", "os", ("Linux", "linux")),
    ("windows", "os", ("Windows", "windows")),
    ("single_az", "multi_az", (False,)),
    ("protected", "deletion_protection", (True,)),
    ("protected", "termination_protection", (True,)),
    ("unprotected", "deletion_protection", (False,)),
    ("unprotected", "termination_protection", (False,)),
    ("versioned", "versioning", (True,)),
    ("unversioned", "versioning", (False,)),
    ("imdsv1", "imdsv2", (False,)),
    ("plain_http", "https_only", (False,)),
    ("old_tls", "min_tls", ("TLS1_0", "TLS1_1")),
    ("plain_http", "require_ssl", (False,)),
    ("no_uniform_access", "uniform_access", (False,)),
    ("balanced", "target_health", ("healthy", "unhealthy", "initial", "draining")),
)
_FLAGS_BY_KEY = {
    key: tuple((flag, values) for flag, named, values in PROPERTY_FLAGS if named == key)
    for key in dict.fromkeys(key for _, key, _ in PROPERTY_FLAGS)
}
_FLAG_KEYS = _FLAGS_BY_KEY.keys()
ENGINE_WORDS = ("postgres", "mysql", "mariadb", "sqlserver", "oracle", "aurora")


def environment(resource: Resource) -> tuple[str, str]:
    """The environment and where it was read: `tag`, `account` or `unknown`; ('', 'unknown') when nobody says."""
    for key in ENVIRONMENT_KEYS:
        value = _tag(resource, key)
        if value is not None and (known := ENVIRONMENTS.get(value.strip().lower())):
            return known, "tag"
    declared = resource.properties.get("account_environment")
    if isinstance(declared, str) and declared:
        return declared, "account"
    return _named_for(resource.account_name), "account" if _named_for(resource.account_name) else "unknown"


def environment_evidence(resource: Resource) -> str:
    """What says so: `tag env=Dev` or `account acme-dev`; '' when nobody does."""
    source = environment(resource)[1]
    if source == "account":
        return f"account {resource.account_name or resource.account}"
    read = (said for key in ENVIRONMENT_KEYS if (said := tag_said(resource, (key,))))
    return next((f"tag {said}" for said in read if said.partition("=")[2].strip().lower() in ENVIRONMENTS), "")


def tag_said(resource: Resource, keys: Sequence[str]) -> str:
    """The first of these tags as it stands there, `Application=checkout`; '' when it has none of them."""
    found = ((name, str(value)) for key in keys for name, value in resource.tags.items() if name.lower() == key and value)
    return next((f"{name}={value}" for name, value in found), "")


def app(resource: Resource) -> str:
    """The application a resource belongs to by its tags; '' when none says."""
    return _first_tag(resource, APP_KEYS)


def owners(resource: Resource) -> frozenset[str]:
    """Everybody a tag names as owner, lower-case: a person and a team may both be."""
    return frozenset(value.lower() for key in OWNER_KEYS if (value := _tag(resource, key)))


def owner(resource: Resource) -> str:
    """Who owns it by its tags; '' when none says."""
    return _first_tag(resource, OWNER_KEYS)


def native_name(resource: Resource) -> str:
    """The last part of the id, as the provider's own tools print it: `i-0abc`, `vol-1`, a VM's name."""
    return resource.id[max(resource.id.rfind("/"), resource.id.rfind(":")) + 1 :]


def size(resource: Resource) -> str:
    """The machine or database size, as the provider names it; '' for things without one."""
    for key in ("instance_type", "vm_size", "machine_type", "instance_class", "node_type", "tier"):
        if isinstance(value := resource.properties.get(key), str):
            return value
    return ""


def engine(resource: Resource) -> str:
    """The database engine in one public word (`postgres`, `mysql`, …); '' when it is no database or unknown."""
    said = f"{resource.properties.get('engine', '')} {resource.properties.get('database_version', '')}".lower()
    if resource.native_type.startswith("Microsoft.Sql"):
        return "sqlserver"
    return next((word for word in ENGINE_WORDS if word in said), "")


def created(resource: Resource) -> datetime | None:
    """When it was made, where its cloud tells so of its kind; None where it does not."""
    for key in CREATED_KEYS:
        if isinstance(said := resource.properties.get(key), str) and said:
            with suppress(ValueError):
                found = datetime.fromisoformat(said)
                return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def state_class(resource: Resource) -> str:
    """`running`, `stopped`, or the native state where it is neither or the kind of thing does not run."""
    return STATE_CLASSES.get(resource.state, resource.state) if resource.type in RUNNING_TYPES else resource.state


@lru_cache(maxsize=4096)
def parts_of(text: str) -> tuple[str, ...]:
    """The words a name is made of, lower-case: digits apart from letters before them, `LedgerBatchRunner` at its capitals."""
    return tuple(part.lower() for part in _PARTS.split(text) if part)


def name_parts(resource: Resource) -> tuple[str, ...]:
    """The words a name is made of: `checkout-web-01` → checkout, web, 01."""
    return parts_of(resource.name)


def name_starts(name: str) -> tuple[str, ...]:
    """What a name begins with, for completing it: its first so many letters and digits, lower-case, without what stands between."""
    plain = "".join(parts_of(name))
    return tuple(plain[:length] for length in NAME_STARTS if len(plain) >= length)


def flags(resource: Resource) -> frozenset[str]:
    """Yes-or-no facts that people filter on, from properties, state, tags and metrics."""
    found = {
        flag for key in resource.properties.keys() & _FLAG_KEYS for flag, values in _FLAGS_BY_KEY[key] if resource.properties[key] in values
    }
    if resource.properties.get("encryption"):
        found.add("encrypted")
    if resource.properties.get("public_ip") or "public_ip" in found:
        found |= {"public_ip", "public"}
    if int(resource.properties.get("backup_retention_days") or 0) > 0:
        found.add("backups")
    if int(resource.properties.get("read_replicas") or 0) > 0:
        found.add("has_replicas")
    if any(_is_open(rule) for rule in resource.properties.get("ingress") or ()):
        found |= {"open_to_world", "public"}
    if is_idle(resource):
        found.add("idle")
    if not resource.tags:
        found.add("untagged")
    return frozenset(found)


def is_idle(resource: Resource) -> bool:
    """Running, with a 7-day CPU average under 5 percent. Without a metric nothing is idle."""
    cpu = resource.metrics.get("cpu_avg_7d")
    return resource.state == "running" and cpu is not None and cpu < IDLE_BELOW_CPU_PERCENT


def facts(resource: Resource) -> Mapping[str, frozenset[str]]:
    """All filterable facts by field, lower-case; what `Is` compares with and what the store makes its tokens from."""
    tags = {(key.lower(), str(value).lower()) for key, value in resource.tags.items()}
    return {
        "cloud": frozenset({resource.cloud}),
        "type": frozenset({resource.type}),
        "native_type": frozenset({resource.native_type.lower()}),
        "region": frozenset({resource.region.lower(), str(resource.properties.get("zone") or resource.region).lower()}),
        "account": frozenset({resource.account.lower(), resource.account_name.lower()}),
        "environment": frozenset({environment(resource)[0]} - {""}),
        "app": _app_facts(resource),
        "owner": owners(resource),
        "state": frozenset({resource.state.lower(), state_class(resource).lower()}),
        "engine": frozenset({engine(resource)} - {""}),
        "size": frozenset({size(resource).lower()} - {""}),
        "name": frozenset({resource.name.lower()}),
        "id": frozenset({resource.id.lower(), native_name(resource).lower()}),
        "tag": frozenset(f"{key}={value}" for key, value in tags),
        "tag_key": frozenset(key for key, _ in tags),
        "tag_value": frozenset(value for _, value in tags),
        "region_start": _region_starts(resource.region.lower()),
        "flag": flags(resource),
        "name_part": frozenset(name_parts(resource)),
        "name_start": frozenset(name_starts(resource.name)),
    }


def _app_facts(resource: Resource) -> frozenset[str]:
    """The app by tag; a resource without such a tag belongs to the app its name carries: `stop-signs-api-01` → stop, stop-signs, signs, …"""
    tagged = app(resource).lower()
    if tagged:
        return frozenset({tagged})
    parts = name_parts(resource)[:_MOST_PARTS]
    return frozenset(
        "-".join(parts[first:last]) for first in range(len(parts)) for last in range(first + 1, min(first + 3, len(parts)) + 1)
    )


@lru_cache(maxsize=1024)
def _region_starts(region: str) -> frozenset[str]:
    """What a region's code begins with, for "in europe": `eu-west-1` → eu-, eu-west-1; `westeurope` → westeurope, europe."""
    starts = {region, region.partition("-")[0] + "-", region.partition("-")[0], *parts_of(region)}
    return frozenset(
        starts
        | {
            word
            for word in (
                "europe",
                "uk",
                "france",
                "germany",
                "italy",
                "spain",
                "sweden",
                "norway",
                "poland",
                "switzerland",
                "japan",
                "korea",
                "india",
                "asia",
                "australia",
                "brazil",
                "canada",
                "israel",
                "qatar",
                "southafrica",
                "uae",
            )
            if word in region
        }
    )


def _tag(resource: Resource, key: str) -> str | None:
    for name, value in resource.tags.items():
        if name.lower() == key:
            return str(value)
    return None


def _first_tag(resource: Resource, keys: tuple[str, ...]) -> str:
    for key in keys:
        if value := _tag(resource, key):
            return value
    return ""


@lru_cache(maxsize=4096)
def _named_for(account_name: str) -> str:
    return next((ENVIRONMENTS[part] for part in parts_of(account_name) if part in ENVIRONMENTS), "")


def _is_open(rule: Any) -> bool:
    return isinstance(rule, Mapping) and rule.get("cidr") in ANYWHERE
