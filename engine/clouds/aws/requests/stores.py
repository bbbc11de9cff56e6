"""Databases, tables, warehouses and buckets: their changes on the wire. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clouds.aws import arn
from engine.clouds.aws.request import Build, Request, key_named, number, on_arn, on_own_id, own_id, tag
from engine.clouds.aws.scanners.buckets import GUARDS
from engine.clouds.operation import Call
from engine.errors import Rejected
from engine.estate.resource import Resource

KMS, KMS_TWICE, S3_OWN = "aws:kms", "aws:kms:dsse", "AES256"


def database_snapshot_arn(resource: Resource, name: str) -> str:
    """The ARN of a database's snapshot, which lies where the database lies."""
    return str(arn.Arn("rds", resource.region, resource.account, "snapshot", name.lower()))


def cluster_snapshot_arn(resource: Resource, name: str) -> str:
    """The ARN of a Redshift cluster's snapshot, which lies where the cluster lies."""
    own = f"{arn.parse(resource.id).own_id}/{name.lower()}"
    return str(arn.Arn("redshift", resource.region, resource.account, "snapshot", own))


def merged(tags: list[Mapping[str, str]], key: str, value: str) -> list[Mapping[str, str]]:
    """A bucket's tags with one put, or taken away where the value is empty; all others as they were."""
    others = [one for one in tags if one["Key"] != key]
    return [*others, {"Key": key, "Value": value}] if value else others


def _database(method: str, **more: Any) -> Build:
    return on_own_id("rds", method, "DBInstanceIdentifier", **more)


def _modified(**more: Any) -> Build:
    return _database("modify_db_instance", **more, ApplyImmediately=True)


def _delete_database(call: Call) -> Request:
    arguments: dict[str, Any] = {"DBInstanceIdentifier": own_id(call), "SkipFinalSnapshot": call.arguments["skip_final_snapshot"]}
    if last := call.arguments.get("final_snapshot_identifier"):
        arguments["FinalDBSnapshotIdentifier"] = last
    return Request("rds", "delete_db_instance", arguments)


def _create_database_snapshot(call: Call) -> Request:
    return Request(
        "rds",
        "create_db_snapshot",
        {"DBInstanceIdentifier": own_id(call), "DBSnapshotIdentifier": call.arguments["snapshot_id"]},
        lambda answer: str(answer["DBSnapshot"]["DBSnapshotArn"]),
    )


def _table(method: str, **more: Any) -> Build:
    return on_own_id("dynamodb", method, "TableName", **more)


def _continuous(*, enabled: bool) -> Build:
    return _table("update_continuous_backups", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled})


def _create_backup(call: Call) -> Request:
    return Request(
        "dynamodb",
        "create_backup",
        {"TableName": own_id(call), "BackupName": call.arguments["backup_name"]},
        lambda answer: str(answer["BackupDetails"]["BackupArn"]),
    )


def _cluster(method: str) -> Build:
    return on_own_id("redshift", method, "ClusterIdentifier")


def _create_cluster_snapshot(call: Call) -> Request:
    name = str(call.arguments["snapshot_id"])
    return Request(
        "redshift",
        "create_cluster_snapshot",
        {"ClusterIdentifier": own_id(call), "SnapshotIdentifier": name},
        lambda _answer: cluster_snapshot_arn(call.resource, name),
    )


def _delete_cluster_snapshot(call: Call) -> Request:
    cluster, _, name = own_id(call).partition("/")
    return Request("redshift", "delete_cluster_snapshot", {"SnapshotIdentifier": name, "SnapshotClusterIdentifier": cluster})


def _block(call: Call) -> Request:
    if call.arguments["block"] is not True:
        # Opening a bucket carries another risk than closing one, so it is another operation.
        raise Rejected(f"{call.operation} only blocks; s3:DeletePublicAccessBlock opens.", tried=call.operation, code="WrongOperation")
    guards = dict.fromkeys(GUARDS, True)
    return Request("s3", "put_public_access_block", {"Bucket": own_id(call), "PublicAccessBlockConfiguration": guards})


def _encrypt(call: Call) -> Request:
    known = call.resource.properties
    # Somebody chose that key, or that stronger way; the account's own key in its place would change who can read what comes after.
    if chosen := known.get("kms_key") or (known.get("encryption") == KMS_TWICE and KMS_TWICE):
        raise Rejected(f"The bucket is encrypted with {chosen} already, which is left as it is.", tried=call.operation, code="KeyChosen")
    return _encryption({"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": KMS}, "BucketKeyEnabled": True})(call)


def _encryption(rule: Mapping[str, Any]) -> Build:
    return on_own_id("s3", "put_bucket_encryption", "Bucket", ServerSideEncryptionConfiguration={"Rules": [rule]})


def _versioning(status: str) -> Build:
    return on_own_id("s3", "put_bucket_versioning", "Bucket", VersioningConfiguration={"Status": status})


REQUESTS: Mapping[str, Build] = {
    "rds:StartDBInstance": _database("start_db_instance"),
    "rds:StopDBInstance": _database("stop_db_instance"),
    "rds:RebootDBInstance": _database("reboot_db_instance"),
    "rds:RebootDBInstance:failover": _database("reboot_db_instance", ForceFailover=True),
    "rds:DeleteDBInstance": _delete_database,
    "rds:ModifyDBInstance": lambda call: _modified(DBInstanceClass=call.arguments["instance_class"])(call),
    "rds:ModifyDBInstance:protect": _modified(DeletionProtection=True),
    "rds:ModifyDBInstance:unprotect": _modified(DeletionProtection=False),
    "rds:ModifyDBInstance:grow": lambda call: _modified(AllocatedStorage=number(call, "size_gb"))(call),
    "rds:ModifyDBInstance:backups": lambda call: _modified(BackupRetentionPeriod=number(call, "days"))(call),
    "rds:ModifyDBInstance:noBackups": _modified(BackupRetentionPeriod=0),
    "rds:ModifyDBInstance:multiAz": _modified(MultiAZ=True),
    "rds:ModifyDBInstance:singleAz": _modified(MultiAZ=False),
    "rds:CreateDBSnapshot": _create_database_snapshot,
    "rds:DeleteDBSnapshot": on_own_id("rds", "delete_db_snapshot", "DBSnapshotIdentifier"),
    "rds:AddTagsToResource": on_arn("rds", "add_tags_to_resource", "ResourceName", lambda call: {"Tags": [tag(call)]}),
    "rds:RemoveTagsFromResource": on_arn("rds", "remove_tags_from_resource", "ResourceName", key_named("TagKeys")),
    "dynamodb:UpdateTable:protect": _table("update_table", DeletionProtectionEnabled=True),
    "dynamodb:UpdateTable:unprotect": _table("update_table", DeletionProtectionEnabled=False),
    "dynamodb:UpdateContinuousBackups": _continuous(enabled=True),
    "dynamodb:UpdateContinuousBackups:off": _continuous(enabled=False),
    "dynamodb:CreateBackup": _create_backup,
    "dynamodb:DeleteBackup": lambda call: Request("dynamodb", "delete_backup", {"BackupArn": call.resource.id}),
    "dynamodb:DeleteTable": _table("delete_table"),
    "dynamodb:TagResource": on_arn("dynamodb", "tag_resource", "ResourceArn", lambda call: {"Tags": [tag(call)]}),
    "dynamodb:UntagResource": on_arn("dynamodb", "untag_resource", "ResourceArn", key_named("TagKeys")),
    "redshift:PauseCluster": _cluster("pause_cluster"),
    "redshift:ResumeCluster": _cluster("resume_cluster"),
    "redshift:CreateClusterSnapshot": _create_cluster_snapshot,
    "redshift:DeleteClusterSnapshot": _delete_cluster_snapshot,
    "redshift:CreateTags": on_arn("redshift", "create_tags", "ResourceName", lambda call: {"Tags": [tag(call)]}),
    "redshift:DeleteTags": on_arn("redshift", "delete_tags", "ResourceName", key_named("TagKeys")),
    "s3:PutBucketPublicAccessBlock": _block,
    "s3:DeletePublicAccessBlock": on_own_id("s3", "delete_public_access_block", "Bucket"),
    # The tag set is filled in by whoever sends it: S3 replaces all tags of a bucket at once.
    "s3:PutBucketTagging": on_own_id("s3", "put_bucket_tagging", "Bucket"),
    "s3:PutBucketTagging:remove": on_own_id("s3", "put_bucket_tagging", "Bucket"),
    "s3:PutBucketVersioning": _versioning("Enabled"),
    "s3:PutBucketVersioning:suspend": _versioning("Suspended"),
    "s3:PutEncryptionConfiguration": _encrypt,
    "s3:PutEncryptionConfiguration:s3": _encryption({"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": S3_OWN}}),
}
