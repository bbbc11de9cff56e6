"""Changes to persistent disks (zonal and regional), their snapshots, and reserved addresses, as a table. Pure."""

from __future__ import annotations

from engine.clouds.gcp.tables.ways import IN_PROJECT, WHERE, always, labels
from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

DISK = frozenset({"compute.googleapis.com/Disk"})
SNAPSHOT = frozenset({"compute.googleapis.com/Snapshot"})
ADDRESS = frozenset({"compute.googleapis.com/Address"})

LABEL_DISK = "compute.disks.setLabels"
UNLABEL_DISK = "compute.disks.setLabels:unlabel"
LABEL_SNAPSHOT = "compute.snapshots.setLabels"
UNLABEL_SNAPSHOT = "compute.snapshots.setLabels:unlabel"
SNAP = "compute.disks.createSnapshot"
DELETE_SNAPSHOT = "compute.snapshots.delete"
DELETE_DISK = "compute.disks.delete"
GROW = "compute.disks.resize"
DETACH = "compute.instances.detachDisk"
ATTACH = "compute.instances.attachDisk"
LABEL_ADDRESS = "compute.addresses.setLabels"
UNLABEL_ADDRESS = "compute.addresses.setLabels:unlabel"
DELETE_ADDRESS = "compute.addresses.delete"

SNAPSHOT_NAME = Parameter(
    "snapshot_name",
    required=False,
    pattern=r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?",
    meaning="lower case, digits, dashes; made up when left out",
    fresh=True,
)
SIZE_GB = Parameter("size_gb", pattern=r"[1-9][0-9]{0,4}", meaning="the new size in GiB, larger than now, at most 65536")
MACHINE = Parameter("machine", pattern=r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", meaning="the instance's name")
MACHINE_ZONE = Parameter("machine_zone", pattern=r"[a-z]+-[a-z]+[0-9]+-[a-z]", meaning="the instance's zone")


def _attached_again(resource: Resource, _arguments: Arguments) -> Inverse | None:
    facts = resource.properties
    return Inverse(ATTACH, {"machine": str(facts["machine"]), "machine_zone": str(facts["machine_zone"])})


DISKS: tuple[Operation, ...] = (
    *labels(LABEL_DISK, DISK, ("gcloud", "compute", "disks", "update", "{name}", *WHERE)),
    *labels(LABEL_SNAPSHOT, SNAPSHOT, ("gcloud", "compute", "snapshots", "update", "{name}", *IN_PROJECT)),
    Operation(
        name=SNAP,
        cloud="gcp",
        native_types=DISK,
        kind=OperationClass.CREATE,
        title="Snapshot",
        command=("gcloud", "compute", "disks", "snapshot", "{name}", "--snapshot-names", "{$snapshot_name|name}", *WHERE),
        promise={"produced": "completed"},
        takes=(SNAPSHOT_NAME,),
        states=frozenset({"available", "in-use"}),
        inverse=always(DELETE_SNAPSHOT),
        permissions=("compute.snapshots.create", "compute.snapshots.get", "compute.snapshots.setLabels"),
        settles_s=3600,
    ),
    Operation(
        name=DELETE_SNAPSHOT,
        cloud="gcp",
        native_types=SNAPSHOT,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("gcloud", "compute", "snapshots", "delete", "{name}", "--quiet", *IN_PROJECT),
        promise={"gone": True},
        no_way_back="A deleted snapshot cannot be brought back.",
        repeatable=True,
    ),
    Operation(
        name=DELETE_DISK,
        cloud="gcp",
        native_types=DISK,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("gcloud", "compute", "disks", "delete", "{name}", "--quiet", *WHERE),
        promise={"gone": True},
        states=frozenset({"available"}),
        no_way_back="A deleted disk cannot be brought back; only a snapshot taken before could.",
        repeatable=True,
    ),
    Operation(
        name=GROW,
        cloud="gcp",
        native_types=DISK,
        kind=OperationClass.CONFIGURE,
        title="Grow",
        command=("gcloud", "compute", "disks", "resize", "{name}", "--size", "{$size_gb}GB", "--quiet", *WHERE),
        promise={"properties.size_gb": "$size_gb"},
        takes=(SIZE_GB,),
        states=frozenset({"available", "in-use"}),
        no_way_back="Google makes no disk smaller.",
        repeatable=True,
    ),
    Operation(
        name=DETACH,
        cloud="gcp",
        native_types=DISK,
        kind=OperationClass.CONFIGURE,
        title="Detach",
        command=(
            *("gcloud", "compute", "instances", "detach-disk", "{properties.machine}", "--disk", "{name}"),
            *("--zone", "{properties.machine_zone}", "--project", "{account}"),
        ),
        promise={"properties.attached": False, "state": "available"},
        states=frozenset({"in-use"}),
        inverse=_attached_again,
        permissions=("compute.instances.get",),
        repeatable=True,
        settles_s=120,
    ),
    Operation(
        name=ATTACH,
        cloud="gcp",
        native_types=DISK,
        kind=OperationClass.CONFIGURE,
        title="Attach",
        command=(
            *("gcloud", "compute", "instances", "attach-disk", "{$machine}", "--disk", "{name}", "--device-name", "{name}"),
            *("--zone", "{$machine_zone}", "--project", "{account}"),
        ),
        promise={"properties.machine": "$machine", "state": "in-use"},
        takes=(MACHINE, MACHINE_ZONE),
        states=frozenset({"available"}),
        inverse=always(DETACH),
        permissions=("compute.disks.use",),
        repeatable=True,
        settles_s=120,
    ),
)
ADDRESSES: tuple[Operation, ...] = (
    *labels(LABEL_ADDRESS, ADDRESS, ("gcloud", "beta", "compute", "addresses", "update", "{name}", *WHERE)),
    Operation(
        name=DELETE_ADDRESS,
        cloud="gcp",
        native_types=ADDRESS,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("gcloud", "compute", "addresses", "delete", "{name}", "--quiet", *WHERE),
        promise={"gone": True},
        states=frozenset({"available"}),
        no_way_back="A released address goes back to Google, which gives it to somebody else.",
        repeatable=True,
    ),
)
TABLE: tuple[Operation, ...] = (*DISKS, *ADDRESSES)
