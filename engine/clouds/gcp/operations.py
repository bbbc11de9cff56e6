"""Every change Escher can make in Google Cloud, by the permission's name. Pure: no SDK, no network.

What each becomes on the wire stands in `calls.py`; a test holds the two together. Google has one permission, `cloudsql.instances.update`, for
stopping and for starting, and one, `storage.buckets.update`, for closing and for opening. Opposites must not hide behind one name, so the
second of each has its own, told apart by `:start` and `:inherited`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

INSTANCE = frozenset({"compute.googleapis.com/Instance"})
DISK = frozenset({"compute.googleapis.com/Disk"})
SNAPSHOT = frozenset({"compute.googleapis.com/Snapshot"})
BUCKET = frozenset({"storage.googleapis.com/Bucket"})
SQL = frozenset({"sqladmin.googleapis.com/Instance"})

START = "compute.instances.start"
STOP = "compute.instances.stop"
RESET = "compute.instances.reset"
DELETE = "compute.instances.delete"
RESIZE = "compute.instances.setMachineType"
LABEL_INSTANCE = "compute.instances.setLabels"
LABEL_DISK = "compute.disks.setLabels"
LABEL_SNAPSHOT = "compute.snapshots.setLabels"
SNAP = "compute.disks.createSnapshot"
DELETE_SNAPSHOT = "compute.snapshots.delete"
DELETE_DISK = "compute.disks.delete"
CLOSE = "storage.buckets.update"
OPEN = "storage.buckets.update:inherited"
SQL_STOP = "cloudsql.instances.update"
SQL_START = "cloudsql.instances.update:start"
SQL_RESTART = "cloudsql.instances.restart"

IN_ZONE = ("--zone", "{properties.zone}", "--project", "{account}")
IN_PROJECT = ("--project", "{account}")
KEY = Parameter("key", pattern=r"[a-z][a-z0-9_-]{0,62}", meaning="a label's key: lower case, digits, dashes, underscores")
VALUE = Parameter("value", pattern=r"[a-z0-9_-]{0,63}", meaning="a label's value, in lower case; an empty one takes the label off")
MACHINE_TYPE = Parameter("machine_type", pattern=r"[a-z][a-z0-9]*(-[a-z0-9]+){1,4}", meaning="a machine type, like e2-medium")
SNAPSHOT_NAME = Parameter(
    "snapshot_name",
    required=False,
    pattern=r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?",
    meaning="lower case, digits, dashes; made up when left out",
    fresh=True,
)

Way = Callable[[Resource, Arguments], Inverse | None]


def _always(operation: str, **arguments: str) -> Way:
    return lambda _resource, _arguments: Inverse(operation, arguments)


def _size_as_before(resource: Resource, _arguments: Arguments) -> Inverse | None:
    before = resource.properties.get("machine_type")
    return Inverse(RESIZE, {"machine_type": str(before)}) if before else None


def _label_as_before(operation: str) -> Way:
    return lambda resource, arguments: Inverse(operation, {"key": arguments["key"], "value": resource.tags.get(str(arguments["key"]), "")})


def _access_as_before(resource: Resource, _arguments: Arguments) -> Inverse | None:
    """As it was: opening is the other operation, so that its risk shows."""
    before = resource.properties.get("public_access_prevention")
    return Inverse(CLOSE, {"public_access_prevention": "enforced"}) if before == "enforced" else Inverse(OPEN)


def _labels(operation: str, native: frozenset[str], command: tuple[str, ...]) -> Operation:
    return Operation(
        name=operation,
        cloud="gcp",
        native_types=native,
        kind=OperationClass.TAG,
        title="Label",
        command=(*command, "--update-labels", "{$key}={$value}"),
        promise={"tags.$key": "$value"},
        takes=(KEY, VALUE),
        inverse=_label_as_before(operation),
        permissions=(operation.replace("setLabels", "get"),),
        repeatable=True,
        settles_s=60,
    )


MACHINES: tuple[Operation, ...] = (
    Operation(
        name=START,
        cloud="gcp",
        native_types=INSTANCE,
        kind=OperationClass.POWER,
        title="Start",
        command=("gcloud", "compute", "instances", "start", "{name}", *IN_ZONE),
        promise={"state": "running"},
        states=frozenset({"stopped"}),
        inverse=_always(STOP),
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
        inverse=_always(START),
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
        inverse=_size_as_before,
        repeatable=True,
    ),
    _labels(LABEL_INSTANCE, INSTANCE, ("gcloud", "compute", "instances", "update", "{name}", *IN_ZONE)),
)
DISKS: tuple[Operation, ...] = (
    _labels(LABEL_DISK, DISK, ("gcloud", "compute", "disks", "update", "{name}", *IN_ZONE)),
    _labels(LABEL_SNAPSHOT, SNAPSHOT, ("gcloud", "compute", "snapshots", "update", "{name}", *IN_PROJECT)),
    Operation(
        name=SNAP,
        cloud="gcp",
        native_types=DISK,
        kind=OperationClass.CREATE,
        title="Snapshot",
        command=("gcloud", "compute", "disks", "snapshot", "{name}", "--snapshot-names", "{$snapshot_name|name}", *IN_ZONE),
        promise={"produced": "completed"},
        takes=(SNAPSHOT_NAME,),
        states=frozenset({"available", "in-use"}),
        inverse=_always(DELETE_SNAPSHOT),
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
        command=("gcloud", "compute", "disks", "delete", "{name}", "--quiet", *IN_ZONE),
        promise={"gone": True},
        states=frozenset({"available"}),
        no_way_back="A deleted disk cannot be brought back; only a snapshot taken before could.",
        repeatable=True,
    ),
)
SERVICES: tuple[Operation, ...] = (
    Operation(
        name=CLOSE,
        cloud="gcp",
        native_types=BUCKET,
        kind=OperationClass.PROTECT,
        title="Block public access",
        command=("gcloud", "storage", "buckets", "update", "gs://{name}", "--public-access-prevention"),
        promise={"properties.public_access_prevention": "$public_access_prevention"},
        takes=(Parameter("public_access_prevention", pattern="enforced", meaning=f"enforced; lifting it is {OPEN}"),),
        inverse=_access_as_before,
        permissions=("storage.buckets.get",),
        repeatable=True,
    ),
    Operation(
        name=OPEN,
        cloud="gcp",
        native_types=BUCKET,
        kind=OperationClass.EXPOSE,
        title="Allow public access",
        command=("gcloud", "storage", "buckets", "update", "gs://{name}", "--no-public-access-prevention"),
        promise={"properties.public_access_prevention": "inherited"},
        inverse=_access_as_before,
        permissions=(CLOSE, "storage.buckets.get"),
        repeatable=True,
    ),
    Operation(
        name=SQL_STOP,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.POWER,
        title="Stop",
        command=("gcloud", "sql", "instances", "patch", "{name}", "--activation-policy", "NEVER", *IN_PROJECT),
        promise={"state": "stopped"},
        states=frozenset({"running"}),
        inverse=_always(SQL_START),
        repeatable=True,
        settles_s=900,
    ),
    Operation(
        name=SQL_START,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.POWER,
        title="Start",
        command=("gcloud", "sql", "instances", "patch", "{name}", "--activation-policy", "ALWAYS", *IN_PROJECT),
        promise={"state": "running"},
        states=frozenset({"stopped"}),
        inverse=_always(SQL_STOP),
        permissions=(SQL_STOP,),
        repeatable=True,
        settles_s=900,
    ),
    Operation(
        name=SQL_RESTART,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.POWER,
        title="Restart",
        command=("gcloud", "sql", "instances", "restart", "{name}", "--quiet", *IN_PROJECT),
        promise={"state": "running"},
        states=frozenset({"running"}),
        no_way_back="A restart is over when it is done; there is nothing to take back.",
    ),
)
TABLE: tuple[Operation, ...] = (*MACHINES, *DISKS, *SERVICES)
OPERATIONS: Mapping[str, Operation] = {operation.name: operation for operation in TABLE}
