"""Changes to managed disks and their snapshots, as a table. Pure."""

from __future__ import annotations

from engine.clouds.azure.tables.ways import AT, always
from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

DISK = frozenset({"Microsoft.Compute/disks"})
SNAPSHOT = frozenset({"Microsoft.Compute/snapshots"})

SNAP = "Microsoft.Compute/snapshots/write"
DELETE_SNAPSHOT = "Microsoft.Compute/snapshots/delete"
DELETE_DISK = "Microsoft.Compute/disks/delete"
GROW = "Microsoft.Compute/disks/write"
DETACH = "Microsoft.Compute/virtualMachines/attachDetachDataDisks/action"
ATTACH = "Microsoft.Compute/virtualMachines/attachDetachDataDisks/action:attach"

SNAPSHOT_NAME = Parameter(
    "snapshot_name", pattern=r"[A-Za-z0-9][\w.-]{0,78}\w", meaning="2 to 80 letters, digits, dots, dashes, underscores", fresh=True
)
SIZE_GB = Parameter("size_gb", pattern=r"[1-9][0-9]{0,4}", meaning="the new size in GiB, larger than now, at most 65536")
GROUP = Parameter("machine_group", pattern=r"[\w.()-]{1,90}", meaning="the VM's resource group")
MACHINE = Parameter("machine", pattern=r"[\w.-]{1,80}", meaning="the VM's name")


def _attached_again(resource: Resource, _arguments: Arguments) -> Inverse | None:
    facts = resource.properties
    return Inverse(ATTACH, {"machine_group": str(facts["machine_group"]), "machine": str(facts["machine"])})


TABLE: tuple[Operation, ...] = (
    Operation(
        name=SNAP,
        cloud="azure",
        native_types=DISK,
        kind=OperationClass.CREATE,
        title="Snapshot",
        command=(
            *("az", "snapshot", "create", "--resource-group", "{properties.resource_group}", "--name", "{$snapshot_name|name}"),
            *("--source", "{id}", "--subscription", "{account}"),
        ),
        promise={"produced": "completed"},
        takes=(SNAPSHOT_NAME,),
        inverse=always(DELETE_SNAPSHOT),
        permissions=("Microsoft.Compute/disks/beginGetAccess/action", "Microsoft.Compute/snapshots/read"),
        settles_s=3600,
    ),
    Operation(
        name=DELETE_SNAPSHOT,
        cloud="azure",
        native_types=SNAPSHOT,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("az", "snapshot", "delete", *AT),
        promise={"gone": True},
        no_way_back="A deleted snapshot cannot be brought back.",
        repeatable=True,
    ),
    Operation(
        name=DELETE_DISK,
        cloud="azure",
        native_types=DISK,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("az", "disk", "delete", "--yes", *AT),
        promise={"gone": True},
        states=frozenset({"available", "unattached"}),
        no_way_back="A deleted disk cannot be brought back; only a snapshot taken before could.",
        repeatable=True,
    ),
    Operation(
        name=GROW,
        cloud="azure",
        native_types=DISK,
        kind=OperationClass.CONFIGURE,
        title="Grow",
        command=("az", "disk", "update", *AT, "--size-gb", "{$size_gb}"),
        promise={"properties.size_gb": "$size_gb"},
        takes=(SIZE_GB,),
        no_way_back="Azure makes no disk smaller.",
        repeatable=True,
    ),
    Operation(
        name=DETACH,
        cloud="azure",
        native_types=DISK,
        kind=OperationClass.CONFIGURE,
        title="Detach",
        command=(
            *("az", "vm", "disk", "detach", "--resource-group", "{properties.machine_group}", "--vm-name", "{properties.machine}"),
            *("--disk-ids", "{id}", "--subscription", "{account}"),
        ),
        promise={"properties.attached": False, "state": "available"},
        states=frozenset({"in-use"}),
        inverse=_attached_again,
        permissions=("Microsoft.Compute/virtualMachines/read", "Microsoft.Compute/virtualMachines/write"),
        repeatable=True,
    ),
    Operation(
        name=ATTACH,
        cloud="azure",
        native_types=DISK,
        kind=OperationClass.CONFIGURE,
        title="Attach",
        command=(
            *("az", "vm", "disk", "attach", "--resource-group", "{$machine_group}", "--vm-name", "{$machine}"),
            *("--disks", "{id}", "--subscription", "{account}"),
        ),
        promise={"properties.machine": "$machine", "state": "in-use"},
        takes=(GROUP, MACHINE),
        states=frozenset({"available"}),
        inverse=always(DETACH),
        permissions=("Microsoft.Compute/virtualMachines/write", "Microsoft.Compute/disks/write"),
        repeatable=True,
    ),
)
