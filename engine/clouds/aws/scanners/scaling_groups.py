"""Auto Scaling groups, with how many instances they keep and how many run. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws import arn
from engine.clouds.aws.scanner import Ask, Facts, Kind, Place, Raw, Scanner, built, tags_of
from engine.estate.resource import Resource

KIND = Kind("scaling_group", "AWS::AutoScaling::AutoScalingGroup", "autoscaling", "autoScalingGroup")
ITEMS = ("AutoScalingGroups",)


def to_resource(raw: Raw, place: Place) -> Resource | None:
    if raw.get("Status"):  # AWS says nothing of a group but that it is being deleted
        return None
    members = raw.get("Instances", [])
    properties = {
        "desired": raw["DesiredCapacity"],
        "smallest": raw["MinSize"],
        "largest": raw["MaxSize"],
        "running": sum(one.get("LifecycleState") == "InService" for one in members),
        "instances": [one["InstanceId"] for one in members],
        "propagated_tags": sorted(one["Key"] for one in raw.get("Tags", []) if one.get("PropagateAtLaunch")),
    }
    facts = Facts(_own_id(raw), raw["AutoScalingGroupName"], "active", tags_of(raw.get("Tags")), properties)
    return built(KIND, place, facts)


def _own_id(raw: Raw) -> str:
    """`UUID:autoScalingGroupName/NAME`: a group is known by both."""
    return arn.parse(raw["AutoScalingGroupARN"]).own_id


SCANNER = Scanner(
    kind=KIND,
    operation="autoscaling:DescribeAutoScalingGroups",
    everything=Ask("describe_auto_scaling_groups", ITEMS),
    one=lambda own_id: Ask("describe_auto_scaling_groups", ITEMS, {"AutoScalingGroupNames": [own_id.partition("/")[2]]}),
    item_id="AutoScalingGroupARN",
    identify=_own_id,
    to_resource=to_resource,
)
