"""Makes the third estate out of the table of the unseen one: other words, accounts, places and tag keys. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.evaluation.unseen_estate_maker import Row
from tests.evaluation.unseen_estate_maker import make as make_rows
from tests.evaluation.unseen_estate_rows import ROWS

ACCOUNTS = {
    "pay": ("aws", "811122334455", "core-prod"),
    "test": ("aws", "822233445566", "core-qa"),
    "box": ("aws", "833344556677", "team-playground"),
    "shared": ("aws", "704455667788", "Corp Platform"),
    "azp": ("azure", "9a8b7c6d-0000-4000-8000-00000000d001", "Kestrel Live"),
    "azd": ("azure", "9a8b7c6d-0000-4000-8000-00000000d002", "kestrel_dev"),
    "geo": ("gcp", "kst-quartz-prod", "kst-quartz-prod"),
    "labs": ("gcp", "kst-trials-9", "kst-trials-9"),
}
# Longer words first where one begins another.
_WORDS = {
    "test-data": "demo-data", "ledger": "orders", "Ledger": "Orders", "harbor": "beacon", "MercuryWeb": "PulsarApp", "MercuryJobs": "PulsarCron",
    "Mercury": "Pulsar", "mercury": "pulsar", "Atlas": "Quartz", "atlas": "quartz", "search": "reports", "payments": "commerce", "playbox": "toybox",
    "backup": "monitor", "prod-like": "live-copy", "prod-mirror": "production-twin", "scratch": "temp", "mg-": "kst-", "mgp": "kstp", "statement": "receipt",
    "ines": "oskar", "tomasz": "yuki", "lucia": "fatima", "bruno": "diego", "ravi": "sam", "noor": "omar", "discovery": "insight", "growth": "rocket",
    "logistics": "fleetops",
}  # fmt: skip
_REGIONS = {
    "eu-central-1": "eu-west-2", "us-east-1": "us-west-2", "us-east-2": "ca-central-1", "eu-west-1": "eu-north-1", "us-west-2": "ap-southeast-2",
    "germanywestcentral": "uksouth", "westeurope": "northeurope", "eastus": "westus2", "europe-west3": "europe-west2", "us-east1": "asia-northeast1",
    "us-east4": "us-central1", "global": "global",
}  # fmt: skip
_KEYS = {
    "Owner": "owned-by",
    "owner": "owned-by",
    "Stage": "env",
    "Project": "application",
    "team": "squad",
    "app.kubernetes.io/name": "component",
}
_EACH = re.compile("|".join(re.escape(word) for word in _WORDS))


def make() -> list[Row]:
    """All rows of the third estate."""
    rows = [
        (place, kind, _said(name), _REGIONS[region], {_KEYS.get(key, key): _said(value) for key, value in tags.items()}, _sold(facts))
        for place, kind, name, region, tags, facts in ROWS
    ]
    return make_rows(rows, ACCOUNTS)


def _said(text: str) -> str:
    return _EACH.sub(lambda found: _WORDS[found.group(0)], text)


def _sold(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Another price and size for everything, in the same order."""
    return {key: round(value * 1.37, 1) if key == "cost" else value for key, value in facts.items()}
