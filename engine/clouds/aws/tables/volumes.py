"""Changes to EBS volumes, their snapshots, and Elastic IP addresses, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import GIBIBYTES, IN_REGION, by
from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

VOLUME = frozenset({"AWS::EC2::Volume"})
SNAPSHOT = frozenset({"AWS::EC2::Snapshot"})
ADDRESS = frozenset({"AWS::EC2::EIP"})


def _attached_again(resource: Resource, _arguments: Arguments) -> Inverse:
    """To the instance and under the device name it had. A volume that hung on several has no device of its own, which is a KeyError."""
    device = resource.properties["device"]
    return Inverse("ec2:AttachVolume", {"instance_id": resource.properties["attached_to"][0], "device": device})


def _associated_again(resource: Resource, _arguments: Arguments) -> Inverse:
    """With the network interface it had. Raises KeyError where none is known."""
    return Inverse("ec2:AssociateAddress", {"network_interface_id": resource.properties["network_interface_id"]})


TABLE: tuple[Operation, ...] = (
    Operation(
        name="ec2:CreateSnapshot",
        cloud="aws",
        native_types=VOLUME,
        kind=OperationClass.CREATE,
        title="Snapshot",
        command=("aws", "ec2", "create-snapshot", "--volume-id", "{properties.volume_id}", *IN_REGION),
        promise={"produced": "completed"},
        states=frozenset({"available", "in-use"}),
        inverse=by("ec2:DeleteSnapshot"),
        permissions=("ec2:CreateTags",),
        settles_s=3600,
    ),
    Operation(
        name="ec2:DeleteSnapshot",
        cloud="aws",
        native_types=SNAPSHOT,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("aws", "ec2", "delete-snapshot", "--snapshot-id", "{properties.snapshot_id}", *IN_REGION),
        promise={"gone": True},
        no_way_back="A deleted snapshot cannot be brought back.",
        repeatable=True,
    ),
    Operation(
        name="ec2:DeleteVolume",
        cloud="aws",
        native_types=VOLUME,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("aws", "ec2", "delete-volume", "--volume-id", "{properties.volume_id}", *IN_REGION),
        promise={"gone": True},
        states=frozenset({"available"}),
        no_way_back="A deleted volume comes back only from a snapshot that was taken before.",
        repeatable=True,
    ),
    Operation(
        name="ec2:ModifyVolume",
        cloud="aws",
        native_types=VOLUME,
        kind=OperationClass.CONFIGURE,
        title="Grow",
        command=("aws", "ec2", "modify-volume", "--volume-id", "{properties.volume_id}", "--size", "{$size_gb}", *IN_REGION),
        promise={"properties.size_gb": "$size_gb"},
        takes=(Parameter("size_gb", pattern=GIBIBYTES, meaning="the new size in GiB, more than the volume has, such as 200"),),
        states=frozenset({"available", "in-use"}),
        no_way_back="A volume can only grow; a smaller one is a new one.",
        repeatable=True,
        settles_s=1800,
    ),
    Operation(
        name="ec2:DetachVolume",
        cloud="aws",
        native_types=VOLUME,
        kind=OperationClass.CONFIGURE,
        title="Detach",
        command=("aws", "ec2", "detach-volume", "--volume-id", "{properties.volume_id}", *IN_REGION),
        promise={"state": "available", "properties.attached": False},
        states=frozenset({"in-use"}),
        inverse=_attached_again,
        repeatable=True,
    ),
    Operation(
        name="ec2:AttachVolume",
        cloud="aws",
        native_types=VOLUME,
        kind=OperationClass.CONFIGURE,
        title="Attach",
        command=(
            *("aws", "ec2", "attach-volume", "--volume-id", "{properties.volume_id}", "--instance-id", "{$instance_id}"),
            *("--device", "{$device}", *IN_REGION),
        ),
        promise={"state": "in-use", "properties.attached": True},
        takes=(
            Parameter("instance_id", pattern=r"i-[0-9a-f]{8,17}", meaning="the instance to attach it to"),
            Parameter("device", pattern=r"/dev/[a-z0-9]{2,10}|xvd[a-z]{1,2}", meaning="the device name, such as /dev/sdf"),
        ),
        states=frozenset({"available"}),
        inverse=by("ec2:DetachVolume"),
    ),
    Operation(
        name="ec2:ReleaseAddress",
        cloud="aws",
        native_types=ADDRESS,
        kind=OperationClass.DELETE,
        title="Release",
        command=("aws", "ec2", "release-address", "--allocation-id", "{properties.allocation_id}", *IN_REGION),
        promise={"gone": True},
        no_way_back="A released address goes back to Amazon, and somebody else may get it.",
        repeatable=True,
    ),
    Operation(
        name="ec2:DisassociateAddress",
        cloud="aws",
        native_types=ADDRESS,
        kind=OperationClass.CONFIGURE,
        title="Detach",
        command=("aws", "ec2", "disassociate-address", "--association-id", "{properties.association_id}", *IN_REGION),
        promise={"properties.attached": False},
        inverse=_associated_again,
    ),
    Operation(
        name="ec2:AssociateAddress",
        cloud="aws",
        native_types=ADDRESS,
        kind=OperationClass.CONFIGURE,
        title="Attach",
        command=(
            *("aws", "ec2", "associate-address", "--allocation-id", "{properties.allocation_id}"),
            *("--network-interface-id", "{$network_interface_id}", "--no-allow-reassociation", *IN_REGION),
        ),
        promise={"properties.attached": True},
        takes=(Parameter("network_interface_id", pattern=r"eni-[0-9a-f]{8,17}", meaning="the network interface to give it to"),),
        inverse=by("ec2:DisassociateAddress"),
    ),
)
