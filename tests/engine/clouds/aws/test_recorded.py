"""The scanners' mappings held to answers that the real AWS gave, recorded by others."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.clouds.aws import arn
from engine.clouds.aws.asking import _at
from engine.clouds.aws.catalogue import SCANNERS, scanner_of
from engine.clouds.aws.scanner import Place

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


@pytest.mark.peer
@pytest.mark.parametrize(("name", "native_type"), FILES.items())
def test_recorded_answers_become_resources(name, native_type):
    scanner = next(s for s in SCANNERS if s.kind.native_type == native_type)
    files = sorted(RECORDED.glob(f"*/{name}_*.json"))
    answers = [json.loads(file.read_text(encoding="utf-8"), object_hook=revived) for file in files]
    good = [answer["data"] for answer in answers if answer["status_code"] == 200]
    raws = [raw for data in good for raw in _at(data, scanner.everything.path)]
    whole = [raw for raw in raws if ALWAYS.get(name, set()) <= set(raw)]
    assert whole, f"no recording of {name}"
    mapped = [resource for raw in whole if (resource := scanner.to_resource(raw, PLACE)) is not None]
    assert len(mapped) + sum(raw.get("State") in ({"Code": 48, "Name": "terminated"}, "deleted") for raw in whole) == len(whole)
    for resource in mapped:
        assert scanner_of(arn.parse(resource.id)) is scanner
        assert resource.name
        assert resource.state
        json.dumps(resource.to_json())
