"""Changes to EC2 instances, and to the tags of all that EC2 tags, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, by, switched, tagging, to_the_old
from engine.clouds.operation import Operation, OperationClass, Parameter

INSTANCE = frozenset({"AWS::EC2::Instance"})
PROTECT, UNPROTECT = "ec2:ModifyInstanceAttribute:protect", "ec2:ModifyInstanceAttribute:unprotect"
TAGGED_BY_EC2 = frozenset({"AWS::EC2::Instance", "AWS::EC2::Volume", "AWS::EC2::Snapshot", "AWS::EC2::SecurityGroup", "AWS::EC2::EIP"})
# The one field that tells what is tagged, whichever kind it is. A snapshot knows its volume and an address its instance, so theirs stand first.
OWN_ID = "{properties.allocation_id|properties.snapshot_id|properties.instance_id|properties.volume_id|properties.group_id}"

TABLE: tuple[Operation, ...] = (
    Operation(
        name="ec2:StartInstances",
        cloud="aws",
        native_types=INSTANCE,
        kind=OperationClass.POWER,
        title="Start",
        command=("aws", "ec2", "start-instances", "--instance-ids", "{properties.instance_id}", *IN_REGION),
        promise={"state": "running"},
        states=frozenset({"stopped"}),
        inverse=by("ec2:StopInstances"),
        repeatable=True,
    ),
    Operation(
        name="ec2:StopInstances",
        cloud="aws",
        native_types=INSTANCE,
        kind=OperationClass.POWER,
        title="Stop",
        command=("aws", "ec2", "stop-instances", "--instance-ids", "{properties.instance_id}", *IN_REGION),
        promise={"state": "stopped"},
        states=frozenset({"running"}),
        inverse=by("ec2:StartInstances"),
        repeatable=True,
        settles_s=600,
    ),
    Operation(
        name="ec2:RebootInstances",
        cloud="aws",
        native_types=INSTANCE,
        kind=OperationClass.POWER,
        title="Reboot",
        command=("aws", "ec2", "reboot-instances", "--instance-ids", "{properties.instance_id}", *IN_REGION),
        promise={"state": "running"},
        states=frozenset({"running"}),
        no_way_back="A reboot interrupts what runs, and that cannot be taken back.",
    ),
    Operation(
        name="ec2:TerminateInstances",
        cloud="aws",
        native_types=INSTANCE,
        kind=OperationClass.DELETE,
        title="Terminate",
        command=("aws", "ec2", "terminate-instances", "--instance-ids", "{properties.instance_id}", *IN_REGION),
        promise={"gone": True},
        no_way_back="A terminated instance is gone, with every volume that is deleted on termination.",
        repeatable=True,
        settles_s=600,
    ),
    Operation(
        name="ec2:ModifyInstanceAttribute",
        cloud="aws",
        native_types=INSTANCE,
        kind=OperationClass.CONFIGURE,
        title="Resize",
        command=(
            *("aws", "ec2", "modify-instance-attribute", "--instance-id", "{properties.instance_id}"),
            *("--instance-type", "Value={$instance_type}", *IN_REGION),
        ),
        promise={"properties.instance_type": "$instance_type"},
        takes=(Parameter("instance_type", pattern=r"[a-z0-9-]{2,20}\.[a-z0-9-]{2,20}", meaning="the new size, such as t3.large"),),
        states=frozenset({"stopped"}),
        inverse=to_the_old("ec2:ModifyInstanceAttribute", "instance_type"),
        repeatable=True,
    ),
    Operation(
        name=PROTECT,
        cloud="aws",
        native_types=INSTANCE,
        kind=OperationClass.GUARD,
        title="Protect",
        command=(
            *("aws", "ec2", "modify-instance-attribute", "--instance-id", "{properties.instance_id}"),
            *("--attribute", "disableApiTermination", "--value", "true", *IN_REGION),
        ),
        promise={"properties.termination_protection": True},
        inverse=switched(PROTECT, "termination_protection", UNPROTECT),
        repeatable=True,
    ),
    Operation(
        name=UNPROTECT,
        cloud="aws",
        native_types=INSTANCE,
        kind=OperationClass.EXPOSE,
        title="Unprotect",
        command=(
            *("aws", "ec2", "modify-instance-attribute", "--instance-id", "{properties.instance_id}"),
            *("--attribute", "disableApiTermination", "--value", "false", *IN_REGION),
        ),
        promise={"properties.termination_protection": False},
        inverse=switched(UNPROTECT, "termination_protection", PROTECT, on=False),
        repeatable=True,
    ),
    *tagging(
        "ec2",
        TAGGED_BY_EC2,
        ("CreateTags", "DeleteTags"),
        (
            ("aws", "ec2", "create-tags", "--resources", OWN_ID, "--tags", "Key={$key},Value={$value}"),
            ("aws", "ec2", "delete-tags", "--resources", OWN_ID, "--tags", "Key={$key}"),
        ),
    ),
)
