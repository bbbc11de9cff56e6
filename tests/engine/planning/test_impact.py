"""What breaks: effects of steps, and the sentences about what hangs on their targets."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from engine.clouds.tables import TABLES
from engine.estate.resource import Resource, ResourceType
from engine.execution.plan import Step
from engine.planning.dependence import COUNTS, KEEPERS, MAY_DEPEND, RELATIONS, SERVES, Effect, effects
from engine.planning.impact import MOST, impact, mentions, served
from tests.engine.execution.samples import database, step, vm, volume

WEB2, WEB3 = vm("web-2"), vm("web-3")
ORDERS = database("orders-db")
DATA = volume("data")
STOP, START, END, BOOT = "ec2:StopInstances", "ec2:StartInstances", "ec2:TerminateInstances", "ec2:RebootInstances"
END_DB = "rds:DeleteDBInstance"


def like(other: Resource, type_: str, name: str, **changes) -> Resource:
    """Another thing in the same account."""
    return replace(other, type=type_, native_type=f"AWS::{type_}", id=f"{other.id.rpartition('/')[0]}/{type_}/{name}", name=name, **changes)


def said(*steps: Step, targets, around=()) -> list[str]:
    return [one.sentence for one in impact(steps, {one.id: one for one in targets}, list(around))]


@pytest.mark.parametrize(
    ("steps", "effect"),
    [
        ([(STOP, {})], "down"),
        ([(START, {})], None),
        ([(END, {})], "gone"),
        ([(BOOT, {})], "interrupted"),
        ([(STOP, {}), (START, {})], "interrupted"),
        ([(STOP, {}), (END, {})], "gone"),
        ([(END, {}), (STOP, {})], "gone"),
        ([(BOOT, {}), (STOP, {})], "down"),
        ([(STOP, {}), (BOOT, {})], "down"),
        ([("ec2:ModifyInstanceAttribute", {"instance_type": "t3.small"})], "interrupted"),
        ([(STOP, {}), ("ec2:ModifyInstanceAttribute", {"instance_type": "t3.small"}), (START, {})], "interrupted"),
        ([("ec2:CreateTags", {"key": "a", "value": "b"})], None),
    ],
)
def test_the_worst_a_plan_does_to_a_target(steps, effect):
    made = tuple(step(f"s{number}", WEB2, name, given) for number, (name, given) in enumerate(steps))
    assert effects(made, {WEB2.id: WEB2}).get(WEB2.id) == effect


def test_what_does_not_run_is_not_interrupted_by_a_new_size():
    still = vm("web-2", "stopped")
    resize = step("s1", still, "ec2:ModifyInstanceAttribute", {"instance_type": "t3.small"})
    assert effects((resize,), {still.id: still}) == {}


FELT = {"stop", "restart", "reboot", "reset", "delete", "terminate", "release", "block", "disable", "drain", "fail", "power"}


def test_every_operation_that_stops_or_ends_something_is_felt():
    for table in TABLES.values():
        for name, operation in table.items():
            verb = operation.title.lower().split()[0]
            one = Step("s1", name, "r1", {}, operation.kind, operation.title, operation.command)
            felt = effects((one,), {"r1": vm("any")})
            changed = operation.kind == "configure" and verb not in ("grow", "scale", "attach", "detach")
            assert ("r1" in felt) == (changed or (verb in FELT and operation.kind != "expose")), name


def test_an_auto_scaling_group_starts_others():
    group = {"tags": {"aws:autoscaling:groupName": "web"}}
    two, three = replace(WEB2, **group), replace(WEB3, **group)
    assert said(step("s1", two, END), step("s2", three, END), targets=[two, three]) == [
        "web-2 and web-3 are in auto-scaling group web: it will start others."
    ]
    assert said(step("s1", two, BOOT), targets=[two]) == ["web-2 is in auto-scaling group web: it may start others meanwhile."]
    assert said(step("s1", two, START), targets=[two]) == []
    stack = replace(WEB2, tags={"aws:cloudformation:stack-name": "shop"})
    assert said(step("s1", stack), targets=[stack]) == []
    assert said(step("s1", stack, END), targets=[stack]) == [
        "web-2 is in CloudFormation stack shop: what it describes will no longer be there."
    ]


def test_read_replicas_are_named_where_they_are_known_and_counted_where_not():
    one, two = (replace(database(f"orders-db-r{n}"), properties={"replica_of": ORDERS.id}) for n in (1, 2))
    counted = replace(ORDERS, properties={"read_replicas": 2})
    (named,) = impact((step("s1", counted, END_DB),), {counted.id: counted}, [one, two, counted])
    assert named.sentence == "orders-db has 2 read replicas: orders-db-r1 and orders-db-r2. Replication ends."
    assert (named.targets, named.dependents) == ((counted.id,), (one.id, two.id))
    assert said(step("s1", counted, END_DB), targets=[counted]) == ["orders-db has 2 read replicas."]
    three = replace(ORDERS, properties={"read_replicas": 3})
    assert said(step("s1", three, "rds:RebootDBInstance"), targets=[three], around=[one, two]) == [
        "orders-db has 2 read replicas: orders-db-r1 and orders-db-r2. Replication lags meanwhile.",
        "orders-db has 3 read replicas, of which 2 known here.",
    ]


def test_replicas_that_go_with_it_are_not_left_behind():
    replica = replace(database("orders-db-r1"), properties={"replica_of": "orders-db"})
    steps = (step("s1", ORDERS, END_DB), step("s2", replica, END_DB))
    assert said(*steps, targets=[ORDERS, replica], around=[ORDERS, replica]) == []


@pytest.mark.parametrize("value", ["vol-data", f"projects/p/zones/z/disks/{DATA.name}", DATA.id])
@pytest.mark.parametrize("key", ["volume_id", "source"])
def test_snapshots_of_a_disk_stay(key, value):
    snap = like(DATA, "snapshot", "snap-1", properties={key: value})
    (said_,) = impact((step("s1", DATA, "ec2:DeleteVolume"),), {DATA.id: DATA}, [snap])
    assert (said_.sentence, said_.dependents) == ("data has 1 snapshot: snap-1. Snapshots stay.", (snap.id,))


def test_what_a_disk_hangs_on_and_what_hangs_on_a_machine():
    on = replace(DATA, properties={"attached_to": ["i-web-2"]})
    assert said(step("s1", on, "ec2:DeleteVolume"), targets=[on], around=[WEB2, WEB3]) == ["data is attached to web-2."]
    assert said(step("s1", WEB2, END), targets=[WEB2], around=[on]) == ["web-2 has 1 disk: data. A disk goes too only where it was set to."]
    assert said(step("s1", WEB2), targets=[WEB2], around=[on]) == [], "a stopped machine keeps its disks"
    assert served([on, WEB2]) == {"i-web-2"}


def test_whoever_names_a_target_in_its_settings_refers_to_it():
    balancer = like(WEB2, "load_balancer", "front", properties={"targets": [{"id": "i-web-2", "port": 80}, {"id": "i-web-3"}]})
    job = like(WEB2, "function", "sync-orders", properties={"environment": {"DB": "orders-db"}})
    steps = (step("s1", WEB2), step("s2", ORDERS, "rds:StopDBInstance"))
    assert said(*steps, targets=[WEB2, ORDERS], around=[balancer, job]) == ["front refers to web-2.", "sync-orders refers to orders-db."]


def test_a_place_a_word_and_another_account_are_no_reference():
    plain = replace(WEB2, name="dev", id=WEB2.id.replace("i-web-2", "dev"))
    word = like(plain, "function", "job", properties={"stage": "dev"})
    place = like(WEB2, "function", "job", properties={"resource_group": "i-web-2", "zone": "i-web-2"})
    foreign = like(WEB2, "function", "job", account="999900001111", properties={"host": "i-web-2"})
    itself = replace(WEB2, properties={"instance_id": "i-web-2"})
    unfelt = like(WEB2, "key", "k", properties={"for": "i-web-2"})
    assert said(step("s1", plain), targets=[plain], around=[word]) == []
    assert said(step("s1", WEB2), targets=[WEB2], around=[place, foreign, itself, unfelt]) == []
    full = like(plain, "function", "job", properties={"host": plain.id})
    assert said(step("s1", plain), targets=[plain], around=[full]) == ["job refers to dev."]
    assert mentions([itself]) == {}


def test_addresses_and_open_doors():
    one, two = (vm(f"web-{n}", properties={"public_ip": "203.0.113.7"}) for n in (1, 2))
    assert said(step("s1", one), targets=[one]) == ["web-1 has a public address, and may not get the same one again."]
    assert said(step("s1", one), step("s2", two), targets=[one, two]) == [
        "web-1 and web-2 have public addresses, and may not get the same ones again."
    ]
    bucket = replace(vm("assets"), type="object_storage", native_type="AWS::S3::Bucket", properties={"public_access_block": False})
    block = step("s1", bucket, "s3:PutBucketPublicAccessBlock", {"block": True})
    assert said(block, targets=[bucket]) == ["assets can be read without signing in; that ends."]
    shut = replace(bucket, properties={"public_access_block": True}, tags={"owner": "ines"})
    assert said(block, targets=[shut]) == []


def test_use_and_owners_come_last_and_only_where_something_is_missed():
    busy = vm("web-2", tags={"owner": "ines", "aws:autoscaling:groupName": "web"}, metrics={"cpu_avg_7d": 42.0})
    assert said(step("s1", busy), targets=[busy]) == [
        "web-2 is in auto-scaling group web: it will count that as a failure and start others.",
        "web-2 is in use: 42 % CPU on average in the last 7 days.",
        "Owned by ines.",
    ]
    assert said(step("s1", busy, "ec2:CreateTags", {"key": "a", "value": "b"}), targets=[busy]) == []


def test_a_plan_carries_a_bounded_number_of_sentences():
    many = [database(f"db-{n}", properties={"read_replicas": 1}) for n in range(MOST + 10)]
    told = said(*(step(f"s{n}", one, END_DB) for n, one in enumerate(many)), targets=many)
    assert len(told) == MOST
    assert told[-1] == "And 11 more of this kind."


def test_the_tables_speak_of_types_and_effects_there_are():
    types, kinds = set(get_args(ResourceType)), set(get_args(Effect))
    assert set(MAY_DEPEND) | {by for row in MAY_DEPEND.values() for by in row} <= types
    for relation in RELATIONS:
        assert set(relation.then) <= MAY_DEPEND[relation.of][relation.by] <= kinds
    assert {row[0] for row in (*COUNTS, *SERVES)} <= types
    assert all(keeper.then and set(keeper.then) <= kinds for keeper in KEEPERS)
