"""What may be done to a resource, read from its properties; the providers' rules, and what real answers of theirs say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.clouds.aws.scanner import Place
from engine.clouds.aws.scanners import databases as rds
from engine.clouds.aws.scanners import instances as ec2
from engine.clouds.azure.arm import Account
from engine.clouds.azure.scanners import virtual_machines
from engine.clouds.gcp.names import Project
from engine.clouds.gcp.scanners import instances as gce
from engine.clouds.gcp.scanners import sql_instances
from engine.estate.constraints import STOPPABLE, constraints
from engine.estate.resource import Resource

RECORDED = Path(__file__).parents[3] / ".." / "shared" / "recorded"
recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here")
HERE = Place("111122223333", "acme", "us-east-1")
VM, DB = "Microsoft.Compute/virtualMachines", "AWS::RDS::DBInstance"
EC2, GCE, SQL = "AWS::EC2::Instance", "compute.googleapis.com/Instance", "sqladmin.googleapis.com/Instance"


def thing(native: str, tags: dict[str, str] | None = None, **properties: object) -> Resource:
    cloud = "aws" if native.startswith("AWS") else "azure" if native.startswith("Microsoft") else "gcp"
    return Resource(cloud, "compute_instance", native, "id", "name", "1", "acme", "r", "running", tags or {}, properties)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (thing(EC2, root_device="instance-store"), "instance store"),
        (thing(EC2, spot="one-time"), "one-time"),
        (thing(DB, replica_of="pg-main"), "read replica"),
        (thing(DB, read_replicas=2), "has read replicas"),
        (thing(DB, engine="sqlserver-se", multi_az=True), "Multi-AZ"),
        (thing(DB, engine="aurora-postgresql", cluster="c1"), "cluster"),
        (thing(VM, ephemeral_os_disk=True), "ephemeral"),
        (thing(GCE, local_ssds=2), "local SSD"),
        (thing(SQL, replica_of="main"), "read replica"),
        (thing(EC2, stop_protection=True), "stop protection"),
        (thing("AWS::Made::Up", can_stop=False, cannot_stop_because="Its owner says so."), "Its owner says so."),
        (thing("AWS::Made::Up", can_stop=False), "cannot be stopped"),
    ],
)
def test_what_cannot_be_stopped_says_why(one, why):
    known = constraints(one)
    assert known.can_stop is False
    assert why in known.why_not


@pytest.mark.parametrize(
    "one",
    [
        *(thing(native) for native in sorted(STOPPABLE)),
        thing(DB, engine="sqlserver-se", multi_az=False),
        thing(DB, engine="postgres", multi_az=True, read_replicas=0, replica_of=""),
        thing(SQL, replicas=["r1"], read_replicas=1),
        thing(GCE, spot=True),
        thing(VM, spot=True, scale_set="web"),
        thing(EC2, instance_store=True),
        thing(VM, root_device="instance-store"),  # another cloud's fact says nothing here
    ],
)
def test_what_can_be_stopped(one):
    assert (constraints(one).can_stop, constraints(one).why_not) == (True, "")


def test_what_nobody_knows_is_not_made_up():
    assert constraints(thing("AWS::S3::Bucket")).can_stop is None
    assert constraints(thing(EC2, spot=True)).can_stop is None
    assert "persistent" in constraints(thing(EC2, spot=True)).why_not


def test_everything_else_that_is_known():
    one = thing(
        EC2,
        {"aws:autoscaling:groupName": "web"},
        deletion_protection=True,
        replicas=["r1", "r2"],
        disks=["vol-1"],
        load_balancers="lb-1",
        instance_store=True,
        allowed_actions=["ec2:StopInstances"],
        denied_actions=["ec2:TerminateInstances"],
    )
    known = constraints(one)
    assert (known.protected, known.replicas, known.attached, known.balancers) == (True, ("r1", "r2"), ("vol-1",), ("lb-1",))
    assert (known.member_of, known.loses) == ("auto-scaling group web", "what its instance store holds")
    assert (known.allowed, known.denied) == (frozenset({"ec2:StopInstances"}), frozenset({"ec2:TerminateInstances"}))
    assert constraints(thing(VM, scale_set="web")).member_of == "scale set web"
    assert constraints(thing(GCE, instance_group="web")).member_of == "instance group web"
    assert constraints(thing("AWS::EC2::Volume", attached_to=["i-1"])).attached == ("i-1",)
    assert constraints(thing("AWS::EC2::Volume", attached_to=3, termination_protection=True)).protected


@pytest.mark.parametrize(
    ("size", "local"),
    [("m5d.large", True), ("c6gd.xlarge", True), ("g4dn.xlarge", True), ("r5dn.large", True), ("x2idn.large", True), ("i3.large", True), ("i4i.large", True), ("im4gn.large", True),
     ("d3en.xlarge", True), ("h1.2xlarge", True), ("r3.xlarge", True), ("m5.large", False), ("t3.micro", False), ("c6g.large", False), ("u-6tb1.metal", False),
     ("inf1.xlarge", False), ("t4g.small", False)],
)  # fmt: skip
def test_sizes_with_disks_of_the_host(size, local):
    found = ec2.to_resource({"InstanceId": "i-1", "InstanceType": size, "State": {"Name": "running"}}, HERE)
    assert (found.properties.get("instance_store") is True) is local


# --- what the clouds really answer


def _aws(folder: str, operation: str) -> list[dict]:
    return [json.loads(file.read_text())["data"] for file in sorted((RECORDED / "aws" / folder).glob(f"{operation}_*.json"))]


def _instances(folder: str) -> list[Resource]:
    raws = [raw for data in _aws(folder, "ec2.DescribeInstances") for one in data["Reservations"] for raw in one["Instances"]]
    return [found for raw in raws if (found := ec2.to_resource(raw, HERE))]


@recorded
@pytest.mark.peer
def test_recorded_instances():
    (spot,) = {one.id: one for one in _instances("test_ec2_propagate_spot_tags")}.values()
    assert (constraints(spot).can_stop, constraints(spot).attached) == (None, ("vol-03b23d0cd5c8319d2",))
    assert any(constraints(one).can_stop is False for one in _instances("test_ec2_stop_with_protection_enabled_ephemeral"))
    members = [constraints(one).member_of for one in _instances("test_asg_propagate_tag_action")]
    assert "auto-scaling group tf-asg-20201029190753469500000003" in members


@recorded
@pytest.mark.peer
def test_recorded_databases():
    every = [
        raw
        for file in sorted((RECORDED / "aws").glob("*/rds.DescribeDBInstances_*.json"))
        for raw in json.loads(file.read_text())["data"].get("DBInstances", [])
        if {"DBInstanceStatus", "Engine", "DBInstanceClass", "DBInstanceIdentifier"} <= set(raw)
    ]
    told = {(bool(raw.get("DBClusterIdentifier")), constraints(rds.to_resource(raw, HERE)).can_stop) for raw in every}
    assert (True, False) in told
    assert (True, True) not in told
    assert (False, True) in told


@recorded
@pytest.mark.peer
def test_recorded_machines_of_azure():
    told = []
    for file in sorted((RECORDED / "azure").glob("VMTest*.json")):
        for heard in json.loads(file.read_text())["interactions"]:
            data = heard["response"]["body"].get("data") if isinstance(heard["response"]["body"], dict) else None
            path = heard["request"]["uri"].partition("?")[0].lower()
            if path.endswith("/virtualmachines") and isinstance(data, dict):
                told += [virtual_machines.machine(Account("s", "n"), wire) for wire in data.get("value", ())]
    assert all(constraints(one).can_stop for one in told)
    assert any(one.properties.get("spot") for one in told)
    assert all(constraints(one).attached[0].lower().startswith("/subscriptions/") for one in told if constraints(one).attached)
    assert any(len(constraints(one).attached) == 2 for one in told)


@recorded
@pytest.mark.peer
def test_recorded_machines_and_databases_of_google():
    body = json.loads(next((RECORDED / "gcp").glob("instance-get/*instances*_1.json")).read_text())["body"]
    raws = [body] if "selfLink" in body else [raw for scope in body.get("items", {}).values() for raw in scope.get("instances", ())]
    told = [gce.instance(Project("p", "p"), raw) for raw in raws]
    assert told
    assert all(constraints(one).can_stop and constraints(one).attached for one in told)
    every = [json.loads(file.read_text())["body"] for file in sorted((RECORDED / "gcp").glob("sqlinstance-query/get-sql-*.json"))]
    databases = [sql_instances.database(Project("p", "p"), raw) for body in every for raw in body.get("items", ())]
    assert databases
    assert all(constraints(one).can_stop is not (one.properties["replica_of"] != "") for one in databases)
