"""DynamoDB tables, with what guards their data. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Detail, Facts, Kind, Place, Raw, Scanner, built, known, tags_of
from engine.estate.resource import Resource

KIND = Kind("table", "AWS::DynamoDB::Table", "dynamodb", "table")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    if "TableStatus" not in raw:
        return None
    name = raw["TableName"]
    properties = {
        "items": raw.get("ItemCount", 0),
        "size_bytes": raw.get("TableSizeBytes", 0),
        "billing": raw.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED").lower(),
        "deletion_protection": raw.get("DeletionProtectionEnabled", False),
        **known(backups=raw.get("PointInTimeRecovery")),
    }
    return built(KIND, place, Facts(name, name, raw["TableStatus"].lower(), tags_of(raw.get("Tags")), properties))


def _recovery(answer: Raw) -> Raw:
    said = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    return {"PointInTimeRecovery": said.get("PointInTimeRecoveryStatus") == "ENABLED"}


SCANNER = Scanner(
    kind=KIND,
    operation="dynamodb:ListTables",
    everything=Ask("list_tables", ("TableNames",), named="TableName"),
    given=lambda own_id: {"TableName": own_id},
    item_id="TableName",
    to_resource=to_resource,
    details=(
        Detail("dynamodb:DescribeTable", lambda raw: Ask("describe_table", ("Table",), {"TableName": raw["TableName"]}), needed=True),
        Detail(
            "dynamodb:DescribeContinuousBackups",
            lambda raw: Ask("describe_continuous_backups", (), {"TableName": raw["TableName"]}),
            _recovery,
        ),
        Detail(
            "dynamodb:ListTagsOfResource",
            lambda raw: Ask("list_tags_of_resource", ("Tags",), {"ResourceArn": raw["TableArn"]}, may_lack=True),
            many="Tags",
        ),
    ),
)
