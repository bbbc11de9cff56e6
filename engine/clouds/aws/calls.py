"""What each operation is on the wire: the SDK's method and its arguments. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.clouds.aws import arn
from engine.clouds.aws.scanner import Raw
from engine.clouds.aws.scanners.buckets import GUARDS
from engine.clouds.operation import Call
from engine.estate.resource import Resource

# Stands on a snapshot that Escher made, so that it is found again when the answer to its making was lost.
TOKEN_TAG = "escher-token"  # noqa: S105 - the name of a tag


@dataclass(frozen=True, slots=True)
class Request:
    """One API call that changes something. `produced` finds the new resource's ARN in the answer."""

    service: str
    method: str
    arguments: Mapping[str, Any]
    produced: Callable[[Raw], str] = lambda _answer: ""


def request_of(call: Call) -> Request | None:
    """The request that performs the call, None for an operation that is not in the table."""
    build = REQUESTS.get(call.operation)
    return build(call) if build else None


def merged(tags: list[Mapping[str, str]], key: str, value: str) -> list[Mapping[str, str]]:
    """A bucket's tags with one put, or taken away where the value is empty; all others as they were."""
    others = [tag for tag in tags if tag["Key"] != key]
    return [*others, {"Key": key, "Value": value}] if value else others


def snapshot_arn(resource: Resource, own_id: str) -> str:
    """The ARN of a volume's snapshot, which lies where the volume lies."""
    return str(arn.Arn("ec2", resource.region, resource.account, "snapshot", own_id))


def database_snapshot_arn(resource: Resource, name: str) -> str:
    """The ARN of a database's snapshot, which lies where the database lies."""
    return str(arn.Arn("rds", resource.region, resource.account, "snapshot", name.lower()))


def _own_id(call: Call) -> str:
    return arn.parse(call.resource.id).own_id


def _instances(method: str) -> Callable[[Call], Request]:
    return lambda call: Request("ec2", method, {"InstanceIds": [_own_id(call)]})


def _resize_instance(call: Call) -> Request:
    size = {"Value": call.arguments["instance_type"]}
    return Request("ec2", "modify_instance_attribute", {"InstanceId": _own_id(call), "InstanceType": size})


def _ec2_tags(method: str) -> Callable[[Call], Request]:
    return lambda call: Request("ec2", method, {"Resources": [_own_id(call)], "Tags": [_tag(call)]})


def _tag(call: Call) -> dict[str, Any]:
    named = {"Key": call.arguments["key"]}
    return {**named, "Value": call.arguments["value"]} if "value" in call.arguments else named


def _create_snapshot(call: Call) -> Request:
    marked = [{"ResourceType": "snapshot", "Tags": [{"Key": TOKEN_TAG, "Value": call.token}]}]
    return Request(
        "ec2",
        "create_snapshot",
        {"VolumeId": _own_id(call), "Description": f"{call.resource.name}, taken by Escher", "TagSpecifications": marked},
        lambda answer: snapshot_arn(call.resource, answer["SnapshotId"]),
    )


def _database(method: str, **more: Any) -> Callable[[Call], Request]:
    return lambda call: Request("rds", method, {"DBInstanceIdentifier": _own_id(call), **more})


def _delete_database(call: Call) -> Request:
    arguments: dict[str, Any] = {"DBInstanceIdentifier": _own_id(call), "SkipFinalSnapshot": call.arguments["skip_final_snapshot"]}
    if last := call.arguments.get("final_snapshot_identifier"):
        arguments["FinalDBSnapshotIdentifier"] = last
    return Request("rds", "delete_db_instance", arguments)


def _resize_database(call: Call) -> Request:
    return _database("modify_db_instance", DBInstanceClass=call.arguments["instance_class"], ApplyImmediately=True)(call)


def _create_database_snapshot(call: Call) -> Request:
    return Request(
        "rds",
        "create_db_snapshot",
        {"DBInstanceIdentifier": _own_id(call), "DBSnapshotIdentifier": call.arguments["snapshot_id"]},
        lambda answer: str(answer["DBSnapshot"]["DBSnapshotArn"]),
    )


def _block(call: Call) -> Request:
    guards = dict.fromkeys(GUARDS, call.arguments["block"])
    return Request("s3", "put_public_access_block", {"Bucket": _own_id(call), "PublicAccessBlockConfiguration": guards})


REQUESTS: Mapping[str, Callable[[Call], Request]] = {
    "ec2:StartInstances": _instances("start_instances"),
    "ec2:StopInstances": _instances("stop_instances"),
    "ec2:RebootInstances": _instances("reboot_instances"),
    "ec2:TerminateInstances": _instances("terminate_instances"),
    "ec2:ModifyInstanceAttribute": _resize_instance,
    "ec2:CreateTags": _ec2_tags("create_tags"),
    "ec2:DeleteTags": _ec2_tags("delete_tags"),
    "ec2:CreateSnapshot": _create_snapshot,
    "ec2:DeleteSnapshot": lambda call: Request("ec2", "delete_snapshot", {"SnapshotId": _own_id(call)}),
    "ec2:DeleteVolume": lambda call: Request("ec2", "delete_volume", {"VolumeId": _own_id(call)}),
    "rds:StartDBInstance": _database("start_db_instance"),
    "rds:StopDBInstance": _database("stop_db_instance"),
    "rds:RebootDBInstance": _database("reboot_db_instance"),
    "rds:DeleteDBInstance": _delete_database,
    "rds:ModifyDBInstance": _resize_database,
    "rds:CreateDBSnapshot": _create_database_snapshot,
    "rds:DeleteDBSnapshot": lambda call: Request("rds", "delete_db_snapshot", {"DBSnapshotIdentifier": _own_id(call)}),
    "rds:AddTagsToResource": lambda call: Request("rds", "add_tags_to_resource", {"ResourceName": call.resource.id, "Tags": [_tag(call)]}),
    "rds:RemoveTagsFromResource": lambda call: Request(
        "rds", "remove_tags_from_resource", {"ResourceName": call.resource.id, "TagKeys": [call.arguments["key"]]}
    ),
    "s3:PutBucketPublicAccessBlock": _block,
    "s3:DeletePublicAccessBlock": lambda call: Request("s3", "delete_public_access_block", {"Bucket": _own_id(call)}),
    # The tag set is filled in by whoever sends it: S3 replaces all tags of a bucket at once.
    "s3:PutBucketTagging": lambda call: Request("s3", "put_bucket_tagging", {"Bucket": _own_id(call)}),
    "lambda:TagResource": lambda call: Request(
        "lambda", "tag_resource", {"Resource": call.resource.id, "Tags": {call.arguments["key"]: call.arguments["value"]}}
    ),
    "lambda:UntagResource": lambda call: Request(
        "lambda", "untag_resource", {"Resource": call.resource.id, "TagKeys": [call.arguments["key"]]}
    ),
}
