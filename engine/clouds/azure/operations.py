"""Every change Escher can make in Azure, by the name Azure gives it. Pure: no SDK, no network.

What each becomes on the wire stands in `calls.py`; a test holds the two together. Azure has one permission, `storageAccounts/write`, for
closing a storage account and for opening it. The two are far apart in risk, so opening has a name of its own, told apart by `:public`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

VM = frozenset({"Microsoft.Compute/virtualMachines"})
DISK = frozenset({"Microsoft.Compute/disks"})
SNAPSHOT = frozenset({"Microsoft.Compute/snapshots"})
STORAGE = frozenset({"Microsoft.Storage/storageAccounts"})
TAGGED = VM | DISK | SNAPSHOT | STORAGE | frozenset({"Microsoft.Sql/servers/databases"})

START = "Microsoft.Compute/virtualMachines/start/action"
DEALLOCATE = "Microsoft.Compute/virtualMachines/deallocate/action"
RESTART = "Microsoft.Compute/virtualMachines/restart/action"
RESIZE = "Microsoft.Compute/virtualMachines/write"
DELETE_VM = "Microsoft.Compute/virtualMachines/delete"
TAG = "Microsoft.Resources/tags/write"
UNTAG = "Microsoft.Resources/tags/delete"
SNAP = "Microsoft.Compute/snapshots/write"
DELETE_SNAPSHOT = "Microsoft.Compute/snapshots/delete"
DELETE_DISK = "Microsoft.Compute/disks/delete"
CLOSE = "Microsoft.Storage/storageAccounts/write"
OPEN = "Microsoft.Storage/storageAccounts/write:public"

AT = ("--resource-group", "{properties.resource_group}", "--name", "{name}", "--subscription", "{account}")
# Azure forbids <>%&\?/ in a tag's key; 512 and 256 are its lengths.
KEY = Parameter("key", pattern=r"[^<>%&\\?/\x00-\x1f]{1,512}", meaning="the tag's key; Azure does not mind its case")
VALUE = Parameter("value", pattern=r"[^\x00-\x1f]{0,256}", meaning="the tag's value")
SIZE = Parameter("vm_size", pattern=r"(Standard|Basic)_[A-Za-z0-9_-]{1,60}", meaning="a VM size, like Standard_B2ms")
SNAPSHOT_NAME = Parameter(
    "snapshot_name", pattern=r"[A-Za-z0-9][\w.-]{0,78}\w", meaning="2 to 80 letters, digits, dots, dashes, underscores", fresh=True
)

Way = Callable[[Resource, Arguments], Inverse | None]


def _always(operation: str) -> Way:
    return lambda _resource, _arguments: Inverse(operation)


def _stopped_again(resource: Resource, _arguments: Arguments) -> Inverse | None:
    """A VM that was deallocated goes back there; one that was merely stopped went on costing, and deallocating saves that."""
    return Inverse(DEALLOCATE) if resource.state in ("deallocated", "stopped") else None


def _started_again(resource: Resource, _arguments: Arguments) -> Inverse | None:
    return Inverse(START) if resource.state == "running" else None


def _size_as_before(resource: Resource, _arguments: Arguments) -> Inverse | None:
    before = resource.properties.get("vm_size")
    return Inverse(RESIZE, {"vm_size": str(before)}) if before else None


def _tag_as_before(resource: Resource, arguments: Arguments) -> Inverse | None:
    key = str(arguments["key"])
    known = next((name for name in resource.tags if name.lower() == key.lower()), None)
    return Inverse(TAG, {"key": known, "value": resource.tags[known]}) if known is not None else Inverse(UNTAG, {"key": key})


def _tag_back(resource: Resource, arguments: Arguments) -> Inverse | None:
    key = str(arguments["key"])
    return Inverse(TAG, {"key": key, "value": resource.tags[key]}) if key in resource.tags else None


def _access_as_before(resource: Resource, _arguments: Arguments) -> Inverse | None:
    """As it was: opening is the other operation, so that its risk shows."""
    before = resource.properties.get("allow_blob_public_access")
    if before is None:
        return None
    return Inverse(OPEN) if before else Inverse(CLOSE, {"allow_blob_public_access": False})


TABLE: tuple[Operation, ...] = (
    Operation(
        name=START,
        cloud="azure",
        native_types=VM,
        kind=OperationClass.POWER,
        title="Start",
        command=("az", "vm", "start", *AT),
        promise={"state": "running"},
        states=frozenset({"deallocated", "stopped"}),
        inverse=_stopped_again,
        repeatable=True,
    ),
    Operation(
        name=DEALLOCATE,
        cloud="azure",
        native_types=VM,
        kind=OperationClass.POWER,
        title="Stop",
        command=("az", "vm", "deallocate", *AT),
        promise={"state": "deallocated"},
        states=frozenset({"running", "stopped"}),
        inverse=_started_again,
        no_way_back="It was stopped already and only goes on to be deallocated; nothing ran that could be started again.",
        repeatable=True,
    ),
    Operation(
        name=RESTART,
        cloud="azure",
        native_types=VM,
        kind=OperationClass.POWER,
        title="Restart",
        command=("az", "vm", "restart", *AT),
        promise={"state": "running"},
        states=frozenset({"running"}),
        no_way_back="A restart is over when it is done; there is nothing to take back.",
    ),
    Operation(
        name=RESIZE,
        cloud="azure",
        native_types=VM,
        kind=OperationClass.CONFIGURE,
        title="Resize",
        command=("az", "vm", "resize", "--size", "{$vm_size}", *AT),
        promise={"properties.vm_size": "$vm_size"},
        takes=(SIZE,),
        # A running machine is restarted by Azure to take its new size.
        states=frozenset({"running", "deallocated"}),
        inverse=_size_as_before,
        repeatable=True,
        settles_s=600,
    ),
    Operation(
        name=DELETE_VM,
        cloud="azure",
        native_types=VM,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("az", "vm", "delete", "--yes", *AT),
        promise={"gone": True},
        no_way_back="A deleted VM cannot be brought back; its disks stay unless they were set to go with it.",
        repeatable=True,
        settles_s=900,
    ),
    Operation(
        name=TAG,
        cloud="azure",
        native_types=TAGGED,
        kind=OperationClass.TAG,
        title="Tag",
        command=("az", "tag", "update", "--resource-id", "{id}", "--operation", "Merge", "--tags", "{$key}={$value}"),
        promise={"tags.$key": "$value"},
        takes=(KEY, VALUE),
        inverse=_tag_as_before,
        repeatable=True,
        settles_s=60,
    ),
    Operation(
        name=UNTAG,
        cloud="azure",
        native_types=TAGGED,
        kind=OperationClass.TAG,
        title="Untag",
        command=("az", "tag", "update", "--resource-id", "{id}", "--operation", "Delete", "--tags", "{$key}="),
        promise={"tags.$key": ""},
        takes=(KEY,),
        inverse=_tag_back,
        no_way_back="There was no such tag.",
        permissions=(TAG,),
        repeatable=True,
        settles_s=60,
    ),
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
        inverse=_always(DELETE_SNAPSHOT),
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
        name=CLOSE,
        cloud="azure",
        native_types=STORAGE,
        kind=OperationClass.PROTECT,
        title="Block public access",
        command=("az", "storage", "account", "update", *AT, "--allow-blob-public-access", "{$allow_blob_public_access}"),
        promise={"properties.allow_blob_public_access": "$allow_blob_public_access"},
        takes=(Parameter("allow_blob_public_access", "boolean", meaning=f"false; opening is {OPEN}"),),
        inverse=_access_as_before,
        repeatable=True,
    ),
    Operation(
        name=OPEN,
        cloud="azure",
        native_types=STORAGE,
        kind=OperationClass.EXPOSE,
        title="Allow public access",
        command=("az", "storage", "account", "update", *AT, "--allow-blob-public-access", "true"),
        promise={"properties.allow_blob_public_access": True},
        inverse=_access_as_before,
        permissions=(CLOSE,),
        repeatable=True,
    ),
)
OPERATIONS: Mapping[str, Operation] = {operation.name: operation for operation in TABLE}
