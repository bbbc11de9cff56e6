"""SQS queues, with how many messages wait in them. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Detail, Facts, Kind, Place, Raw, Scanner, built
from engine.estate.resource import Resource

KIND = Kind("queue", "AWS::SQS::Queue", "sqs", "queue")
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    said = raw.get("Attributes")
    if said is None:
        return None
    name = _own_id(raw)
    properties = {
        "queue_url": raw["QueueUrl"],
        "messages": sum(int(said.get(count, 0)) for count in _COUNTS),
        "fifo": said.get("FifoQueue") == "true",
        "encrypted": bool(said.get("KmsMasterKeyId")) or said.get("SqsManagedSseEnabled") == "true",
        "retention_days": round(int(said.get("MessageRetentionPeriod", 345600)) / 86400, 1),
    }
    return built(KIND, place, Facts(name, name, "active", dict(raw.get("Tags", {})), properties))


def _own_id(raw: Raw) -> str:
    return str(raw["QueueUrl"]).rpartition("/")[2]


SCANNER = Scanner(
    kind=KIND,
    operation="sqs:ListQueues",
    # Without a number of its own SQS gives a thousand and no way to the rest.
    everything=Ask("list_queues", ("QueueUrls",), {"MaxResults": 1000}, named="QueueUrl", may_lack=True),
    one=lambda own_id: Ask("get_queue_url", (), {"QueueName": own_id}),
    item_id="QueueUrl",
    identify=_own_id,
    to_resource=to_resource,
    details=(
        Detail(
            "sqs:GetQueueAttributes",
            lambda raw: Ask("get_queue_attributes", (), {"QueueUrl": raw["QueueUrl"], "AttributeNames": ["All"]}),
            lambda answer: {"Attributes": answer.get("Attributes", {})},
            needed=True,
        ),
        Detail(
            "sqs:ListQueueTags",
            lambda raw: Ask("list_queue_tags", (), {"QueueUrl": raw["QueueUrl"]}),
            lambda answer: {"Tags": answer.get("Tags", {})},
        ),
    ),
    also=("sqs:GetQueueUrl",),
)
