"""EC2 instances, with what hinders stopping them and which load balancers send them traffic. Pure: declares the calls and maps their answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from engine.clouds.aws import arn, targets
from engine.clouds.aws.scanner import Ask, Beside, Detail, Facts, Kind, Level, Metric, Place, Raw, Scanner, built, known, name_of, tags_of
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
        **known(termination_protection=raw.get("DisableApiTermination")),
        **_hindering(raw),
    }
    # The engine has no state of its own for the minute between running and terminated.
    state = "stopping" if state == "shutting-down" else state
    return built(KIND, place, Facts(own_id, name_of(raw.get("Tags"), own_id), state, tags_of(raw.get("Tags")), properties))


def _hindering(raw: Raw) -> dict[str, Any]:
    """What a plan must know before it stops the instance; what is not so is left out."""
    disks = [one["Ebs"]["VolumeId"] for one in raw.get("BlockDeviceMappings", []) if "VolumeId" in one.get("Ebs", {})]
    return {
        **({"disks": disks} if disks else {}),
        **({"spot": True} if raw.get("InstanceLifecycle") == "spot" else {}),
        **({"root_device": "instance-store"} if raw.get("RootDeviceType") == "instance-store" else {}),
        **({"instance_store": True} if _LOCAL_DISKS.fullmatch(raw["InstanceType"]) else {}),
    }


def _behind(raw: Raw) -> tuple[tuple[str, str], ...]:
    """A target with the load balancers of its group. Groups of addresses and functions name no instance."""
    balancers = (arn.parse(one).own_id.split("/")[-2] for one in raw.get("LoadBalancerArns", []))
    return tuple((raw["Target"]["Id"], name) for name in balancers if raw.get("TargetType") == "instance")


def _behind_classic(raw: Raw) -> tuple[tuple[str, str], ...]:
    return tuple((one["InstanceId"], raw["LoadBalancerName"]) for one in raw.get("Instances", []))


_GROUPS = Ask("describe_target_groups", ("TargetGroups",))


def _facet(prop: str, of: Callable[[Raw], tuple[tuple[str, str], ...]], told: Callable[[Sequence[str]], Any] | None = None) -> Beside:
    """Another property out of the same target groups."""
    return Beside(prop, "elbv2", "elasticloadbalancing:DescribeTargetGroups", _GROUPS, of, told=told)


BALANCERS = (
    Beside(
        property="load_balancers",
        service="elbv2",
        operation="elasticloadbalancing:DescribeTargetGroups",
        everything=_GROUPS,
        beneath=(
            Level(
                targets.DESCRIBE_HEALTH,
                lambda raw: Ask("describe_target_health", ("TargetHealthDescriptions",), {"TargetGroupArn": raw["TargetGroupArn"]}),
            ),
        ),
        of=_behind,
        more=(
            _facet(targets.GROUPS, targets.registered),
            _facet(targets.HEALTH, targets.health, targets.standing),
            _facet(targets.TYPED, targets.groups, ",".join),
        ),
    ),
    Beside(
        property="load_balancers",
        service="elb",
        operation="elasticloadbalancing:DescribeLoadBalancers",
        everything=Ask("describe_load_balancers", ("LoadBalancerDescriptions",)),
        of=_behind_classic,
    ),
)

SCANNER = Scanner(
    kind=KIND,
    operation="ec2:DescribeInstances",
    everything=Ask("describe_instances", ITEMS),
    one=lambda own_id: Ask("describe_instances", ITEMS, {"InstanceIds": [own_id]}),
    batch=lambda own_ids: Ask("describe_instances", ITEMS, {"InstanceIds": list(own_ids)}),
    item_id="InstanceId",
    to_resource=to_resource,
    details=(
        Detail(
            operation="ec2:DescribeInstanceAttribute",
            ask=lambda raw: Ask("describe_instance_attribute", (), {"InstanceId": raw["InstanceId"], "Attribute": "disableApiTermination"}),
            fact=lambda answer: {"DisableApiTermination": answer["DisableApiTermination"]["Value"]},
            when=lambda raw: raw["State"]["Name"] not in ("terminated", "shutting-down"),
            # EC2 grants about twenty of these a second to an account, and has no call for many instances.
            most=500,
            kept="termination_protection",
        ),
    ),
    beside=BALANCERS,
    metric=Metric("AWS/EC2", "CPUUtilization", "InstanceId", "cpu_avg_7d", frozenset({"running"})),
)
