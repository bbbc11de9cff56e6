"""Changes to Redshift clusters and their snapshots, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, by, tagging
from engine.clouds.operation import Operation, OperationClass, Parameter

CLUSTER = frozenset({"AWS::Redshift::Cluster"})
CLUSTER_SNAPSHOT = frozenset({"AWS::Redshift::ClusterSnapshot"})
_NAMED = ("--cluster-identifier", "{name}")

TABLE: tuple[Operation, ...] = (
    Operation(
        name="redshift:PauseCluster",
        cloud="aws",
        native_types=CLUSTER,
        kind=OperationClass.POWER,
        title="Stop",
        command=("aws", "redshift", "pause-cluster", *_NAMED, *IN_REGION),
        promise={"state": "paused"},
        states=frozenset({"available"}),
        inverse=by("redshift:ResumeCluster"),
        settles_s=1800,
    ),
    Operation(
        name="redshift:ResumeCluster",
        cloud="aws",
        native_types=CLUSTER,
        kind=OperationClass.POWER,
        title="Start",
        command=("aws", "redshift", "resume-cluster", *_NAMED, *IN_REGION),
        promise={"state": "available"},
        states=frozenset({"paused"}),
        inverse=by("redshift:PauseCluster"),
        settles_s=3600,
    ),
    Operation(
        name="redshift:CreateClusterSnapshot",
        cloud="aws",
        native_types=CLUSTER,
        kind=OperationClass.CREATE,
        title="Snapshot",
        command=("aws", "redshift", "create-cluster-snapshot", *_NAMED, "--snapshot-identifier", "{$snapshot_id}", *IN_REGION),
        promise={"produced": "available"},
        takes=(Parameter("snapshot_id", pattern=r"[A-Za-z](?:-?[A-Za-z0-9]){0,254}", meaning="what the snapshot is called", fresh=True),),
        states=frozenset({"available"}),
        inverse=by("redshift:DeleteClusterSnapshot"),
        settles_s=3600,
    ),
    Operation(
        name="redshift:DeleteClusterSnapshot",
        cloud="aws",
        native_types=CLUSTER_SNAPSHOT,
        kind=OperationClass.DELETE,
        title="Delete",
        command=(
            *("aws", "redshift", "delete-cluster-snapshot", "--snapshot-identifier", "{name}"),
            *("--snapshot-cluster-identifier", "{properties.cluster_identifier}", *IN_REGION),
        ),
        promise={"gone": True},
        no_way_back="A deleted snapshot cannot be brought back.",
        repeatable=True,
    ),
    *tagging(
        "redshift",
        CLUSTER,
        ("CreateTags", "DeleteTags"),
        (
            ("aws", "redshift", "create-tags", "--resource-name", "{id}", "--tags", "Key={$key},Value={$value}"),
            ("aws", "redshift", "delete-tags", "--resource-name", "{id}", "--tag-keys", "{$key}"),
        ),
    ),
)
