"""Snapshots of RDS databases that somebody took (not the automated ones, which follow their database). Pure: declares and maps."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Facts, Kind, Place, Raw, Scanner, built, tags_of
from engine.estate.resource import Resource

KIND = Kind("snapshot", "AWS::RDS::DBSnapshot", "rds", "snapshot")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    own_id = raw["DBSnapshotIdentifier"]
    properties = {
        "db_snapshot_identifier": own_id,
        "db_instance_identifier": raw.get("DBInstanceIdentifier"),
        "engine": raw.get("Engine"),
        "size_gb": raw.get("AllocatedStorage", 0),
        "encrypted": raw.get("Encrypted", False),
        "taken_at": raw["SnapshotCreateTime"].isoformat() if "SnapshotCreateTime" in raw else None,
    }
    return built(KIND, place, Facts(own_id, own_id, raw["Status"], tags_of(raw.get("TagList")), properties))


SCANNER = Scanner(
    kind=KIND,
    operation="rds:DescribeDBSnapshots",
    everything=Ask("describe_db_snapshots", ("DBSnapshots",), {"SnapshotType": "manual"}),
    one=lambda own_id: Ask("describe_db_snapshots", ("DBSnapshots",), {"DBSnapshotIdentifier": own_id}),
    item_id="DBSnapshotIdentifier",
    to_resource=to_resource,
)
