"""The scanners' mappings held to answers that the real AWS gave, recorded by others."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.clouds.aws import arn
from engine.clouds.aws.asking import _at
from engine.clouds.aws.catalogue import SCANNERS, scanner_of
from engine.clouds.aws.scanner import Ask, Place, Scanner
from engine.clouds.aws.scanners.instances import BALANCERS
from engine.estate.resource import Resource

RECORDED = Path(__file__).parents[4] / ".." / "shared" / "recorded" / "aws"
PLACE = Place("644160558196", "recorded", "us-east-1")
FILES = {
    "ec2.DescribeInstances": "AWS::EC2::Instance",
    "ec2.DescribeVolumes": "AWS::EC2::Volume",
    "ec2.DescribeSnapshots": "AWS::EC2::Snapshot",
    "ec2.DescribeSecurityGroups": "AWS::EC2::SecurityGroup",
    "rds.DescribeDBInstances": "AWS::RDS::DBInstance",
    "rds.DescribeDBSnapshots": "AWS::RDS::DBSnapshot",
    "lambda.ListFunctions": "AWS::Lambda::Function",
    "autoscaling.DescribeAutoScalingGroups": "AWS::AutoScaling::AutoScalingGroup",
    "ec2.DescribeAddresses": "AWS::EC2::EIP",
    "dynamodb.ListBackups": "AWS::DynamoDB::Backup",
    "logs.DescribeLogGroups": "AWS::Logs::LogGroup",
    "elasticloadbalancing.DescribeLoadBalancers": "AWS::ElasticLoadBalancingV2::LoadBalancer",
}
# Kinds whose list names them only: what describes one.
DESCRIBED = {
    "ecs.DescribeServices": "AWS::ECS::Service",
    "dynamodb.DescribeTable": "AWS::DynamoDB::Table",
    "kms.DescribeKey": "AWS::KMS::Key",
}
# Some recordings were cut down by hand to the field that their test is about; AWS itself never leaves these out.
ALWAYS = {
    "ec2.DescribeInstances": {"State", "InstanceType"},
    "rds.DescribeDBInstances": {"DBInstanceStatus", "Engine", "DBInstanceClass"},
}


def revived(item: dict) -> object:
    """The recordings' way of writing a date, undone."""
    if item.get("__class__") == "datetime":
        parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        return datetime(*(item[part] for part in parts), tzinfo=UTC)
    return item


def scanning(native_type: str) -> Scanner:
    return next(s for s in SCANNERS if s.kind.native_type == native_type)


def recorded(name: str) -> list[dict]:
    """What AWS answered to an operation, wherever it answered at all."""
    files = sorted(RECORDED.glob(f"*/{name}_*.json"))
    answers = [json.loads(file.read_text(encoding="utf-8"), object_hook=revived) for file in files]
    return [answer["data"] for answer in answers if answer["status_code"] == 200]


def gone(raw: dict) -> bool:
    """What AWS still lists and Escher does not: terminated, deleted, being deleted, or of EC2-Classic."""
    return (
        raw.get("State") in ({"Code": 48, "Name": "terminated"}, "deleted")
        or bool(raw.get("AutoScalingGroupARN") and raw.get("Status"))
        or raw.get("BackupStatus") == "DELETED"
        or ("PublicIp" in raw and "AllocationId" not in raw)
    )


@pytest.mark.peer
@pytest.mark.parametrize(("name", "native_type"), FILES.items())
def test_recorded_answers_become_resources(name, native_type):
    scanner = scanning(native_type)
    # Classic load balancers were recorded under the same name.
    raws = [raw for data in recorded(name) if scanner.everything.path[0] in data for raw in _at(data, scanner.everything)]
    whole = [raw for raw in raws if ALWAYS.get(name, set()) <= set(raw)]
    assert whole, f"no recording of {name}"
    mapped = [resource for raw in whole if (resource := scanner.to_resource(raw, PLACE)) is not None]
    assert len(mapped) + sum(gone(raw) for raw in whole) == len(whole)
    held(mapped, scanner)


@pytest.mark.peer
@pytest.mark.parametrize(("name", "native_type"), DESCRIBED.items())
def test_recorded_descriptions_become_resources(name, native_type):
    scanner = scanning(native_type)
    detail = next(one for one in scanner.details if one.operation == name.replace(".", ":"))
    ask = Ask(
        "",
        {"ecs": ("services",), "dynamodb": ("Table",), "kms": ("KeyMetadata",)}[name.partition(".")[0]],
        may_lack=True,
    )
    raws = [detail.fact(raw) for data in recorded(name) for raw in _at(data, ask)]
    whole = [raw for raw in raws if ALWAYS.get(name, set()) <= set(raw)]
    assert whole, f"no recording of {name}"
    mapped = [resource for raw in whole if (resource := scanner.to_resource(raw, PLACE)) is not None]
    assert mapped
    held(mapped, scanner)


@pytest.mark.peer
def test_recorded_target_groups_tell_which_instances_are_behind_which_balancer():
    (groups, classic) = BALANCERS
    recorded_groups = [one for data in recorded("elasticloadbalancing.DescribeTargetGroups") for one in data["TargetGroups"]]
    # No recorded target group had a target: the recordings are from before groups had a type, and this is the type they have.
    health = {"Target": {"Id": "i-0718418de3bb4ae2a", "Port": 80}, "TargetHealth": {"State": "healthy"}}
    told = [pair for group in recorded_groups for pair in groups.of({"TargetType": "instance", **group, **health})]
    assert told
    assert all(own == "i-0718418de3bb4ae2a" and "/" not in name for own, name in told)
    lists = [data for data in recorded("elasticloadbalancing.DescribeLoadBalancers") if "LoadBalancerDescriptions" in data]
    assert [pair for data in lists for raw in _at(data, classic.everything) for pair in classic.of(raw)]


def held(mapped: list[Resource], scanner: Scanner) -> None:
    """Each resource has what every resource has, and its id leads back to who reads it."""
    for resource in mapped:
        assert scanner_of(arn.parse(resource.id)) is scanner
        assert resource.name
        assert resource.state
        json.dumps(resource.to_json())
