"""Instances, volumes, addresses, scaling groups, services and node pools: their changes on the wire. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.clouds.aws import arn, targets
from engine.clouds.aws.request import Build, Request, key_named, number, on_arn, own_id, tag
from engine.clouds.operation import Call
from engine.estate.resource import Resource

# Stands on a snapshot that Escher made, so that it is found again when the answer to its making was lost.
TOKEN_TAG = "escher-token"  # noqa: S105 - the name of a tag


def snapshot_arn(resource: Resource, own: str) -> str:
    """The ARN of a volume's snapshot, which lies where the volume lies."""
    return str(arn.Arn("ec2", resource.region, resource.account, "snapshot", own))


def _instances(method: str) -> Build:
    return lambda call: Request("ec2", method, {"InstanceIds": [own_id(call)]})


def _attribute(name: str, value: Callable[[Call], Any]) -> Build:
    return lambda call: Request("ec2", "modify_instance_attribute", {"InstanceId": own_id(call), name: {"Value": value(call)}})


def _ec2_tags(method: str) -> Build:
    return lambda call: Request("ec2", method, {"Resources": [own_id(call)], "Tags": [tag(call)]})


def _create_snapshot(call: Call) -> Request:
    marked = [{"ResourceType": "snapshot", "Tags": [{"Key": TOKEN_TAG, "Value": call.token}]}]
    return Request(
        "ec2",
        "create_snapshot",
        {"VolumeId": own_id(call), "Description": f"{call.resource.name}, taken by Escher", "TagSpecifications": marked},
        lambda answer: snapshot_arn(call.resource, answer["SnapshotId"]),
    )


def _detach(call: Call) -> Request:
    """From the one instance it hangs on; of several no one is meant, and EC2 says so."""
    hangs = call.resource.properties["attached_to"]
    return Request("ec2", "detach_volume", {"VolumeId": own_id(call), **({"InstanceId": hangs[0]} if len(hangs) == 1 else {})})


def _attach(call: Call) -> Request:
    where = {"InstanceId": call.arguments["instance_id"], "Device": call.arguments["device"]}
    return Request("ec2", "attach_volume", {"VolumeId": own_id(call), **where})


def _disassociate(call: Call) -> Request:
    return Request("ec2", "disassociate_address", {"AssociationId": call.resource.properties["association_id"]})


def _associate(call: Call) -> Request:
    on = {"AllocationId": own_id(call), "NetworkInterfaceId": call.arguments["network_interface_id"]}
    return Request("ec2", "associate_address", {**on, "AllowReassociation": False})


def _group_tag(call: Call) -> dict[str, Any]:
    of = {"ResourceId": call.resource.name, "ResourceType": "auto-scaling-group"}
    return {**of, **tag(call), **({"PropagateAtLaunch": call.arguments["propagate"]} if "value" in call.arguments else {})}


def _group_tags(method: str) -> Build:
    return lambda call: Request("autoscaling", method, {"Tags": [_group_tag(call)]})


def _desired(call: Call) -> Request:
    size = {"AutoScalingGroupName": call.resource.name, "DesiredCapacity": number(call, "desired"), "HonorCooldown": False}
    return Request("autoscaling", "set_desired_capacity", size)


def _service(more: Callable[[Call], Mapping[str, Any]]) -> Build:
    def build(call: Call) -> Request:
        cluster, _, name = own_id(call).partition("/")
        return Request("ecs", "update_service", {"cluster": cluster, "service": name, **more(call)})

    return build


def _nodes(call: Call) -> Request:
    cluster, name, *_ = own_id(call).split("/")
    size = {"scalingConfig": {"desiredSize": number(call, "desired")}}
    return Request("eks", "update_nodegroup_config", {"clusterName": cluster, "nodegroupName": name, **size})


def _targeted(method: str, places: Callable[[Call], object]) -> Build:
    """One call for each target group. Raises ValueError where no group is known."""

    def build(call: Call) -> Request:
        first, *more = targets.calls(own_id(call), targets.places_of(places(call))) or ({},)
        if not first:
            raise ValueError(f"{call.resource.name} is in no target group that is known; scan first")
        return Request("elbv2", method, first, again=tuple(more))

    return build


REQUESTS: Mapping[str, Build] = {
    "ec2:StartInstances": _instances("start_instances"),
    "ec2:StopInstances": _instances("stop_instances"),
    "ec2:RebootInstances": _instances("reboot_instances"),
    "ec2:TerminateInstances": _instances("terminate_instances"),
    "elasticloadbalancing:DeregisterTargets": _targeted("deregister_targets", lambda call: call.resource.properties.get(targets.GROUPS)),
    "elasticloadbalancing:RegisterTargets": _targeted("register_targets", lambda call: call.arguments["targets"]),
    "ec2:ModifyInstanceAttribute": _attribute("InstanceType", lambda call: call.arguments["instance_type"]),
    "ec2:ModifyInstanceAttribute:protect": _attribute("DisableApiTermination", lambda _call: True),
    "ec2:ModifyInstanceAttribute:unprotect": _attribute("DisableApiTermination", lambda _call: False),
    "ec2:CreateTags": _ec2_tags("create_tags"),
    "ec2:DeleteTags": _ec2_tags("delete_tags"),
    "ec2:CreateSnapshot": _create_snapshot,
    "ec2:DeleteSnapshot": lambda call: Request("ec2", "delete_snapshot", {"SnapshotId": own_id(call)}),
    "ec2:DeleteVolume": lambda call: Request("ec2", "delete_volume", {"VolumeId": own_id(call)}),
    "ec2:ModifyVolume": lambda call: Request("ec2", "modify_volume", {"VolumeId": own_id(call), "Size": number(call, "size_gb")}),
    "ec2:DetachVolume": _detach,
    "ec2:AttachVolume": _attach,
    "ec2:ReleaseAddress": lambda call: Request("ec2", "release_address", {"AllocationId": own_id(call)}),
    "ec2:DisassociateAddress": _disassociate,
    "ec2:AssociateAddress": _associate,
    "autoscaling:SetDesiredCapacity": _desired,
    "autoscaling:CreateOrUpdateTags": _group_tags("create_or_update_tags"),
    "autoscaling:DeleteTags": _group_tags("delete_tags"),
    "ecs:UpdateService": _service(lambda call: {"desiredCount": number(call, "desired")}),
    "ecs:UpdateService:redeploy": _service(lambda _call: {"forceNewDeployment": True}),
    "ecs:TagResource": on_arn("ecs", "tag_resource", "resourceArn", lambda call: {"tags": [tag(call, "key", "value")]}),
    "ecs:UntagResource": on_arn("ecs", "untag_resource", "resourceArn", key_named("tagKeys")),
    "eks:UpdateNodegroupConfig": _nodes,
}
