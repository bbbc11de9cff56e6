"""Backups of DynamoDB tables that somebody took on demand. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws import arn
from engine.clouds.aws.scanner import Ask, Facts, Kind, Place, Raw, Scanner, built
from engine.estate.resource import Resource

KIND = Kind("snapshot", "AWS::DynamoDB::Backup", "dynamodb", "backup")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    """The backup; one summary and one description have the same words, but for the table's name."""
    state = raw["BackupStatus"].lower()
    if state == "deleted":
        return None
    own_id = _own_id(raw)
    properties = {
        "backup_arn": raw["BackupArn"],
        "table": own_id.partition("/")[0],
        "size_gb": round(raw.get("BackupSizeBytes", 0) / 2**30, 1),
        "taken_at": raw["BackupCreationDateTime"].isoformat() if "BackupCreationDateTime" in raw else None,
    }
    return built(KIND, place, Facts(own_id, raw["BackupName"], state, {}, properties))


def _own_id(raw: Raw) -> str:
    """`TABLE/backup/NUMBER`."""
    return arn.parse(raw["BackupArn"]).own_id


def _one(own_id: str) -> Ask:
    """The list of the table's backups: to describe one takes its whole ARN, and its own id leaves the account out."""
    return Ask("list_backups", ("BackupSummaries",), {"TableName": own_id.partition("/")[0], "BackupType": "USER"})


SCANNER = Scanner(
    kind=KIND,
    operation="dynamodb:ListBackups",
    everything=Ask("list_backups", ("BackupSummaries",), {"BackupType": "USER"}),
    one=_one,
    item_id="BackupArn",
    identify=_own_id,
    to_resource=to_resource,
)
