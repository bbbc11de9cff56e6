"""What Azure things cost a month in US dollars, pay as you go, rounded; a table to be edited, not a bill. Pure.

0.0 stands for unknown. West Europe list prices of 2026; Linux where it matters.
"""

from __future__ import annotations

from collections.abc import Mapping

VM_SIZES: Mapping[str, float] = {
    "Standard_B1s": 8.8,
    "Standard_B1ms": 17.5,
    "Standard_B2s": 35.0,
    "Standard_B2ms": 70.1,
    "Standard_B4ms": 140.2,
    "Standard_A1_v2": 36.5,
    "Standard_A2_v2": 77.4,
    "Standard_D2s_v3": 83.9,
    "Standard_D4s_v3": 167.9,
    "Standard_D2s_v5": 83.9,
    "Standard_D4s_v5": 167.9,
    "Standard_D8s_v5": 335.8,
    "Standard_D2as_v5": 75.9,
    "Standard_D4as_v5": 151.8,
    "Standard_E2s_v5": 110.9,
    "Standard_E4s_v5": 221.9,
    "Standard_E8s_v5": 443.8,
    "Standard_F2s_v2": 72.3,
    "Standard_F4s_v2": 144.5,
}
DISK_GB: Mapping[str, float] = {
    "Standard_LRS": 0.045,
    "StandardSSD_LRS": 0.08,
    "Premium_LRS": 0.15,
    "PremiumV2_LRS": 0.09,
    "UltraSSD_LRS": 0.13,
}
SNAPSHOT_GB = 0.05
PUBLIC_ADDRESS = 3.65  # a static one, used or not
STORAGE_ACCOUNT = 20.0  # what an account with ordinary contents tends to cost; its true cost is its contents
SQL_OBJECTIVES: Mapping[str, float] = {
    "Basic": 4.9,
    "S0": 14.7,
    "S1": 29.4,
    "S2": 73.6,
    "S3": 147.2,
    "P1": 456.3,
    "P2": 912.5,
    "GP_Gen5_2": 368.0,
    "GP_Gen5_4": 736.0,
}
POSTGRES_TIERS: Mapping[str, float] = {
    "Standard_B1ms": 14.6,
    "Standard_B2s": 58.4,
    "Standard_D2ds_v4": 138.7,
    "Standard_D2s_v3": 138.7,
    "Standard_D4s_v3": 277.4,
    "Standard_D4ds_v5": 277.4,
}


def virtual_machine(size: str) -> float:
    return VM_SIZES.get(size, 0.0)


def disk(sku: str, size_gb: int) -> float:
    return round(DISK_GB.get(sku, 0.0) * size_gb, 2)


def snapshot(size_gb: int) -> float:
    return round(SNAPSHOT_GB * size_gb, 2)


def sql_database(objective: str) -> float:
    return SQL_OBJECTIVES.get(objective, 0.0)


def postgres(tier: str) -> float:
    return POSTGRES_TIERS.get(tier, 0.0)
