"""Changes to SQS queues, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, tagging
from engine.clouds.operation import Operation, OperationClass

QUEUE = frozenset({"AWS::SQS::Queue"})
_AT = ("--queue-url", "{properties.queue_url}")

TABLE: tuple[Operation, ...] = (
    Operation(
        name="sqs:PurgeQueue",
        cloud="aws",
        native_types=QUEUE,
        kind=OperationClass.DELETE,
        title="Purge",
        command=("aws", "sqs", "purge-queue", *_AT, *IN_REGION),
        promise={"properties.messages": 0},
        no_way_back="Messages that were purged are gone for good.",
        repeatable=True,
        # The deletion takes up to a minute, and the count of messages a minute more.
        settles_s=300,
    ),
    Operation(
        name="sqs:DeleteQueue",
        cloud="aws",
        native_types=QUEUE,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("aws", "sqs", "delete-queue", *_AT, *IN_REGION),
        promise={"gone": True},
        no_way_back="A deleted queue is gone with all its messages.",
        repeatable=True,
    ),
    *tagging(
        "sqs",
        QUEUE,
        ("TagQueue", "UntagQueue"),
        (
            ("aws", "sqs", "tag-queue", *_AT, "--tags", "{$key}={$value}"),
            ("aws", "sqs", "untag-queue", *_AT, "--tag-keys", "{$key}"),
        ),
    ),
)
