"""Changes to Cloud SQL instances and their backups, as a table. Pure.

Google has one permission, `cloudsql.instances.update`, for nearly everything. What differs in risk must not hide behind one name, so each
change has its own, told apart by what follows the colon.
"""

from __future__ import annotations

from engine.clouds.gcp.tables.ways import IN_PROJECT, always, as_before, labels, unless
from engine.clouds.operation import Operation, OperationClass, Parameter

SQL = frozenset({"sqladmin.googleapis.com/Instance"})
BACKUP = frozenset({"sqladmin.googleapis.com/BackupRun"})

UPDATE = "cloudsql.instances.update"
STOP = UPDATE
START = f"{UPDATE}:start"
RESTART = "cloudsql.instances.restart"
LABEL = f"{UPDATE}:label"
UNLABEL = f"{UPDATE}:unlabel"
RESIZE = f"{UPDATE}:tier"
PROTECT = f"{UPDATE}:protect"
UNPROTECT = f"{UPDATE}:unprotect"
BACK_UP = f"{UPDATE}:backups"
NO_BACKUPS = f"{UPDATE}:noBackups"
SPREAD = f"{UPDATE}:regional"
GATHER = f"{UPDATE}:zonal"
TLS = f"{UPDATE}:tls"
PLAIN = f"{UPDATE}:plain"
FAIL_OVER = "cloudsql.instances.failover"
DELETE = "cloudsql.instances.delete"
SNAP = "cloudsql.backupRuns.create"
DELETE_BACKUP = "cloudsql.backupRuns.delete"

KEPT_DAYS = 30
TIER = Parameter("tier", pattern=r"[a-z][a-z0-9]*(-[A-Za-z0-9]+){1,5}", meaning="a tier, like db-custom-2-7680")
_PATCH = ("gcloud", "sql", "instances", "patch", "{name}")
_RUNNING, _STOPPED = frozenset({"running"}), frozenset({"stopped"})
_READ = ("cloudsql.instances.get",)

POWER: tuple[Operation, ...] = (
    Operation(
        name=STOP,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.POWER,
        title="Stop",
        command=(*_PATCH, "--activation-policy", "NEVER", *IN_PROJECT),
        promise={"state": "stopped"},
        states=_RUNNING,
        inverse=always(START),
        repeatable=True,
        settles_s=900,
    ),
    Operation(
        name=START,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.POWER,
        title="Start",
        command=(*_PATCH, "--activation-policy", "ALWAYS", *IN_PROJECT),
        promise={"state": "running"},
        states=_STOPPED,
        inverse=always(STOP),
        permissions=(UPDATE,),
        repeatable=True,
        settles_s=900,
    ),
    Operation(
        name=RESTART,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.POWER,
        title="Restart",
        command=("gcloud", "sql", "instances", "restart", "{name}", "--quiet", *IN_PROJECT),
        promise={"state": "running"},
        states=_RUNNING,
        no_way_back="A restart is over when it is done; there is nothing to take back.",
    ),
    Operation(
        name=FAIL_OVER,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.POWER,
        title="Fail over",
        command=("gcloud", "sql", "instances", "failover", "{name}", "--quiet", *IN_PROJECT),
        promise={"state": "running"},
        states=_RUNNING,
        permissions=_READ,
        no_way_back="A failover is over when it is done; failing over once more brings it back to where it was.",
    ),
)
SETTINGS: tuple[Operation, ...] = (
    # The released command knows no labels.
    *labels(LABEL, SQL, ("gcloud", "beta", "sql", "instances", "patch", "{name}", *IN_PROJECT)),
    Operation(
        name=RESIZE,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.CONFIGURE,
        title="Resize",
        command=(*_PATCH, "--tier", "{$tier}", "--quiet", *IN_PROJECT),
        promise={"properties.tier": "$tier"},
        takes=(TIER,),
        states=_RUNNING,
        inverse=as_before(RESIZE, "tier", "tier"),
        permissions=(UPDATE,),
        repeatable=True,
        settles_s=1800,
    ),
    Operation(
        name=PROTECT,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.GUARD,
        title="Protect",
        command=(*_PATCH, "--deletion-protection", *IN_PROJECT),
        promise={"properties.deletion_protection": True},
        inverse=always(UNPROTECT),
        permissions=(UPDATE,),
        repeatable=True,
    ),
    Operation(
        name=UNPROTECT,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.EXPOSE,
        title="Unprotect",
        command=(*_PATCH, "--no-deletion-protection", *IN_PROJECT),
        promise={"properties.deletion_protection": False},
        inverse=always(PROTECT),
        permissions=(UPDATE,),
        repeatable=True,
    ),
    Operation(
        name=BACK_UP,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.GUARD,
        title="Enable backups",
        command=(*_PATCH, "--backup-start-time", "03:00", *IN_PROJECT),
        promise={"properties.backups": True},
        inverse=unless("backups", NO_BACKUPS),
        no_way_back="It had automated backups already.",
        permissions=(UPDATE,),
        repeatable=True,
    ),
    Operation(
        name=NO_BACKUPS,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.EXPOSE,
        title="Turn off backups",
        command=(*_PATCH, "--no-backup", *IN_PROJECT),
        promise={"properties.backups": False},
        inverse=always(BACK_UP),
        permissions=(UPDATE,),
        repeatable=True,
    ),
    Operation(
        name=SPREAD,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.CONFIGURE,
        title="Run in two zones",
        command=(*_PATCH, "--availability-type", "REGIONAL", "--quiet", *IN_PROJECT),
        promise={"properties.multi_az": True},
        states=_RUNNING,
        inverse=unless("multi_az", GATHER),
        no_way_back="A standby waited in another zone already.",
        permissions=(UPDATE,),
        repeatable=True,
        settles_s=1800,
    ),
    Operation(
        name=GATHER,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.CONFIGURE,
        title="Run in one zone",
        command=(*_PATCH, "--availability-type", "ZONAL", "--quiet", *IN_PROJECT),
        promise={"properties.multi_az": False},
        states=_RUNNING,
        inverse=always(SPREAD),
        permissions=(UPDATE,),
        repeatable=True,
        settles_s=1800,
    ),
    Operation(
        name=TLS,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.PROTECT,
        title="Enforce TLS",
        command=(*_PATCH, "--ssl-mode", "ENCRYPTED_ONLY", *IN_PROJECT),
        promise={"properties.require_ssl": True},
        inverse=unless("require_ssl", PLAIN),
        no_way_back="It refused plain connections already.",
        permissions=(UPDATE,),
        repeatable=True,
    ),
    Operation(
        name=PLAIN,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.EXPOSE,
        title="Allow plain connections",
        command=(*_PATCH, "--ssl-mode", "ALLOW_UNENCRYPTED_AND_ENCRYPTED", *IN_PROJECT),
        promise={"properties.require_ssl": False},
        inverse=always(TLS),
        permissions=(UPDATE,),
        repeatable=True,
    ),
)
LIVES: tuple[Operation, ...] = (
    Operation(
        name=DELETE,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.DELETE,
        title="Delete",
        command=(
            *("gcloud", "sql", "instances", "delete", "{name}", "--enable-final-backup"),
            *("--final-backup-retention-days", str(KEPT_DAYS), "--quiet", *IN_PROJECT),
        ),
        promise={"gone": True},
        permissions=("cloudsql.backupRuns.create",),
        no_way_back=f"A deleted instance does not come back; its final backup, kept {KEPT_DAYS} days, can be restored to a new one.",
        settles_s=1800,
    ),
    Operation(
        name=SNAP,
        cloud="gcp",
        native_types=SQL,
        kind=OperationClass.CREATE,
        title="Back up",
        command=("gcloud", "sql", "backups", "create", "--instance", "{name}", *IN_PROJECT),
        promise={"produced": "completed"},
        states=_RUNNING,
        inverse=always(DELETE_BACKUP),
        permissions=("cloudsql.backupRuns.get", "cloudsql.backupRuns.list"),
        settles_s=3600,
    ),
    Operation(
        name=DELETE_BACKUP,
        cloud="gcp",
        native_types=BACKUP,
        kind=OperationClass.DELETE,
        title="Delete",
        command=(
            "gcloud",
            "sql",
            "backups",
            "delete",
            "{properties.backup_id}",
            "--instance",
            "{properties.source}",
            "--quiet",
            *IN_PROJECT,
        ),
        promise={"gone": True},
        no_way_back="A deleted backup cannot be brought back.",
        repeatable=True,
        settles_s=900,
    ),
)
TABLE: tuple[Operation, ...] = (*POWER, *SETTINGS, *LIVES)
