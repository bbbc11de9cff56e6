"""List prices, US dollars a month, for telling dear from cheap. Pure.

On-demand prices of us-east-1 for Linux and single-zone databases, 730 hours; an estimate to rank and sum by, not an invoice. What
runs is priced as running even while it is stopped: the figure answers "what does this cost when it is on".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Price = Callable[[Mapping[str, Any]], float]
HOURS = 730

# Each size costs twice the one before it; the tables give the price an hour of a family's `large`.
_SIZES = ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge", "32xlarge")
_BETWEEN = {"12xlarge": ("4xlarge", 3.0), "24xlarge": ("8xlarge", 3.0), "48xlarge": ("16xlarge", 3.0), "metal": ("32xlarge", 1.0)}

INSTANCE_LARGE_HOUR: Mapping[str, float] = {
    "t2": 0.0928,
    "t3": 0.0832,
    "t3a": 0.0752,
    "t4g": 0.0672,
    "m4": 0.1,
    "m5": 0.096,
    "m5a": 0.086,
    "m6g": 0.077,
    "m6i": 0.096,
    "m6a": 0.0864,
    "m7g": 0.0816,
    "m7i": 0.1008,
    "c4": 0.1,
    "c5": 0.085,
    "c5a": 0.077,
    "c6g": 0.068,
    "c6i": 0.085,
    "c6a": 0.0765,
    "c7g": 0.0725,
    "c7i": 0.08925,
    "r5": 0.126,
    "r6g": 0.1008,
    "r6i": 0.126,
    "r7g": 0.1071,
    "r7i": 0.1323,
    "g4dn": 0.263,
    "g5": 0.503,
    "p3": 0.765,
    "i3": 0.156,
    "i4i": 0.1716,
    "x2gd": 0.167,
}
DATABASE_LARGE_HOUR: Mapping[str, float] = {
    "t2": 0.136,
    "t3": 0.136,
    "t4g": 0.129,
    "m4": 0.175,
    "m5": 0.171,
    "m6g": 0.152,
    "m6i": 0.171,
    "m7g": 0.168,
    "r4": 0.24,
    "r5": 0.24,
    "r6g": 0.215,
    "r6i": 0.24,
    "r7g": 0.2285,
}
VOLUME_GB_MONTH: Mapping[str, float] = {
    "gp2": 0.10,
    "gp3": 0.08,
    "io1": 0.125,
    "io2": 0.125,
    "st1": 0.045,
    "sc1": 0.015,
    "standard": 0.05,
}
SNAPSHOT_GB_MONTH = 0.05
DATABASE_SNAPSHOT_GB_MONTH = 0.095
TABLE_BACKUP_GB_MONTH = 0.10
WAREHOUSE_SNAPSHOT_GB_MONTH = 0.024
ADDRESS_HOUR = 0.005  # in use or not, since February 2024
KEY_MONTH = 1.0
BALANCER_HOUR: Mapping[str, float] = {"application": 0.0225, "network": 0.0225, "gateway": 0.0125}
WAREHOUSE_NODE_HOUR: Mapping[str, float] = {
    "dc2.large": 0.25,
    "dc2.8xlarge": 4.8,
    "ra3.large": 0.543,
    "ra3.xlplus": 1.086,
    "ra3.4xlarge": 3.26,
    "ra3.16xlarge": 13.04,
}


def monthly(native_type: str, facts: Mapping[str, Any]) -> float:
    """The price of one resource from its facts; 0 where nothing is known or the price follows use (buckets, functions)."""
    price = _PRICES.get(native_type)
    return round(price(facts), 1) if price else 0.0


def _hourly(size: str, large: Mapping[str, float]) -> float:
    family, _, step = size.partition(".")
    factor = 1.0
    if step in _BETWEEN:
        step, factor = _BETWEEN[step]
    if family not in large or step not in _SIZES:
        return 0.0
    return float(large[family] * factor * 2.0 ** (_SIZES.index(step) - _SIZES.index("large")))


def _database(facts: Mapping[str, Any]) -> float:
    zones = 2 if facts["multi_az"] else 1
    return _hourly(str(facts["instance_class"]).removeprefix("db."), DATABASE_LARGE_HOUR) * HOURS * zones


def _kept(price: float) -> Price:
    return lambda facts: float(facts["size_gb"]) * price


_PRICES: Mapping[str, Price] = {
    "AWS::EC2::Instance": lambda facts: _hourly(str(facts["instance_type"]), INSTANCE_LARGE_HOUR) * HOURS,
    "AWS::RDS::DBInstance": _database,
    "AWS::EC2::Volume": lambda facts: float(facts["size_gb"]) * VOLUME_GB_MONTH.get(str(facts.get("volume_type")), VOLUME_GB_MONTH["gp3"]),
    "AWS::EC2::Snapshot": _kept(SNAPSHOT_GB_MONTH),
    "AWS::RDS::DBSnapshot": _kept(DATABASE_SNAPSHOT_GB_MONTH),
    "AWS::DynamoDB::Backup": _kept(TABLE_BACKUP_GB_MONTH),
    "AWS::Redshift::ClusterSnapshot": _kept(WAREHOUSE_SNAPSHOT_GB_MONTH),
    "AWS::EC2::EIP": lambda _facts: ADDRESS_HOUR * HOURS,
    "AWS::KMS::Key": lambda _facts: KEY_MONTH,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": lambda facts: BALANCER_HOUR.get(str(facts["kind"]), 0.0) * HOURS,
    "AWS::Redshift::Cluster": lambda facts: WAREHOUSE_NODE_HOUR.get(str(facts["node_type"]), 0.0) * int(facts["nodes"]) * HOURS,
}
