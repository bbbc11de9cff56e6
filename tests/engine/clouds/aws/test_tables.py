"""The pure parts: names, prices, answers, metrics, permissions, and the tables of operations as a whole."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clouds.aws import arn, costs, metrics, permissions
from engine.clouds.aws.answers import from_answer, from_silence, gap_reason
from engine.clouds.aws.catalogue import SCANNERS, scanner_of
from engine.clouds.aws.operations import OPERATIONS
from engine.clouds.aws.scanners.instances import SCANNER as INSTANCES
from engine.clouds.operation import OperationClass
from engine.errors import Denied, NotFound, Rejected, Throttled, Unreachable
from engine.estate.resource import GapReason

FIELD = re.compile(r"\{([$\w.|]+)\}")
# They delete what lies in the resource, which stays itself.
LOSES = {"sqs:PurgeQueue", "logs:PutRetentionPolicy"}
RESOURCE_FIELDS = {"id", "name", "region", "account", "properties"}


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:ec2:us-east-1:111111111111:instance/i-0abc",
        "arn:aws:rds:eu-west-1:111111111111:db:some-db",
        "arn:aws:rds:eu-west-1:111111111111:snapshot:some-snap",
        "arn:aws:lambda:us-west-2:111111111111:function:some-function",
        "arn:aws:s3:::some-bucket",
        "arn:aws:sqs:us-east-1:111111111111:some-queue.fifo",
        "arn:aws:dynamodb:us-east-1:111111111111:table/orders",
        "arn:aws:dynamodb:us-east-1:111111111111:table/orders/backup/01489602797149-73d8d5bc",
        "arn:aws:autoscaling:us-east-1:111111111111:autoScalingGroup:5a0d1c8f-0000:autoScalingGroupName/web/blue",
        "arn:aws:ecs:us-east-1:111111111111:service/some-cluster/web",
        "arn:aws:eks:us-east-1:111111111111:nodegroup/some-cluster/workers/1cb0d5f2",
        "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab",
        "arn:aws:logs:us-east-1:111111111111:log-group:/aws/lambda/some-function",
        "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/web/50dc6c495c0c9188",
        "arn:aws:redshift:us-east-1:111111111111:cluster:numbers",
        "arn:aws:redshift:us-east-1:111111111111:snapshot:numbers/before-it",
        "arn:aws:events:us-east-1:111111111111:rule/nightly",
        "arn:aws:events:us-east-1:111111111111:rule/some-bus/nightly",
        "arn:aws:ec2:us-east-1:111111111111:elastic-ip/eipalloc-1",
        "arn:aws-cn:ec2:cn-north-1:111111111111:volume/vol-1",
        "arn:aws-us-gov:ec2:us-gov-west-1:111111111111:volume/vol-1",
    ],
)
def test_names_come_back_as_they_were(text):
    assert str(arn.parse(text)) == text
    assert scanner_of(arn.parse(text)) is not None


@given(st.text())
def test_what_is_no_name_is_a_value_error(text):
    try:
        name = arn.parse(text)
    except ValueError:
        return
    assert text.startswith("arn:")
    assert name.own_id


def test_prices_are_the_list_prices():
    def instance(size):
        return costs.monthly("AWS::EC2::Instance", {"instance_type": size})

    def database(size, zones):
        return costs.monthly("AWS::RDS::DBInstance", {"instance_class": size, "multi_az": zones})

    assert (instance("t3.micro"), instance("t3.large"), instance("c6i.2xlarge"), instance("m5.12xlarge")) == (7.6, 60.7, 248.2, 1681.9)
    assert (instance("quantum.large"), instance("t3.enormous"), instance("nonsense")) == (0.0, 0.0, 0.0)
    assert (database("db.t3.medium", zones=True), database("db.t3.medium", zones=False)) == (99.3, 49.6)
    assert costs.monthly("AWS::EC2::Volume", {"size_gb": 100, "volume_type": "gp3"}) == 8.0
    assert costs.monthly("AWS::EC2::Volume", {"size_gb": 100, "volume_type": "io2"}) == 12.5
    assert costs.monthly("AWS::EC2::Snapshot", {"size_gb": 100}) == 5.0
    assert costs.monthly("AWS::RDS::DBSnapshot", {"size_gb": 100}) == 9.5
    assert costs.monthly("AWS::DynamoDB::Backup", {"size_gb": 100}) == 10.0
    assert costs.monthly("AWS::Redshift::ClusterSnapshot", {"size_gb": 100}) == 2.4
    assert costs.monthly("AWS::EC2::EIP", {}) == 3.6
    assert costs.monthly("AWS::KMS::Key", {}) == 1.0
    assert [costs.monthly("AWS::ElasticLoadBalancingV2::LoadBalancer", {"kind": kind}) for kind in ("network", "odd")] == [16.4, 0.0]
    assert [costs.monthly("AWS::Redshift::Cluster", {"node_type": size, "nodes": 2}) for size in ("dc2.large", "odd")] == [365.0, 0.0]
    assert costs.monthly("AWS::S3::Bucket", {}) == 0.0


def answered(code: str, status: int = 400, **headers: str):
    response = {"Error": {"Code": code, "Message": "m" * 900}, "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers}}
    return from_answer(response, "ec2:Something")


@pytest.mark.parametrize(
    ("error", "expected", "reason"),
    [
        (answered("UnauthorizedOperation", 403), Denied, GapReason.DENIED),
        (answered("ExpiredToken", 400), Denied, GapReason.DENIED),
        (answered("Unheard", 401), Denied, GapReason.DENIED),
        (answered("SlowDown", 503), Throttled, GapReason.THROTTLED),
        (answered("Unheard", 429), Throttled, GapReason.THROTTLED),
        (answered("NoSuchBucket", 404), NotFound, GapReason.BROKEN),
        (answered("InvalidVolume.NotFound"), NotFound, GapReason.BROKEN),
        (answered("IncorrectState"), Rejected, GapReason.BROKEN),
        (answered("Unavailable", 503), Unreachable, GapReason.UNREACHABLE),
        (from_silence("ReadTimeoutError", "late", "x"), Unreachable, GapReason.TIMED_OUT),
        (from_silence("EndpointConnectionError", "no way", "x"), Unreachable, GapReason.UNREACHABLE),
        (from_silence("ResponseParserError", "babble", "x"), Unreachable, GapReason.BROKEN),
        (from_silence("NoCredentialsError", "none", "x"), Denied, GapReason.DENIED),
        (from_silence("ParamValidationError", "bad", "x"), Rejected, GapReason.BROKEN),
    ],
)
def test_each_answer_has_its_error_and_its_gap(error, expected, reason):
    assert type(error) is expected
    assert gap_reason(error) is reason
    assert len(str(error)) < 600


def test_retry_after_is_seconds_or_unsaid():
    assert answered("Throttling", **{"retry-after": "12"}).retry_after == 12.0
    assert answered("Throttling", **{"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}).retry_after == 0.0


def test_averages_ask_for_seven_days_and_survive_pages():
    assert INSTANCES.metric is not None
    ask = metrics.question(INSTANCES.metric, ["i-1", "i-2"], datetime(2026, 11, 20, tzinfo=UTC))
    assert (ask.arguments["EndTime"] - ask.arguments["StartTime"]).days == 7
    assert [q["Id"] for q in ask.arguments["MetricDataQueries"]] == ["m0", "m1"]
    pages = [{"Id": "m1", "Values": [1.0, 2.0]}, {"Id": "m0", "Values": []}, {"Id": "m1", "Values": [6.0]}]
    assert metrics.answered(pages, ["i-1", "i-2"]) == {"i-2": 3.0}


def test_permissions_follow_from_the_tables():
    assert {"ec2:DescribeInstances", "ec2:DescribeRegions", "s3:GetBucketTagging", "cloudwatch:GetMetricData"} <= set(permissions.READING)
    policy = permissions.iam_policy(["s3:DeletePublicAccessBlock", "ec2:StopInstances"])
    assert policy["Statement"][1]["Action"] == ["ec2:StopInstances", "s3:PutBucketPublicAccessBlock"]
    assert len(permissions.iam_policy()["Statement"]) == 1
    assert permissions.changing(["rds:ModifyDBInstance:unprotect", "rds:ModifyDBInstance"]) == ("rds:ModifyDBInstance",)
    whole = json.dumps(permissions.iam_policy(OPERATIONS), separators=(",", ":"))
    assert len(whole) <= 6144, "a managed policy takes no more"
    every_name = [*permissions.READING, *permissions.changing(OPERATIONS)]
    assert all(re.fullmatch(r"[a-z0-9]+:[A-Z][A-Za-z]+", name) for name in every_name)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_tables_are_whole(operation):
    taken = {parameter.name for parameter in operation.takes}
    for text in operation.command:
        for field in FIELD.findall(text):
            if field.startswith("$"):
                assert field[1:] in taken
            else:
                assert {alternative.split(".")[0] for alternative in field.split("|")} <= RESOURCE_FIELDS
    assert operation.command[0] == "aws"
    assert operation.native_types <= {scanner.kind.native_type for scanner in SCANNERS}
    assert bool(operation.inverse) != bool(operation.no_way_back)
    assert (operation.kind is OperationClass.DELETE) == (operation.promise == {"gone": True} or operation.name in LOSES)
    assert operation.cloud == "aws"
    for promised in (*operation.promise, *operation.promise.values()):
        named = str(promised).rpartition(".")[2]
        assert not named.startswith("$") or named[1:] in taken
    for parameter in operation.takes:
        re.compile(parameter.pattern)


@pytest.mark.parametrize("key", ["env", "kubernetes.io/name", "Owner Team", "Namespace"])
def test_tag_keys_that_may_be_set(key):
    (parameter, _) = OPERATIONS["ec2:CreateTags"].takes
    assert re.fullmatch(parameter.pattern, key)


@pytest.mark.parametrize("key", ["aws:createdBy", "Name", "", "a{b", "x\ny", "k" * 129])
def test_tag_keys_that_may_not(key):
    (parameter, _) = OPERATIONS["ec2:CreateTags"].takes
    assert not re.fullmatch(parameter.pattern, key)


def test_nothing_of_the_sdk_is_imported_before_it_is_needed():
    program = "import sys, engine.clouds.aws.cloud, engine.clouds.aws.permissions; print([m for m in sys.modules if m.startswith(('boto', 'aio'))])"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
