"""Changes to CloudWatch log groups, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, tagging
from engine.clouds.operation import Operation, OperationClass, Parameter

LOG_GROUP = frozenset({"AWS::Logs::LogGroup"})
# The times, in days, that CloudWatch takes; any other is refused.
DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
_NAMED = ("--log-group-name", "{name}")

TABLE: tuple[Operation, ...] = (
    Operation(
        name="logs:PutRetentionPolicy",
        cloud="aws",
        native_types=LOG_GROUP,
        # A shorter time deletes what is older.
        kind=OperationClass.DELETE,
        title="Set retention",
        command=("aws", "logs", "put-retention-policy", *_NAMED, "--retention-in-days", "{$days}", *IN_REGION),
        promise={"properties.retention_days": "$days"},
        takes=(Parameter("days", pattern="|".join(map(str, DAYS)), meaning="days to keep logs: 1, 3, 5, 7, 14, 30, 60, 90, 180, 365, …"),),
        no_way_back="What is older than the new time is deleted, and a longer time does not bring it back.",
        repeatable=True,
    ),
    Operation(
        name="logs:DeleteLogGroup",
        cloud="aws",
        native_types=LOG_GROUP,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("aws", "logs", "delete-log-group", *_NAMED, *IN_REGION),
        promise={"gone": True},
        no_way_back="A deleted log group is gone with all its logs.",
        repeatable=True,
    ),
    *tagging(
        "logs",
        LOG_GROUP,
        ("TagResource", "UntagResource"),
        (
            ("aws", "logs", "tag-resource", "--resource-arn", "{id}", "--tags", "{$key}={$value}"),
            ("aws", "logs", "untag-resource", "--resource-arn", "{id}", "--tag-keys", "{$key}"),
        ),
    ),
)
