"""EC2 instances. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Facts, Kind, Metric, Place, Raw, Scanner, built, name_of, tags_of
from engine.estate.resource import Resource

KIND = Kind("compute_instance", "AWS::EC2::Instance", "ec2", "instance")
ITEMS = ("Reservations", "Instances")


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
    }
    # The engine has no state of its own for the minute between running and terminated.
    state = "stopping" if state == "shutting-down" else state
    return built(KIND, place, Facts(own_id, name_of(raw.get("Tags"), own_id), state, tags_of(raw.get("Tags")), properties))


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
