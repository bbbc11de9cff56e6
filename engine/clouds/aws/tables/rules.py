"""Changes to EventBridge rules, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, by, tagging
from engine.clouds.operation import Operation, OperationClass

RULE = frozenset({"AWS::Events::Rule"})
_NAMED = ("--name", "{name}", "--event-bus-name", "{properties.event_bus}")

TABLE: tuple[Operation, ...] = (
    Operation(
        name="events:DisableRule",
        cloud="aws",
        native_types=RULE,
        kind=OperationClass.POWER,
        title="Disable",
        command=("aws", "events", "disable-rule", *_NAMED, *IN_REGION),
        promise={"state": "disabled"},
        states=frozenset({"enabled"}),
        inverse=by("events:EnableRule"),
        repeatable=True,
    ),
    Operation(
        name="events:EnableRule",
        cloud="aws",
        native_types=RULE,
        kind=OperationClass.POWER,
        title="Enable",
        command=("aws", "events", "enable-rule", *_NAMED, *IN_REGION),
        promise={"state": "enabled"},
        states=frozenset({"disabled"}),
        inverse=by("events:DisableRule"),
        repeatable=True,
    ),
    *tagging(
        "events",
        RULE,
        ("TagResource", "UntagResource"),
        (
            ("aws", "events", "tag-resource", "--resource-arn", "{id}", "--tags", "Key={$key},Value={$value}"),
            ("aws", "events", "untag-resource", "--resource-arn", "{id}", "--tag-keys", "{$key}"),
        ),
    ),
)
