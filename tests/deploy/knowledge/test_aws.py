"""Commands are made of the AWS CLI's tables: names people know, the action each is checked as, the level of access."""

from __future__ import annotations

from ai_server.knowledge.commands.command import Field
from deploy.knowledge.aws import commands, prefixes_of

FIELD = {"name": "Id", "option": "--id", "side": "both", "kind": "text", "required": True, "choices": ["a"], "meaning": "The id."}


def row(command, service, operation, **more):
    base = {"command": command, "service": service, "signing": service, "endpoint": service, "operation": operation, "verb": "POST"}
    return {**base, "summary": "Does.", "detail": "", "fields": [], **more}


LEVELS = {
    "ec2": {"StopInstances": ["Write"], "DescribeInstances": ["List"]},
    "cloudwatch": {"PutMetricAlarm": ["Write"]},
    "elasticloadbalancing": {"DeleteLoadBalancer": ["Write"]},
    "s3": {"PutBucketCORS": ["Write"], "ListBucket": ["List"]},
    "rds": {"CreateDBCluster": ["Write"], "ModifyOptionGroup": ["Write"]},
}
ROWS = [
    row("aws ec2 stop-instances", "ec2", "StopInstances", fields=[FIELD]),
    row("aws cloudwatch put-metric-alarm", "cloudwatch", "PutMetricAlarm", signing="monitoring", endpoint="monitoring"),
    row("aws elb delete-load-balancer", "elb", "DeleteLoadBalancer", signing="elasticloadbalancing"),
    row("aws elbv2 delete-load-balancer", "elbv2", "DeleteLoadBalancer", signing="elasticloadbalancing"),
    row("aws rds create-db-cluster", "rds", "CreateDBCluster"),
    row("aws docdb create-db-cluster", "docdb", "CreateDBCluster", signing="rds", endpoint="rds"),
    row("aws rds add-option-to-option-group", "rds", "ModifyOptionGroup"),
    row("aws rds remove-option-from-option-group", "rds", "ModifyOptionGroup"),
    row("aws s3api delete-bucket-cors", "s3", "DeleteBucketCors"),
    row("aws s3api head-bucket", "s3", "HeadBucket"),
    row("aws s3 rm", "s3", ""),
    row("aws s3 ls", "s3", ""),
    row("aws ec2 wait instance-running", "ec2", "", waits="DescribeInstances"),
    row("aws emr get", "emr", ""),
    row("", "bedrock", "InvokeStream"),
    row("aws apigateway get-stage", "apigateway", "GetStage", verb="GET"),
    row("aws apigateway flush-stage-cache", "apigateway", "FlushStageCache", verb="DELETE"),
]
FOUND = commands({"commands": ROWS, "levels": LEVELS}, {("ec2", "StopInstances"): ("Stop it",)})
BY = {one.command: one for one in FOUND}


def test_operations_carry_the_prefix_people_know():
    assert {one.command: one.operation for one in FOUND} == {
        "aws ec2 stop-instances": "ec2:StopInstances",
        "aws cloudwatch put-metric-alarm": "cloudwatch:PutMetricAlarm",
        "aws elb delete-load-balancer": "elb:DeleteLoadBalancer",
        "aws elbv2 delete-load-balancer": "elbv2:DeleteLoadBalancer",
        "aws rds create-db-cluster": "rds:CreateDBCluster",
        "aws docdb create-db-cluster": "docdb:CreateDBCluster",
        "aws rds add-option-to-option-group": "rds:ModifyOptionGroup",
        "aws rds remove-option-from-option-group": "aws rds remove-option-from-option-group",
        "aws s3api delete-bucket-cors": "s3:DeleteBucketCors",
        "aws s3api head-bucket": "s3:HeadBucket",
        "aws s3 rm": "aws s3 rm",
        "aws s3 ls": "aws s3 ls",
        "aws ec2 wait instance-running": "aws ec2 wait instance-running",
        "aws emr get": "aws emr get",
        "": "bedrock:InvokeStream",
        "aws apigateway get-stage": "apigateway:GetStage",
        "aws apigateway flush-stage-cache": "apigateway:FlushStageCache",
    }


def test_each_is_checked_as_its_action():
    assert BY["aws elbv2 delete-load-balancer"].permissions == ("elasticloadbalancing:DeleteLoadBalancer",)
    assert BY["aws docdb create-db-cluster"].permissions == ("rds:CreateDBCluster",)
    assert BY["aws s3api delete-bucket-cors"].permissions == ("s3:PutBucketCORS",)
    assert BY["aws s3api head-bucket"].permissions == ("s3:ListBucket",)
    assert BY["aws apigateway get-stage"].permissions == ("apigateway:GET",)
    assert BY["aws s3 rm"].permissions == ()


def test_levels():
    reading = {one.command for one in FOUND if one.reads}
    assert reading == {"aws s3api head-bucket", "aws s3 ls", "aws ec2 wait instance-running", "aws apigateway get-stage"}
    assert BY["aws ec2 stop-instances"].access == "write"


def test_fields_and_examples_come_along():
    stop = BY["aws ec2 stop-instances"]
    assert stop.fields == (Field("Id", "text", required=True, option="--id", choices=("a",), meaning="The id."),)
    assert stop.examples == ("Stop it",)
    assert BY["aws ec2 wait instance-running"].examples == ()


def test_a_service_the_reference_does_not_know_keeps_what_it_signs_for():
    assert prefixes_of([row("aws mturk create-hit", "mturk", "CreateHIT", signing="mturk-requester")], {}) == {"mturk": "mechanicalturk"}
