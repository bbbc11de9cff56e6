"""CloudWatch log groups, with how long they keep what is written. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Detail, Facts, Kind, Place, Raw, Scanner, built, known
from engine.estate.resource import Resource

KIND = Kind("log_group", "AWS::Logs::LogGroup", "logs", "log-group")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    name = raw["logGroupName"]
    properties = {
        "stored_bytes": raw.get("storedBytes", 0),
        # Left out: kept for ever.
        **known(retention_days=raw.get("retentionInDays"), kms_key=raw.get("kmsKeyId")),
    }
    return built(KIND, place, Facts(name, name, "active", dict(raw.get("Tags", {})), properties))


def _plain(raw: Raw) -> str:
    """The ARN as tags want it: CloudWatch ends the one it lists with `:*`."""
    return str(raw["arn"]).removesuffix(":*")


SCANNER = Scanner(
    kind=KIND,
    operation="logs:DescribeLogGroups",
    everything=Ask("describe_log_groups", ("logGroups",)),
    one=lambda own_id: Ask("describe_log_groups", ("logGroups",), {"logGroupNamePrefix": own_id}),
    item_id="logGroupName",
    to_resource=to_resource,
    details=(
        Detail(
            "logs:ListTagsForResource",
            lambda raw: Ask("list_tags_for_resource", (), {"resourceArn": _plain(raw)}),
            lambda answer: {"Tags": answer.get("tags", {})},
        ),
    ),
)
