"""Changes to Compute Engine instances and managed instance groups, as a table. Pure."""

from __future__ import annotations

from engine.clouds.gcp.tables.ways import IN_ZONE, WHERE, always, as_before, labels
from engine.clouds.operation import Operation, OperationClass, Parameter

INSTANCE = frozenset({"compute.googleapis.com/Instance"})
GROUP = frozenset({"compute.googleapis.com/InstanceGroupManager"})

START = "compute.instances.start"
STOP = "compute.instances.stop"
RESET = "compute.instances.reset"
DELETE = "compute.instances.delete"
RESIZE = "compute.instances.setMachineType"
LABEL_INSTANCE = "compute.instances.setLabels"
UNLABEL_INSTANCE = "compute.instances.setLabels:unlabel"
PROTECT = "compute.instances.setDeletionProtection"
UNPROTECT = "compute.instances.setDeletionProtection:off"
SCALE = "compute.instanceGroupManagers.update"

MACHINE_TYPE = Parameter("machine_type", pattern=r"[a-z][a-z0-9]*(-[a-z0-9]+){1,4}", meaning="a machine type, like e2-medium")
SIZE = Parameter("size", pattern=r"0|[1-9][0-9]{0,3}", meaning="how many machines")
_UPDATE = ("gcloud", "compute", "instances", "update", "{name}")

TABLE: tuple[Operation, ...] = (
    Operation(
        name=START,
        cloud="gcp",
        native_types=INSTANCE,
        kind=OperationClass.POWER,
        title="Start",
        command=("gcloud", "compute", "instances", "start", "{name}", *IN_ZONE),
        promise={"state": "running"},
        states=frozenset({"stopped"}),
        inverse=always(STOP),
        repeatable=True,
    ),
    Operation(
        name=STOP,
        cloud="gcp",
        native_types=INSTANCE,
        kind=OperationClass.POWER,
        title="Stop",
        command=("gcloud", "compute", "instances", "stop", "{name}", *IN_ZONE),
        promise={"state": "stopped"},
        states=frozenset({"running"}),
        inverse=always(START),
        repeatable=True,
    ),
    Operation(
        name=RESET,
        cloud="gcp",
        native_types=INSTANCE,
        kind=OperationClass.POWER,
        title="Reset",
        command=("gcloud", "compute", "instances", "reset", "{name}", *IN_ZONE),
        promise={"state": "running"},
        states=frozenset({"running"}),
        no_way_back="A reset is over when it is done; what was in memory is lost.",
    ),
    Operation(
        name=DELETE,
        cloud="gcp",
        native_types=INSTANCE,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("gcloud", "compute", "instances", "delete", "{name}", "--quiet", *IN_ZONE),
        promise={"gone": True},
        no_way_back="A deleted instance cannot be brought back, nor a boot disk that was set to go with it.",
        repeatable=True,
        settles_s=900,
    ),
    Operation(
        name=RESIZE,
        cloud="gcp",
        native_types=INSTANCE,
        kind=OperationClass.CONFIGURE,
        title="Resize",
        command=("gcloud", "compute", "instances", "set-machine-type", "{name}", "--machine-type", "{$machine_type}", *IN_ZONE),
        promise={"properties.machine_type": "$machine_type"},
        takes=(MACHINE_TYPE,),
        states=frozenset({"stopped"}),
        inverse=as_before(RESIZE, "machine_type", "machine_type"),
        repeatable=True,
    ),
    *labels(LABEL_INSTANCE, INSTANCE, (*_UPDATE, *IN_ZONE)),
    Operation(
        name=PROTECT,
        cloud="gcp",
        native_types=INSTANCE,
        kind=OperationClass.GUARD,
        title="Protect",
        command=(*_UPDATE, "--deletion-protection", *IN_ZONE),
        promise={"properties.deletion_protection": True},
        inverse=always(UNPROTECT),
        repeatable=True,
        settles_s=60,
    ),
    Operation(
        name=UNPROTECT,
        cloud="gcp",
        native_types=INSTANCE,
        kind=OperationClass.EXPOSE,
        title="Unprotect",
        command=(*_UPDATE, "--no-deletion-protection", *IN_ZONE),
        promise={"properties.deletion_protection": False},
        inverse=always(PROTECT),
        permissions=(PROTECT,),
        repeatable=True,
        settles_s=60,
    ),
    Operation(
        name=SCALE,
        cloud="gcp",
        native_types=GROUP,
        kind=OperationClass.CONFIGURE,
        title="Scale",
        command=("gcloud", "compute", "instance-groups", "managed", "resize", "{name}", "--size", "{$size}", *WHERE),
        promise={"properties.target_size": "$size"},
        takes=(SIZE,),
        inverse=as_before(SCALE, "size", "target_size"),
        permissions=("compute.instanceGroupManagers.get",),
        repeatable=True,
        settles_s=900,
    ),
)
