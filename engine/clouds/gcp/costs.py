"""What Google Cloud things cost a month in US dollars, on demand, rounded; a table to be edited, not a bill. Pure.

0.0 stands for unknown. us-central1 list prices of 2026, without sustained-use discounts.
"""

from __future__ import annotations

from collections.abc import Mapping

MACHINE_TYPES: Mapping[str, float] = {
    "e2-micro": 6.1,
    "e2-small": 12.2,
    "e2-medium": 24.5,
    "e2-standard-2": 48.9,
    "e2-standard-4": 97.8,
    "e2-standard-8": 195.7,
    "n1-standard-1": 34.7,
    "n1-standard-2": 69.4,
    "n1-standard-4": 138.7,
    "n2-standard-2": 70.9,
    "n2-standard-4": 141.8,
    "n2-standard-8": 283.6,
    "n2d-standard-2": 61.7,
    "c3-standard-4": 146.7,
    "f1-micro": 5.5,
    "g1-small": 18.8,
}
DISK_GB: Mapping[str, float] = {"pd-standard": 0.04, "pd-balanced": 0.10, "pd-ssd": 0.17, "pd-extreme": 0.125}
SNAPSHOT_GB = 0.05
IDLE_ADDRESS = 7.3  # an external one that is reserved and not used
BUCKET = 9.0  # what a bucket with ordinary contents tends to cost; its true cost is its contents
SQL_TIERS: Mapping[str, float] = {
    "db-f1-micro": 7.7,
    "db-g1-small": 25.6,
    "db-custom-1-3840": 49.3,
    "db-custom-2-7680": 98.6,
    "db-custom-4-15360": 197.1,
    "db-n1-standard-1": 49.3,
    "db-n1-standard-2": 98.6,
}


def machine(machine_type: str) -> float:
    return MACHINE_TYPES.get(machine_type, 0.0)


def disk(disk_type: str, size_gb: int) -> float:
    return round(DISK_GB.get(disk_type, 0.0) * size_gb, 2)


def snapshot(stored_bytes: int) -> float:
    return round(SNAPSHOT_GB * stored_bytes / 2**30, 2)


def sql(tier: str) -> float:
    return SQL_TIERS.get(tier, 0.0)
