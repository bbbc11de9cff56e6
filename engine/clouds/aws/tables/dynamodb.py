"""Changes to DynamoDB tables and their backups, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, by, switched, tagging
from engine.clouds.operation import Operation, OperationClass, Parameter

TABLES = frozenset({"AWS::DynamoDB::Table"})
BACKUP = frozenset({"AWS::DynamoDB::Backup"})
PROTECT, UNPROTECT = "dynamodb:UpdateTable:protect", "dynamodb:UpdateTable:unprotect"
ON, OFF = "dynamodb:UpdateContinuousBackups", "dynamodb:UpdateContinuousBackups:off"
_NAMED = ("--table-name", "{name}")
_ACTIVE = frozenset({"active"})

TABLE: tuple[Operation, ...] = (
    Operation(
        name=PROTECT,
        cloud="aws",
        native_types=TABLES,
        kind=OperationClass.GUARD,
        title="Protect",
        command=("aws", "dynamodb", "update-table", *_NAMED, "--deletion-protection-enabled", *IN_REGION),
        promise={"properties.deletion_protection": True, "state": "active"},
        states=_ACTIVE,
        inverse=switched(PROTECT, "deletion_protection", UNPROTECT),
        repeatable=True,
    ),
    Operation(
        name=UNPROTECT,
        cloud="aws",
        native_types=TABLES,
        kind=OperationClass.EXPOSE,
        title="Unprotect",
        command=("aws", "dynamodb", "update-table", *_NAMED, "--no-deletion-protection-enabled", *IN_REGION),
        promise={"properties.deletion_protection": False, "state": "active"},
        states=_ACTIVE,
        inverse=switched(UNPROTECT, "deletion_protection", PROTECT, on=False),
        repeatable=True,
    ),
    Operation(
        name=ON,
        cloud="aws",
        native_types=TABLES,
        kind=OperationClass.GUARD,
        title="Enable point-in-time recovery",
        command=(
            *("aws", "dynamodb", "update-continuous-backups", *_NAMED, "--point-in-time-recovery-specification"),
            *("PointInTimeRecoveryEnabled=true", *IN_REGION),
        ),
        promise={"properties.backups": True},
        states=_ACTIVE,
        inverse=switched(ON, "backups", OFF),
        repeatable=True,
    ),
    Operation(
        name=OFF,
        cloud="aws",
        native_types=TABLES,
        kind=OperationClass.EXPOSE,
        title="Disable point-in-time recovery",
        command=(
            *("aws", "dynamodb", "update-continuous-backups", *_NAMED, "--point-in-time-recovery-specification"),
            *("PointInTimeRecoveryEnabled=false", *IN_REGION),
        ),
        promise={"properties.backups": False},
        states=_ACTIVE,
        inverse=switched(OFF, "backups", ON, on=False),
        repeatable=True,
    ),
    Operation(
        name="dynamodb:CreateBackup",
        cloud="aws",
        native_types=TABLES,
        kind=OperationClass.CREATE,
        title="Back up",
        command=("aws", "dynamodb", "create-backup", *_NAMED, "--backup-name", "{$backup_name}", *IN_REGION),
        promise={"produced": "available"},
        takes=(Parameter("backup_name", pattern=r"[A-Za-z0-9_.-]{3,255}", meaning="what the backup is called", fresh=True),),
        states=_ACTIVE,
        inverse=by("dynamodb:DeleteBackup"),
        settles_s=1800,
    ),
    Operation(
        name="dynamodb:DeleteBackup",
        cloud="aws",
        native_types=BACKUP,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("aws", "dynamodb", "delete-backup", "--backup-arn", "{id}", *IN_REGION),
        promise={"gone": True},
        no_way_back="A deleted backup cannot be brought back.",
        repeatable=True,
    ),
    Operation(
        name="dynamodb:DeleteTable",
        cloud="aws",
        native_types=TABLES,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("aws", "dynamodb", "delete-table", *_NAMED, *IN_REGION),
        promise={"gone": True},
        states=_ACTIVE,
        no_way_back="A deleted table comes back only as a new one, made from a backup.",
        repeatable=True,
        settles_s=900,
    ),
    *tagging(
        "dynamodb",
        TABLES,
        ("TagResource", "UntagResource"),
        (
            ("aws", "dynamodb", "tag-resource", "--resource-arn", "{id}", "--tags", "Key={$key},Value={$value}"),
            ("aws", "dynamodb", "untag-resource", "--resource-arn", "{id}", "--tag-keys", "{$key}"),
        ),
    ),
)
