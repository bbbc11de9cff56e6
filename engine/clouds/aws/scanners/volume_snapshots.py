"""Snapshots of EBS volumes that the account owns. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Facts, Kind, Place, Raw, Scanner, built, name_of, tags_of
from engine.estate.resource import Resource

KIND = Kind("snapshot", "AWS::EC2::Snapshot", "ec2", "snapshot")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    own_id = raw["SnapshotId"]
    properties = {
        "snapshot_id": own_id,
        "volume_id": raw.get("VolumeId"),
        "size_gb": raw["VolumeSize"],
        "encrypted": raw.get("Encrypted", False),
        "taken_at": raw["StartTime"].isoformat() if "StartTime" in raw else None,
    }
    return built(KIND, place, Facts(own_id, name_of(raw.get("Tags"), own_id), raw["State"], tags_of(raw.get("Tags")), properties))


SCANNER = Scanner(
    kind=KIND,
    operation="ec2:DescribeSnapshots",
    everything=Ask("describe_snapshots", ("Snapshots",), {"OwnerIds": ["self"]}),
    one=lambda own_id: Ask("describe_snapshots", ("Snapshots",), {"SnapshotIds": [own_id]}),
    item_id="SnapshotId",
    to_resource=to_resource,
)
