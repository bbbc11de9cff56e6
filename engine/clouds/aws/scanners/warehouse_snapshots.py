"""Snapshots of Redshift clusters that somebody took. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Facts, Kind, Place, Raw, Scanner, built, tags_of
from engine.estate.resource import Resource

KIND = Kind("snapshot", "AWS::Redshift::ClusterSnapshot", "redshift", "snapshot")
ITEMS = ("Snapshots",)


def to_resource(raw: Raw, place: Place) -> Resource | None:
    name = raw["SnapshotIdentifier"]
    properties = {
        "cluster_identifier": raw["ClusterIdentifier"],
        "size_gb": round(raw.get("TotalBackupSizeInMegaBytes", 0) / 1024, 1),
        "encrypted": raw.get("Encrypted", False),
        "taken_at": raw["SnapshotCreateTime"].isoformat() if "SnapshotCreateTime" in raw else None,
    }
    return built(KIND, place, Facts(_own_id(raw), name, raw["Status"], tags_of(raw.get("Tags")), properties))


def _own_id(raw: Raw) -> str:
    return f"{raw['ClusterIdentifier']}/{raw['SnapshotIdentifier']}"


SCANNER = Scanner(
    kind=KIND,
    operation="redshift:DescribeClusterSnapshots",
    everything=Ask("describe_cluster_snapshots", ITEMS, {"SnapshotType": "manual"}),
    one=lambda own_id: Ask("describe_cluster_snapshots", ITEMS, {"SnapshotIdentifier": own_id.partition("/")[2]}),
    item_id="SnapshotIdentifier",
    identify=_own_id,
    to_resource=to_resource,
)
