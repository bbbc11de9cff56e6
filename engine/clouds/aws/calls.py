"""What each operation is on the wire, and how what a call made is found when its answer was lost. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.clouds.aws.request import Build, Request, Sought, own_id
from engine.clouds.aws.requests import machines, services, stores
from engine.clouds.aws.requests.machines import TOKEN_TAG, snapshot_arn
from engine.clouds.aws.requests.stores import cluster_snapshot_arn, database_snapshot_arn
from engine.clouds.aws.scanner import Ask, Raw
from engine.clouds.operation import Call

REQUESTS: Mapping[str, Build] = {**machines.REQUESTS, **stores.REQUESTS, **services.REQUESTS}

# What a call makes has a name that the call gave: its ARN follows from it.
NAMED: Mapping[str, Callable[[Call], str]] = {
    "rds:CreateDBSnapshot": lambda call: database_snapshot_arn(call.resource, str(call.arguments["snapshot_id"])),
    "redshift:CreateClusterSnapshot": lambda call: cluster_snapshot_arn(call.resource, str(call.arguments["snapshot_id"])),
}


def _marked(call: Call, found: Sequence[Raw]) -> str:
    return snapshot_arn(call.resource, found[0]["SnapshotId"]) if found else ""


def _so_called(call: Call, found: Sequence[Raw]) -> str:
    return next((str(one["BackupArn"]) for one in found if one["BackupName"] == call.arguments["backup_name"]), "")


SOUGHT: Mapping[str, Sought] = {
    "ec2:CreateSnapshot": Sought(
        "ec2",
        "ec2:DescribeSnapshots",
        lambda call: Ask("describe_snapshots", ("Snapshots",), {"Filters": [{"Name": f"tag:{TOKEN_TAG}", "Values": [call.token]}]}),
        _marked,
    ),
    "dynamodb:CreateBackup": Sought(
        "dynamodb",
        "dynamodb:ListBackups",
        lambda call: Ask("list_backups", ("BackupSummaries",), {"TableName": own_id(call)}),
        _so_called,
    ),
}


def request_of(call: Call) -> Request | None:
    """The request that performs the call, None for an operation that is not in the table. Raises KeyError, ValueError, Rejected."""
    build = REQUESTS.get(call.operation)
    return build(call) if build else None
