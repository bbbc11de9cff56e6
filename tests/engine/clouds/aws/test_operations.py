"""Every operation on a real moto server: it does what it promises, and its way back leads back."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
import pytest_asyncio

from engine.clouds.aws.calls import REQUESTS, request_of
from engine.clouds.aws.cloud import AwsCloud
from engine.clouds.aws.operations import OPERATIONS
from engine.clouds.aws.session import Patience
from engine.clouds.operation import Receipt
from engine.errors import Denied, NotFound, Rejected, Throttled, Unreachable
from engine.execution.binding import way_back
from engine.execution.promise import missing
from tests.engine.clouds.aws.makers import call, seen
from tests.engine.clouds.aws.service_makers import ServiceMaker, as_left

REVERSIBLE = [
    ("ec2:StartInstances", "stopped_instance", {}),
    ("ec2:StopInstances", "instance", {}),
    ("ec2:ModifyInstanceAttribute", "stopped_instance", {"instance_type": "t3.large"}),
    ("ec2:CreateTags", "instance", {"key": "env", "value": "test"}),
    ("ec2:CreateTags", "volume", {"key": "new", "value": "here"}),
    ("ec2:CreateTags", "security_group", {"key": "kubernetes.io/cluster", "value": "owned"}),
    ("ec2:DeleteTags", "instance", {"key": "env"}),
    ("ec2:DeleteTags", "volume", {"key": "absent"}),
    ("rds:StartDBInstance", "stopped_database", {}),
    ("rds:StopDBInstance", "database", {}),
    ("rds:ModifyDBInstance", "database", {"instance_class": "db.t3.large"}),
    ("rds:AddTagsToResource", "database", {"key": "env", "value": "test"}),
    ("rds:AddTagsToResource", "database_snapshot", {"key": "new", "value": "here"}),
    ("rds:RemoveTagsFromResource", "database", {"key": "env"}),
    ("s3:PutBucketPublicAccessBlock", "bucket", {"block": True}),
    ("s3:PutBucketPublicAccessBlock", "blocked_bucket", {"block": True}),
    ("s3:DeletePublicAccessBlock", "blocked_bucket", {}),
    ("s3:PutBucketTagging", "bucket", {"key": "env", "value": "test"}),
    ("s3:PutBucketTagging", "bucket", {"key": "new", "value": "here"}),
    ("s3:PutBucketTagging", "untagged_bucket", {"key": "first", "value": "one"}),
    ("s3:PutBucketTagging:remove", "bucket", {"key": "team"}),
    ("s3:PutBucketTagging:remove", "untagged_bucket", {"key": "absent"}),
    ("s3:PutBucketVersioning", "bucket", {}),
    ("s3:PutBucketVersioning", "versioned_bucket", {}),
    ("s3:PutBucketVersioning:suspend", "versioned_bucket", {}),
    ("s3:PutEncryptionConfiguration", "encrypted_bucket", {}),
    ("s3:PutEncryptionConfiguration", "kms_bucket", {}),
    ("s3:PutEncryptionConfiguration:s3", "kms_bucket", {}),
    ("lambda:TagResource", "function", {"key": "env", "value": "test"}),
    ("lambda:UntagResource", "function", {"key": "env"}),
    ("lambda:PutFunctionConcurrency", "function", {}),
    ("lambda:PutFunctionConcurrency", "limited_function", {}),
    ("lambda:PutFunctionConcurrency:limit", "function", {"reserved": 5}),
    ("lambda:DeleteFunctionConcurrency", "disabled_function", {}),
    ("lambda:DeleteFunctionConcurrency", "limited_function", {}),
    ("ec2:ModifyInstanceAttribute:protect", "instance", {}),
    ("ec2:ModifyInstanceAttribute:protect", "protected_instance", {}),
    ("ec2:ModifyInstanceAttribute:unprotect", "protected_instance", {}),
    ("ec2:DetachVolume", "attached_volume", {}),
    ("ec2:CreateTags", "address", {"key": "team", "value": "core"}),
    ("ec2:DisassociateAddress", "attached_address", {}),
    ("rds:ModifyDBInstance:protect", "database", {}),
    ("rds:ModifyDBInstance:unprotect", "protected_database", {}),
    ("rds:ModifyDBInstance:backups", "unguarded_database", {"days": "7"}),
    ("rds:ModifyDBInstance:noBackups", "database", {}),
    ("rds:ModifyDBInstance:multiAz", "database", {}),
    ("rds:ModifyDBInstance:singleAz", "doubled_database", {}),
    ("autoscaling:SetDesiredCapacity", "scaling_group", {"desired": "4"}),
    ("autoscaling:SetDesiredCapacity", "scaling_group", {"desired": "0"}),
    ("autoscaling:CreateOrUpdateTags", "scaling_group", {"key": "env", "value": "test", "propagate": False}),
    ("autoscaling:CreateOrUpdateTags", "scaling_group", {"key": "team", "value": "core", "propagate": True}),
    ("autoscaling:DeleteTags", "scaling_group", {"key": "env"}),
    ("ecs:UpdateService", "container_service", {"desired": "5"}),
    ("ecs:TagResource", "container_service", {"key": "team", "value": "core"}),
    ("ecs:UntagResource", "container_service", {"key": "env"}),
    ("eks:UpdateNodegroupConfig", "node_pool", {"desired": "3"}),
    ("dynamodb:UpdateTable:protect", "table", {}),
    ("dynamodb:UpdateTable:unprotect", "protected_table", {}),
    ("dynamodb:UpdateContinuousBackups", "table", {}),
    ("dynamodb:UpdateContinuousBackups:off", "recoverable_table", {}),
    ("dynamodb:TagResource", "table", {"key": "team", "value": "core"}),
    ("dynamodb:UntagResource", "table", {"key": "env"}),
    ("redshift:PauseCluster", "warehouse", {}),
    ("redshift:ResumeCluster", "paused_warehouse", {}),
    ("redshift:CreateTags", "warehouse", {"key": "team", "value": "core"}),
    ("redshift:DeleteTags", "warehouse", {"key": "env"}),
    ("sqs:TagQueue", "queue", {"key": "team", "value": "core"}),
    ("sqs:UntagQueue", "queue", {"key": "env"}),
    ("kms:DisableKey", "key", {}),
    ("kms:EnableKey", "disabled_key", {}),
    ("kms:EnableKeyRotation", "key", {}),
    ("kms:DisableKeyRotation", "rotating_key", {}),
    ("kms:TagResource", "key", {"key": "team", "value": "core"}),
    ("kms:UntagResource", "key", {"key": "env"}),
    ("logs:TagResource", "log_group", {"key": "team", "value": "core"}),
    ("logs:UntagResource", "log_group", {"key": "env"}),
    ("elasticloadbalancing:DeregisterTargets", "served_instance", {}),
    ("elasticloadbalancing:ModifyLoadBalancerAttributes:protect", "load_balancer", {}),
    ("elasticloadbalancing:ModifyLoadBalancerAttributes:unprotect", "protected_load_balancer", {}),
    ("elasticloadbalancing:AddTags", "load_balancer", {"key": "team", "value": "core"}),
    ("elasticloadbalancing:RemoveTags", "load_balancer", {"key": "env"}),
    ("events:DisableRule", "rule", {}),
    ("events:EnableRule", "disabled_rule", {}),
    ("events:TagResource", "rule", {"key": "team", "value": "core"}),
    ("events:UntagResource", "rule", {"key": "env"}),
]
# What they do cannot be taken back, and yet the resource stays.
ONE_WAY = [
    ("ec2:ModifyVolume", "volume", {"size_gb": "20"}),
    ("rds:ModifyDBInstance:grow", "database", {"size_gb": "40"}),
    ("rds:RebootDBInstance:failover", "doubled_database", {}),
    ("ecs:UpdateService:redeploy", "container_service", {}),
    ("sqs:PurgeQueue", "queue", {}),
    ("logs:PutRetentionPolicy", "log_group", {"days": "30"}),
]
# Tried as the way back of another, which is what they are for.
BACK = {"ec2:AttachVolume", "ec2:AssociateAddress", "elasticloadbalancing:RegisterTargets"}
FINAL = [
    ("ec2:TerminateInstances", "instance", {}),
    ("ec2:DeleteVolume", "volume", {}),
    ("ec2:DeleteSnapshot", "volume_snapshot", {}),
    ("rds:DeleteDBInstance", "database", {"skip_final_snapshot": True}),
    ("rds:DeleteDBInstance", "database", {"skip_final_snapshot": False, "final_snapshot_identifier": "the-last-one"}),
    ("rds:DeleteDBSnapshot", "database_snapshot", {}),
    ("ec2:ReleaseAddress", "address", {}),
    ("dynamodb:DeleteTable", "table", {}),
    ("dynamodb:DeleteBackup", "table_backup", {}),
    ("redshift:DeleteClusterSnapshot", "warehouse_snapshot", {}),
    ("sqs:DeleteQueue", "queue", {}),
    ("logs:DeleteLogGroup", "log_group", {}),
    ("elasticloadbalancing:DeleteLoadBalancer", "load_balancer", {}),
]
INTERRUPTING = [("ec2:RebootInstances", "instance", {}), ("rds:RebootDBInstance", "database", {})]
CREATING = [
    ("ec2:CreateSnapshot", "volume", {}),
    ("rds:CreateDBSnapshot", "database", {"snapshot_id": "before-it"}),
    ("dynamodb:CreateBackup", "table", {"backup_name": "before-it"}),
    ("redshift:CreateClusterSnapshot", "warehouse", {"snapshot_id": "before-it"}),
]


@pytest_asyncio.fixture
async def make(sandbox):
    maker = ServiceMaker(sandbox.accounts[2])
    yield maker
    await maker.close()


def through(faults, sandbox, **patience) -> AwsCloud:
    account = sandbox.accounts[2].model_copy(update={"endpoint": faults.endpoint})
    return AwsCloud([account], patience=Patience(read_attempts=1, **patience))


@pytest.mark.parametrize(("name", "kind", "arguments"), REVERSIBLE)
async def test_it_keeps_its_promise_and_leads_back(cloud, make, name, kind, arguments):
    operation = OPERATIONS[name]
    before = await seen(cloud, await getattr(make, kind)())
    assert not operation.states or before.state in operation.states
    assert before.native_type in operation.native_types
    assert operation.inverse is not None
    back = operation.inverse(before, arguments)
    assert back is not None
    receipt = await cloud.perform(call(name, before, **arguments))
    assert receipt.request_id
    after = await seen(cloud, before)
    assert not missing(operation.promise, arguments, after)
    await cloud.perform(call(back.operation, after, **back.arguments))
    assert as_left(await seen(cloud, before)) == as_left(before)


@pytest.mark.parametrize(("name", "kind", "arguments"), ONE_WAY)
async def test_what_cannot_be_taken_back_keeps_its_promise_and_says_so(cloud, make, name, kind, arguments):
    operation = OPERATIONS[name]
    before = await seen(cloud, await getattr(make, kind)())
    assert not operation.states or before.state in operation.states
    await cloud.perform(call(name, before, **arguments))
    assert not missing(operation.promise, arguments, await seen(cloud, before))
    assert operation.no_way_back
    assert operation.inverse is None


@pytest.mark.parametrize(("name", "kind", "arguments"), FINAL)
async def test_what_is_deleted_is_gone_and_the_table_says_there_is_no_way_back(cloud, make, name, kind, arguments):
    resource = await seen(cloud, await getattr(make, kind)())
    await cloud.perform(call(name, resource, **arguments))
    assert await cloud.read(resource) is None
    assert OPERATIONS[name].promise == {"gone": True}
    assert OPERATIONS[name].no_way_back
    assert OPERATIONS[name].inverse is None


@pytest.mark.parametrize(("name", "kind", "arguments"), INTERRUPTING)
async def test_a_reboot_comes_back(cloud, make, name, kind, arguments):
    resource = await seen(cloud, await getattr(make, kind)())
    await cloud.perform(call(name, resource, **arguments))
    assert not missing(OPERATIONS[name].promise, arguments, await seen(cloud, resource))


@pytest.mark.parametrize(("name", "kind", "arguments"), CREATING)
async def test_a_snapshot_comes_to_be_is_found_without_its_receipt_and_can_be_taken_back(cloud, make, name, kind, arguments):
    operation = OPERATIONS[name]
    resource = await seen(cloud, await getattr(make, kind)())
    taking = call(name, resource, **arguments)
    assert await cloud.produced(taking, Receipt()) is None
    receipt = await cloud.perform(taking)
    assert await cloud.produced(taking, receipt) == operation.promise["produced"]
    assert await cloud.produced(taking, Receipt()) == operation.promise["produced"]
    snapshot = await seen(cloud, replace(resource, id=receipt.produced))
    assert (snapshot.type, snapshot.id) == ("snapshot", receipt.produced)
    assert operation.inverse is not None
    back = operation.inverse(resource, arguments)
    assert back is not None
    assert snapshot.native_type in OPERATIONS[back.operation].native_types
    await cloud.perform(call(back.operation, snapshot, **back.arguments))
    assert await cloud.read(snapshot) is None
    assert await cloud.produced(taking, receipt) is None


def test_every_operation_is_tried_here_and_has_its_request():
    tried = {name for name, *_ in (*REVERSIBLE, *ONE_WAY, *FINAL, *INTERRUPTING, *CREATING)} | BACK
    assert tried == set(OPERATIONS) == set(REQUESTS)


async def test_other_tags_of_a_bucket_stay(cloud, make):
    bucket = await seen(cloud, await make.bucket())
    await cloud.perform(call("s3:PutBucketTagging", bucket, key="env", value="prod"))
    assert (await seen(cloud, bucket)).tags == {"env": "prod", "team": "core"}


async def test_opening_a_bucket_hides_behind_no_other_name(cloud, make):
    bucket = await seen(cloud, await make.blocked_bucket())
    with pytest.raises(Rejected, match="s3:DeletePublicAccessBlock opens"):
        await cloud.perform(call("s3:PutBucketPublicAccessBlock", bucket, block=False))
    assert (await seen(cloud, bucket)).properties["public_access_block"] is True


@pytest.mark.parametrize("known", [{"encryption": "aws:kms", "kms_key": "alias/ours"}, {"encryption": "aws:kms:dsse"}])
async def test_a_key_that_somebody_chose_for_a_bucket_is_left(cloud, make, known):
    bucket = await seen(cloud, await make.kms_bucket())
    chosen = replace(bucket, properties={**bucket.properties, **known})
    with pytest.raises(Rejected, match="already, which is left as it is"):
        await cloud.perform(call("s3:PutEncryptionConfiguration", chosen))


async def test_a_volume_that_hangs_on_several_instances_is_taken_off_none(cloud, make):
    volume = await seen(cloud, await make.attached_volume())
    several = replace(volume, properties={**volume.properties, "attached_to": ["i-1", "i-2"]})
    request = request_of(call("ec2:DetachVolume", several))
    assert request is not None
    assert "InstanceId" not in request.arguments
    del several.properties["device"]
    assert way_back(OPERATIONS["ec2:DetachVolume"], several, {}) == (None, "What device was before is not known.")


async def test_what_the_cloud_refuses_is_rejected_and_what_is_gone_is_not_found(cloud, make):
    volume = await seen(cloud, await make.volume())
    await cloud.perform(call("ec2:DeleteVolume", volume))
    with pytest.raises(NotFound) as caught:
        await cloud.perform(call("ec2:DeleteVolume", volume))
    assert caught.value.tried == "ec2:DeleteVolume"
    assert caught.value.code == "InvalidVolume.NotFound"
    database = await seen(cloud, await make.database())
    with pytest.raises(Rejected) as refused:
        await cloud.perform(call("rds:StartDBInstance", database))
    assert refused.value.code == "InvalidDBInstanceState"
    running = await make.instance()
    with pytest.raises(Rejected, match="knows no AWS operation"):
        await cloud.perform(call("ec2:RunInstances", running))
    with pytest.raises(Rejected, match="needs the argument 'instance_type'"):
        await cloud.perform(call("ec2:ModifyInstanceAttribute", running))
    with pytest.raises(Rejected, match="not an ARN"):
        await cloud.perform(call("ec2:StopInstances", replace(running, id="i-123")))
    with pytest.raises(Rejected, match="does not read"):
        await cloud.read(replace(running, id="arn:aws:sns:us-west-2:1:topic/x"))


async def test_an_account_that_is_not_configured_is_denied(cloud, make):
    instance = replace(await make.instance(), account="999999999999")
    with pytest.raises(Denied, match="999999999999 is not configured"):
        await cloud.read(instance)
    with pytest.raises(Denied, match="999999999999 is not configured"):
        await cloud.perform(call("ec2:StopInstances", instance))


async def test_a_change_is_sent_once_whatever_comes_back(faults, sandbox, make):
    cloud = through(faults, sandbox)
    instance = await make.instance()
    for status, code, expected in [
        (403, "UnauthorizedOperation", Denied),
        (503, "RequestLimitExceeded", Throttled),
        (500, "InternalError", Unreachable),
        (400, "IncorrectInstanceState", Rejected),
        (400, "InvalidInstanceID.NotFound", NotFound),
    ]:
        faults.seen.clear()
        faults.answer("StopInstances", status, code, Retry_After="7")
        with pytest.raises(expected) as caught:
            await cloud.perform(call("ec2:StopInstances", instance))
        assert faults.seen["StopInstances"] == 1
        assert caught.value.code == code
        assert getattr(caught.value, "retry_after", 7.0) == 7.0
    await cloud.close()


async def test_a_lost_answer_is_unreachable_and_the_look_back_tells(faults, sandbox, make):
    cloud = through(faults, sandbox)
    instance = await make.instance()
    faults.cut("StopInstances")
    with pytest.raises(Unreachable):
        await cloud.perform(call("ec2:StopInstances", instance))
    assert faults.seen["StopInstances"] == 1
    assert (await seen(cloud, instance)).state == "stopped"
    await cloud.close()


async def test_silence_after_a_change_is_unreachable(faults, sandbox, make):
    instance = await make.instance()
    faults.stay_silent("StopInstances")
    cloud = through(faults, sandbox, read_s=1.0)
    with pytest.raises(Unreachable) as caught:
        await cloud.perform(call("ec2:StopInstances", instance))
    assert caught.value.code == "ReadTimeoutError"
    assert faults.seen["StopInstances"] == 1
    await cloud.close()


async def test_two_hundred_reads_are_few_calls_and_one_vanished_harms_none(faults, sandbox, make):
    made = await make.instances(120)
    instances = [replace(made[at % 120], metrics={"at": at}) for at in range(200)]
    cloud = through(faults, sandbox)
    found = await _all(cloud, instances)
    assert [r.metrics["at"] for r in found if r] == list(range(200))
    assert faults.seen["DescribeInstances"] == 2
    await (await make.client("ec2")).terminate_instances(InstanceIds=[made[7].name])
    strange = replace(made[0], id=made[0].id[:-17] + "0" * 17)
    found = await _all(cloud, [*made[:20], strange])
    assert [at for at, r in enumerate(found) if r is None] == [7, 20]
    await cloud.close()


async def _all(cloud, resources):
    return await asyncio.gather(*(cloud.read(resource) for resource in resources))
