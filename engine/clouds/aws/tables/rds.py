"""Changes to RDS databases, their snapshots and their tags, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, by, tagging, to_the_old
from engine.clouds.operation import Operation, OperationClass, Parameter

DATABASE = frozenset({"AWS::RDS::DBInstance"})
DATABASE_SNAPSHOT = frozenset({"AWS::RDS::DBSnapshot"})

TABLE: tuple[Operation, ...] = (
    Operation(
        name="rds:StartDBInstance",
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.POWER,
        title="Start",
        command=("aws", "rds", "start-db-instance", "--db-instance-identifier", "{name}", *IN_REGION),
        promise={"state": "available"},
        states=frozenset({"stopped"}),
        inverse=by("rds:StopDBInstance"),
        settles_s=1800,
    ),
    Operation(
        name="rds:StopDBInstance",
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.POWER,
        title="Stop",
        command=("aws", "rds", "stop-db-instance", "--db-instance-identifier", "{name}", *IN_REGION),
        promise={"state": "stopped"},
        states=frozenset({"available"}),
        inverse=by("rds:StartDBInstance"),
        settles_s=1800,
    ),
    Operation(
        name="rds:RebootDBInstance",
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.POWER,
        title="Reboot",
        command=("aws", "rds", "reboot-db-instance", "--db-instance-identifier", "{name}", *IN_REGION),
        promise={"state": "available"},
        states=frozenset({"available"}),
        no_way_back="A reboot cuts every connection, and that cannot be taken back.",
        settles_s=900,
    ),
    Operation(
        name="rds:DeleteDBInstance",
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.DELETE,
        title="Delete",
        command=(
            *("aws", "rds", "delete-db-instance", "--db-instance-identifier", "{name}"),
            *("--skip-final-snapshot={$skip_final_snapshot}", "--final-db-snapshot-identifier={$final_snapshot_identifier}", *IN_REGION),
        ),
        promise={"gone": True},
        takes=(
            Parameter("skip_final_snapshot", "boolean", meaning="true deletes without keeping a last snapshot"),
            Parameter(
                "final_snapshot_identifier",
                required=False,
                pattern=r"[A-Za-z](?:-?[A-Za-z0-9]){0,254}",
                meaning="what the last snapshot is called; needed unless it is skipped",
            ),
        ),
        no_way_back="A deleted database comes back only from a snapshot, at a new address.",
        permissions=("rds:CreateDBSnapshot", "rds:AddTagsToResource"),
        settles_s=1800,
    ),
    Operation(
        name="rds:ModifyDBInstance",
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.CONFIGURE,
        title="Resize",
        command=(
            *("aws", "rds", "modify-db-instance", "--db-instance-identifier", "{name}"),
            *("--db-instance-class", "{$instance_class}", "--apply-immediately", *IN_REGION),
        ),
        promise={"properties.instance_class": "$instance_class", "state": "available"},
        takes=(Parameter("instance_class", pattern=r"db\.[a-z0-9-]{2,20}\.[a-z0-9-]{2,20}", meaning="the new class, such as db.t3.large"),),
        states=frozenset({"available"}),
        inverse=to_the_old("rds:ModifyDBInstance", "instance_class"),
        repeatable=True,
        settles_s=1800,
    ),
    Operation(
        name="rds:CreateDBSnapshot",
        cloud="aws",
        native_types=DATABASE,
        kind=OperationClass.CREATE,
        title="Snapshot",
        command=(
            *("aws", "rds", "create-db-snapshot", "--db-instance-identifier", "{name}"),
            *("--db-snapshot-identifier", "{$snapshot_id}", *IN_REGION),
        ),
        promise={"produced": "available"},
        takes=(Parameter("snapshot_id", pattern=r"[A-Za-z](?:-?[A-Za-z0-9]){0,254}", meaning="what the snapshot is called", fresh=True),),
        states=frozenset({"available"}),
        inverse=by("rds:DeleteDBSnapshot"),
        settles_s=3600,
    ),
    Operation(
        name="rds:DeleteDBSnapshot",
        cloud="aws",
        native_types=DATABASE_SNAPSHOT,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("aws", "rds", "delete-db-snapshot", "--db-snapshot-identifier", "{name}", *IN_REGION),
        promise={"gone": True},
        no_way_back="A deleted snapshot cannot be brought back.",
        repeatable=True,
    ),
    *tagging(
        "rds",
        DATABASE | DATABASE_SNAPSHOT,
        ("AddTagsToResource", "RemoveTagsFromResource"),
        (
            ("aws", "rds", "add-tags-to-resource", "--resource-name", "{id}", "--tags", "Key={$key},Value={$value}"),
            ("aws", "rds", "remove-tags-from-resource", "--resource-name", "{id}", "--tag-keys", "{$key}"),
        ),
    ),
)
