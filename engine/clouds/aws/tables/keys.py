"""Changes to KMS keys, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, by, switched, tagging
from engine.clouds.operation import Operation, OperationClass

KEY = frozenset({"AWS::KMS::Key"})
ROTATE, KEEP = "kms:EnableKeyRotation", "kms:DisableKeyRotation"
_NAMED = ("--key-id", "{properties.key_id}")

TABLE: tuple[Operation, ...] = (
    Operation(
        name="kms:DisableKey",
        cloud="aws",
        native_types=KEY,
        kind=OperationClass.POWER,
        title="Disable",
        command=("aws", "kms", "disable-key", *_NAMED, *IN_REGION),
        promise={"state": "disabled"},
        states=frozenset({"enabled"}),
        inverse=by("kms:EnableKey"),
        repeatable=True,
    ),
    Operation(
        name="kms:EnableKey",
        cloud="aws",
        native_types=KEY,
        kind=OperationClass.POWER,
        title="Enable",
        command=("aws", "kms", "enable-key", *_NAMED, *IN_REGION),
        promise={"state": "enabled"},
        states=frozenset({"disabled"}),
        inverse=by("kms:DisableKey"),
        repeatable=True,
    ),
    Operation(
        name=ROTATE,
        cloud="aws",
        native_types=KEY,
        kind=OperationClass.GUARD,
        title="Enable rotation",
        command=("aws", "kms", "enable-key-rotation", *_NAMED, *IN_REGION),
        promise={"properties.rotation": True},
        states=frozenset({"enabled"}),
        inverse=switched(ROTATE, "rotation", KEEP),
        repeatable=True,
    ),
    Operation(
        name=KEEP,
        cloud="aws",
        native_types=KEY,
        kind=OperationClass.EXPOSE,
        title="Disable rotation",
        command=("aws", "kms", "disable-key-rotation", *_NAMED, *IN_REGION),
        promise={"properties.rotation": False},
        states=frozenset({"enabled"}),
        inverse=switched(KEEP, "rotation", ROTATE, on=False),
        repeatable=True,
    ),
    *tagging(
        "kms",
        KEY,
        ("TagResource", "UntagResource"),
        (
            ("aws", "kms", "tag-resource", *_NAMED, "--tags", "TagKey={$key},TagValue={$value}"),
            ("aws", "kms", "untag-resource", *_NAMED, "--tag-keys", "{$key}"),
        ),
    ),
)
