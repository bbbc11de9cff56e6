"""Changes to storage accounts, as a table. Pure.

Azure has one permission, `storageAccounts/write`, for closing a storage account and for opening it, for asking more of its transport and for
asking less. Opposites are far apart in risk, so each has a name of its own, told apart by what follows the colon.
"""

from __future__ import annotations

from engine.clouds.azure.tables.ways import AT, always
from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

STORAGE = frozenset({"Microsoft.Storage/storageAccounts"})

CLOSE = "Microsoft.Storage/storageAccounts/write"
OPEN = "Microsoft.Storage/storageAccounts/write:public"
TLS = "Microsoft.Storage/storageAccounts/write:tls"
PLAIN = "Microsoft.Storage/storageAccounts/write:plain"
VERSION = "Microsoft.Storage/storageAccounts/blobServices/write"
UNVERSION = "Microsoft.Storage/storageAccounts/blobServices/write:suspend"

_UPDATE = ("az", "storage", "account", "update", *AT)
_BLOBS = (
    *("az", "storage", "account", "blob-service-properties", "update", "--account-name", "{name}"),
    *("--resource-group", "{properties.resource_group}", "--subscription", "{account}", "--enable-versioning"),
)


def _access_as_before(resource: Resource, _arguments: Arguments) -> Inverse | None:
    """As it was: opening is the other operation, so that its risk shows."""
    before = resource.properties.get("allow_blob_public_access")
    if before is None:
        return None
    return Inverse(OPEN) if before else Inverse(CLOSE, {"allow_blob_public_access": False})


def _transport_as_before(resource: Resource, _arguments: Arguments) -> Inverse | None:
    """As it was, where it asked for less than now."""
    https, least = bool(resource.properties["https_only"]), str(resource.properties["min_tls"])
    if https and least in ("TLS1_2", "TLS1_3"):
        return None
    return Inverse(PLAIN, {"https_only": https, "min_tls": least})


TABLE: tuple[Operation, ...] = (
    Operation(
        name=CLOSE,
        cloud="azure",
        native_types=STORAGE,
        kind=OperationClass.PROTECT,
        title="Block public access",
        command=(*_UPDATE, "--allow-blob-public-access", "{$allow_blob_public_access}"),
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
        command=(*_UPDATE, "--allow-blob-public-access", "true"),
        promise={"properties.allow_blob_public_access": True},
        inverse=_access_as_before,
        permissions=(CLOSE,),
        repeatable=True,
    ),
    Operation(
        name=TLS,
        cloud="azure",
        native_types=STORAGE,
        kind=OperationClass.PROTECT,
        title="Enforce TLS",
        command=(*_UPDATE, "--https-only", "true", "--min-tls-version", "TLS1_2"),
        promise={"properties.https_only": True, "properties.min_tls": "TLS1_2|TLS1_3"},
        inverse=_transport_as_before,
        no_way_back="It asked for HTTPS and TLS 1.2 already; there is nothing to take back.",
        permissions=(CLOSE,),
        repeatable=True,
    ),
    Operation(
        name=PLAIN,
        cloud="azure",
        native_types=STORAGE,
        kind=OperationClass.EXPOSE,
        title="Allow older transport",
        command=(*_UPDATE, "--https-only", "{$https_only}", "--min-tls-version", "{$min_tls}"),
        promise={"properties.https_only": "$https_only", "properties.min_tls": "$min_tls"},
        takes=(
            Parameter("https_only", "boolean", meaning="whether plain HTTP stays refused"),
            Parameter("min_tls", pattern=r"TLS1_[0-3]", meaning="the oldest TLS it answers"),
        ),
        inverse=always(TLS),
        permissions=(CLOSE,),
        repeatable=True,
    ),
    Operation(
        name=VERSION,
        cloud="azure",
        native_types=STORAGE,
        kind=OperationClass.GUARD,
        title="Enable versioning",
        command=(*_BLOBS, "true"),
        promise={"properties.versioning": True},
        inverse=always(UNVERSION),
        repeatable=True,
    ),
    Operation(
        name=UNVERSION,
        cloud="azure",
        native_types=STORAGE,
        kind=OperationClass.EXPOSE,
        title="Suspend versioning",
        command=(*_BLOBS, "false"),
        promise={"properties.versioning": False},
        inverse=always(VERSION),
        permissions=(VERSION,),
        repeatable=True,
    ),
)
