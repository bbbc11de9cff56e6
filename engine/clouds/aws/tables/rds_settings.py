"""Settings of RDS databases that Escher changes: protection, storage, backups, zones, and the failover between zones, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.rds import DATABASE
from engine.clouds.aws.tables.ways import GIBIBYTES, IN_REGION, by, switched, to_what_it_was
from engine.clouds.operation import Operation, OperationClass, Parameter

PROTECT, UNPROTECT = "rds:ModifyDBInstance:protect", "rds:ModifyDBInstance:unprotect"
BACKUPS, NO_BACKUPS = "rds:ModifyDBInstance:backups", "rds:ModifyDBInstance:noBackups"
MULTI_AZ, SINGLE_AZ = "rds:ModifyDBInstance:multiAz", "rds:ModifyDBInstance:singleAz"
_MODIFY = ("aws", "rds", "modify-db-instance", "--db-instance-identifier", "{name}")
_NOW = ("--apply-immediately", *IN_REGION)
_READY = frozenset({"available"})

TABLE: tuple[Operation, ...] = (
    Operation(
        name=PROTECT,
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.GUARD,
        title="Protect",
        command=(*_MODIFY, "--deletion-protection", *_NOW),
        promise={"properties.deletion_protection": True},
        inverse=switched(PROTECT, "deletion_protection", UNPROTECT),
        repeatable=True,
    ),
    Operation(
        name=UNPROTECT,
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.EXPOSE,
        title="Unprotect",
        command=(*_MODIFY, "--no-deletion-protection", *_NOW),
        promise={"properties.deletion_protection": False},
        inverse=switched(UNPROTECT, "deletion_protection", PROTECT, on=False),
        repeatable=True,
    ),
    Operation(
        name="rds:ModifyDBInstance:grow",
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.CONFIGURE,
        title="Grow",
        command=(*_MODIFY, "--allocated-storage", "{$size_gb}", *_NOW),
        promise={"properties.size_gb": "$size_gb", "state": "available|storage-optimization"},
        takes=(
            Parameter("size_gb", pattern=GIBIBYTES, meaning="the new storage in GiB, at least a tenth more than there is, such as 200"),
        ),
        states=_READY,
        no_way_back="The storage of a database can only grow.",
        repeatable=True,
        settles_s=3600,
    ),
    Operation(
        name=BACKUPS,
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.GUARD,
        title="Enable backups",
        command=(*_MODIFY, "--backup-retention-period", "{$days}", *_NOW),
        promise={"properties.backup_retention_days": "$days", "state": "available|backing-up"},
        takes=(Parameter("days", pattern=r"[1-9]|[12][0-9]|3[0-5]", meaning="how many days backups are kept, 1 to 35"),),
        states=_READY,
        inverse=by(NO_BACKUPS),
        repeatable=True,
        settles_s=1800,
    ),
    Operation(
        name=NO_BACKUPS,
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.EXPOSE,
        title="Disable backups",
        command=(*_MODIFY, "--backup-retention-period", "0", *_NOW),
        promise={"properties.backup_retention_days": 0, "state": "available"},
        states=_READY,
        inverse=to_what_it_was(BACKUPS, days="backup_retention_days"),
        repeatable=True,
        settles_s=1800,
    ),
    Operation(
        name=MULTI_AZ,
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.CONFIGURE,
        title="Enable Multi-AZ",
        command=(*_MODIFY, "--multi-az", *_NOW),
        promise={"properties.multi_az": True, "state": "available"},
        states=_READY,
        inverse=switched(MULTI_AZ, "multi_az", SINGLE_AZ),
        repeatable=True,
        settles_s=3600,
    ),
    Operation(
        name=SINGLE_AZ,
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.CONFIGURE,
        title="Disable Multi-AZ",
        command=(*_MODIFY, "--no-multi-az", *_NOW),
        promise={"properties.multi_az": False, "state": "available"},
        states=_READY,
        inverse=switched(SINGLE_AZ, "multi_az", MULTI_AZ, on=False),
        repeatable=True,
        settles_s=3600,
    ),
    Operation(
        name="rds:RebootDBInstance:failover",
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.POWER,
        title="Fail over",
        command=("aws", "rds", "reboot-db-instance", "--db-instance-identifier", "{name}", "--force-failover", *IN_REGION),
        promise={"state": "available"},
        states=_READY,
        no_way_back="A failover cuts every connection; another one only moves it again.",
        settles_s=900,
    ),
)
