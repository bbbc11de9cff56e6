"""Changes to Auto Scaling groups, ECS services and EKS node groups, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import COUNT, IN_REGION, TAG_KEY, TAG_VALUE, tagging, to_the_old
from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

GROUP = frozenset({"AWS::AutoScaling::AutoScalingGroup"})
SERVICE = frozenset({"AWS::ECS::Service"})
NODES = frozenset({"AWS::EKS::Nodegroup"})
_OF_SERVICE = ("--cluster", "{properties.cluster}", "--service", "{name}")
_OF_GROUP = "ResourceId={name},ResourceType=auto-scaling-group"

TAG, UNTAG = "autoscaling:CreateOrUpdateTags", "autoscaling:DeleteTags"


def _tag_as_before(resource: Resource, arguments: Arguments) -> Inverse:
    """The old value, handed on to new instances where it was; or no tag."""
    key = str(arguments["key"])
    if key not in resource.tags:
        return Inverse(UNTAG, {"key": key})
    return Inverse(TAG, {"key": key, "value": resource.tags[key], "propagate": key in resource.properties["propagated_tags"]})


TABLE: tuple[Operation, ...] = (
    Operation(
        name="autoscaling:SetDesiredCapacity",
        cloud="aws",
        native_types=GROUP,
        kind=OperationClass.CONFIGURE,
        title="Scale",
        command=(
            *("aws", "autoscaling", "set-desired-capacity", "--auto-scaling-group-name", "{name}"),
            *("--desired-capacity", "{$desired}", "--no-honor-cooldown", *IN_REGION),
        ),
        promise={"properties.desired": "$desired", "properties.running": "$desired"},
        takes=(Parameter("desired", pattern=COUNT, meaning="how many instances, between the group's least and most"),),
        inverse=to_the_old("autoscaling:SetDesiredCapacity", "desired"),
        repeatable=True,
        settles_s=1800,
    ),
    Operation(
        name=TAG,
        cloud="aws",
        native_types=GROUP,
        kind=OperationClass.TAG,
        title="Tag",
        command=(
            *("aws", "autoscaling", "create-or-update-tags", "--tags"),
            *(f"{_OF_GROUP},Key={{$key}},Value={{$value}},PropagateAtLaunch={{$propagate}}", *IN_REGION),
        ),
        promise={"tags.$key": "$value"},
        takes=(TAG_KEY, TAG_VALUE, Parameter("propagate", "boolean", meaning="true hands the tag on to instances that are started")),
        inverse=_tag_as_before,
        repeatable=True,
    ),
    Operation(
        name=UNTAG,
        cloud="aws",
        native_types=GROUP,
        kind=OperationClass.TAG,
        title="Untag",
        command=("aws", "autoscaling", "delete-tags", "--tags", f"{_OF_GROUP},Key={{$key}}", *IN_REGION),
        promise={"tags.$key": ""},
        takes=(TAG_KEY,),
        inverse=_tag_as_before,
        repeatable=True,
    ),
    Operation(
        name="ecs:UpdateService",
        cloud="aws",
        native_types=SERVICE,
        kind=OperationClass.CONFIGURE,
        title="Scale",
        command=("aws", "ecs", "update-service", *_OF_SERVICE, "--desired-count", "{$desired}", *IN_REGION),
        promise={"properties.desired": "$desired", "properties.running": "$desired"},
        takes=(Parameter("desired", pattern=COUNT, meaning="how many tasks the service keeps running"),),
        states=frozenset({"active"}),
        inverse=to_the_old("ecs:UpdateService", "desired"),
        repeatable=True,
        settles_s=1800,
    ),
    Operation(
        name="ecs:UpdateService:redeploy",
        cloud="aws",
        native_types=SERVICE,
        kind=OperationClass.POWER,
        title="Restart",
        command=("aws", "ecs", "update-service", *_OF_SERVICE, "--force-new-deployment", *IN_REGION),
        promise={"state": "active", "properties.rollout": "completed"},
        states=frozenset({"active"}),
        no_way_back="New tasks take the place of those that ran, and that cannot be taken back.",
        settles_s=1800,
    ),
    *tagging(
        "ecs",
        SERVICE,
        ("TagResource", "UntagResource"),
        (
            ("aws", "ecs", "tag-resource", "--resource-arn", "{id}", "--tags", "key={$key},value={$value}"),
            ("aws", "ecs", "untag-resource", "--resource-arn", "{id}", "--tag-keys", "{$key}"),
        ),
    ),
    Operation(
        name="eks:UpdateNodegroupConfig",
        cloud="aws",
        native_types=NODES,
        kind=OperationClass.CONFIGURE,
        title="Scale",
        command=(
            *("aws", "eks", "update-nodegroup-config", "--cluster-name", "{properties.cluster}", "--nodegroup-name", "{name}"),
            *("--scaling-config", "desiredSize={$desired}", *IN_REGION),
        ),
        promise={"properties.desired": "$desired", "state": "active"},
        takes=(Parameter("desired", pattern=COUNT, meaning="how many nodes, between the group's least and most"),),
        states=frozenset({"active"}),
        inverse=to_the_old("eks:UpdateNodegroupConfig", "desired"),
        repeatable=True,
        settles_s=1800,
    ),
)
