"""EC2 instances, with what hinders stopping them. Pure: declares the calls and maps their answers."""

from __future__ import annotations

import re
from typing import Any

from engine.clouds.aws.scanner import Ask, Facts, Kind, Metric, Place, Raw, Scanner, built, name_of, tags_of
from engine.estate.resource import Resource

KIND = Kind("compute_instance", "AWS::EC2::Instance", "ec2", "instance")
ITEMS = ("Reservations", "Instances")
# Sizes with disks of the host, whose content goes with a stop: families that are storage, and a "d" behind the generation (m5d, c6gd, g4dn).
_LOCAL_DISKS = re.compile(r"(?:i\d\w*|im\d\w*|is\d\w*|d[23]\w*|h1|f1|x1e?|[mcr][13]|[a-z]+\d+[a-ce-z]*d[a-z]*)[.-].*")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    state = raw["State"]["Name"]
    if state == "terminated":
        return None
    own_id = raw["InstanceId"]
    properties = {
        "instance_id": own_id,
        "instance_type": raw["InstanceType"],
        "public_ip": raw.get("PublicIpAddress"),
        "imdsv2": raw.get("MetadataOptions", {}).get("HttpTokens") == "required",
        **_hindering(raw),
    }
    # The engine has no state of its own for the minute between running and terminated.
    state = "stopping" if state == "shutting-down" else state
    return built(KIND, place, Facts(own_id, name_of(raw.get("Tags"), own_id), state, tags_of(raw.get("Tags")), properties))


def _hindering(raw: Raw) -> dict[str, Any]:
    """What a plan must know before it stops the instance; what is not so is left out. Protections would cost a call an instance."""
    disks = [one["Ebs"]["VolumeId"] for one in raw.get("BlockDeviceMappings", []) if "VolumeId" in one.get("Ebs", {})]
    return {
        **({"disks": disks} if disks else {}),
        **({"spot": True} if raw.get("InstanceLifecycle") == "spot" else {}),
        **({"root_device": "instance-store"} if raw.get("RootDeviceType") == "instance-store" else {}),
        **({"instance_store": True} if _LOCAL_DISKS.fullmatch(raw["InstanceType"]) else {}),
    }


SCANNER = Scanner(
    kind=KIND,
    operation="ec2:DescribeInstances",
    everything=Ask("describe_instances", ITEMS),
    one=lambda own_id: Ask("describe_instances", ITEMS, {"InstanceIds": [own_id]}),
    batch=lambda own_ids: Ask("describe_instances", ITEMS, {"InstanceIds": list(own_ids)}),
    item_id="InstanceId",
    to_resource=to_resource,
    metric=Metric("AWS/EC2", "CPUUtilization", "InstanceId", "cpu_avg_7d", frozenset({"running"})),
)
