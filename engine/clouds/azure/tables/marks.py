"""What can be set on resources of many kinds, tags and locks against deletion, as a table. Pure."""

from __future__ import annotations

from engine.clouds.azure.tables.databases import POSTGRES, SQL
from engine.clouds.azure.tables.disks import DISK, SNAPSHOT
from engine.clouds.azure.tables.machines import SCALE_SET, VM
from engine.clouds.azure.tables.services import ADDRESS, CLUSTER, WEB_APP
from engine.clouds.azure.tables.storage import STORAGE
from engine.clouds.azure.tables.ways import KEY, VALUE, always
from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

TAGGED = VM | SCALE_SET | DISK | SNAPSHOT | STORAGE | SQL | POSTGRES | WEB_APP | CLUSTER | ADDRESS
LOCKED = VM | DISK | STORAGE | SQL | POSTGRES

TAG = "Microsoft.Resources/tags/write"
UNTAG = "Microsoft.Resources/tags/delete"
LOCK = "Microsoft.Authorization/locks/write"
UNLOCK = "Microsoft.Authorization/locks/delete"
READ_LOCKS = "Microsoft.Authorization/locks/read"

LOCK_NAME = Parameter("lock_name", pattern=r"[A-Za-z0-9_.()-]{1,89}", meaning="what the lock is called")


def _tag_as_before(resource: Resource, arguments: Arguments) -> Inverse | None:
    key = str(arguments["key"])
    known = next((name for name in resource.tags if name.lower() == key.lower()), None)
    return Inverse(TAG, {"key": known, "value": resource.tags[known]}) if known is not None else Inverse(UNTAG, {"key": key})


def _tag_back(resource: Resource, arguments: Arguments) -> Inverse | None:
    key = str(arguments["key"])
    known = next((name for name in resource.tags if name.lower() == key.lower()), None)
    return Inverse(TAG, {"key": known, "value": resource.tags[known]}) if known is not None else None


def _lock_back(resource: Resource, _arguments: Arguments) -> Inverse | None:
    name = resource.properties.get("lock")
    return Inverse(LOCK, {"lock_name": str(name)}) if name else None


TABLE: tuple[Operation, ...] = (
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
        name=LOCK,
        cloud="azure",
        native_types=LOCKED,
        kind=OperationClass.GUARD,
        title="Protect",
        command=("az", "lock", "create", "--name", "{$lock_name}", "--lock-type", "CanNotDelete", "--resource", "{id}"),
        promise={"properties.deletion_protection": True},
        takes=(LOCK_NAME,),
        inverse=always(UNLOCK),
        permissions=(READ_LOCKS,),
        repeatable=True,
        settles_s=120,
    ),
    Operation(
        name=UNLOCK,
        cloud="azure",
        native_types=LOCKED,
        kind=OperationClass.EXPOSE,
        title="Unprotect",
        command=("az", "lock", "delete", "--name", "{properties.lock}", "--resource", "{id}"),
        promise={"properties.deletion_protection": False},
        inverse=_lock_back,
        no_way_back="Which lock stood there is not known.",
        permissions=(READ_LOCKS,),
        repeatable=True,
        settles_s=120,
    ),
)
