"""EBS volumes. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Facts, Kind, Place, Raw, Scanner, built, known, name_of, tags_of
from engine.estate.resource import Resource

KIND = Kind("disk", "AWS::EC2::Volume", "ec2", "volume")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    if raw["State"] == "deleted":
        return None
    own_id = raw["VolumeId"]
    hangs = raw.get("Attachments", [])
    properties = {
        "volume_id": own_id,
        "size_gb": raw["Size"],
        "encrypted": raw.get("Encrypted", False),
        "attached": bool(hangs),
        "attached_to": [one["InstanceId"] for one in hangs if "InstanceId" in one],
        **known(device=hangs[0].get("Device") if len(hangs) == 1 else None),
    }
    facts = Facts(own_id, name_of(raw.get("Tags"), own_id), raw["State"], tags_of(raw.get("Tags")), properties)
    return built(KIND, place, facts, volume_type=raw.get("VolumeType"))


SCANNER = Scanner(
    kind=KIND,
    operation="ec2:DescribeVolumes",
    everything=Ask("describe_volumes", ("Volumes",)),
    one=lambda own_id: Ask("describe_volumes", ("Volumes",), {"VolumeIds": [own_id]}),
    item_id="VolumeId",
    to_resource=to_resource,
)
