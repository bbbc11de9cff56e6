"""The sweep of what stands around the machines: many calls for one resource, what other services tell of an instance, and what is not told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from engine.clock import FakeClock
from engine.clouds.aws import sweep
from engine.clouds.aws.cloud import STAYS_TOLD, AwsCloud
from engine.clouds.aws.scanner import Place
from engine.clouds.aws.scanners import buckets, instances
from engine.errors import Denied, Unreachable
from engine.estate.constraints import constraints
from engine.estate.facts import size, state_class
from engine.estate.resource import GapReason, Resource
from tests.engine.clouds.aws.makers import call
from tests.engine.clouds.aws.sweeping import ESTATE, ONCE, row, swept, the, through


async def test_what_stands_around_the_machines_shows_its_facts(seen):
    group = the(seen, "scaling_group", ESTATE["scaling_groups"][0])
    members = group.properties["instances"]
    assert group.properties | {"instances": []} == {
        "desired": 2, "smallest": 0, "largest": 6, "running": 2, "instances": [], "propagated_tags": ["app", "env", "owner"],
    }  # fmt: skip
    assert sorted(members) == sorted(r.name for r in seen if r.tags.get("aws:autoscaling:groupName") == "tracker-workers")
    used, old = (the(seen, "ip_address", row("addresses", name=name)) for name in ("bastion-address", "old-bastion-address"))
    bastion = the(seen, "compute_instance", row("instances", account="nimbus-prod", name="bastion"))
    assert (used.state, used.properties["instance_id"]) == ("in-use", bastion.properties["instance_id"])
    assert (old.state, old.properties["attached"], old.monthly_cost) == ("available", False, 3.6)
    service = the(seen, "container_service", ESTATE["container_services"][0])
    assert {"cluster": "nimbus", "desired": 2, "running": 2, "rollout": "completed"}.items() <= service.properties.items()
    pool = the(seen, "node_pool", ESTATE["node_pools"][0])
    assert {"cluster": "lab", "desired": 2, "largest": 6}.items() <= pool.properties.items()
    table = the(seen, "table", row("tables", name="storefront-carts"))
    assert (table.properties["deletion_protection"], table.properties["backups"], table.state) == (True, True, "active")
    paused, running = (the(seen, "data_warehouse", one) for one in ESTATE["warehouses"])
    assert (paused.state, running.state, paused.monthly_cost) == ("paused", "available", 792.8)
    assert (state_class(paused), state_class(running), size(paused)) == ("stopped", "running", "ra3.large")
    assert [the(seen, "queue", one).properties["messages"] for one in ESTATE["queues"]] == [3, 0, 5]
    ledger, scratch = (the(seen, "key", one) for one in ESTATE["keys"])
    assert (ledger.state, ledger.properties["rotation"], scratch.state, ledger.monthly_cost) == ("enabled", True, "disabled", 1.0)
    assert [the(seen, "log_group", one).properties.get("retention_days") for one in ESTATE["log_groups"]] == [None, 30]
    assert [the(seen, "event_rule", one).state for one in ESTATE["rules"]] == ["enabled", "disabled"]
    guarded, open_ = (the(seen, "load_balancer", one) for one in ESTATE["load_balancers"])
    assert (guarded.properties["deletion_protection"], open_.properties["deletion_protection"]) == (True, False)


async def test_an_instance_behind_a_load_balancer_says_so_and_a_read_keeps_it(seen, cloud):
    named = {one["name"] for one in ESTATE["instances"]}  # other tests make machines of their own in the same cloud
    behind = [r for r in seen if r.properties.get("load_balancers") and r.name in named]
    assert {(r.account_name, r.name, *r.properties["load_balancers"]) for r in behind} == {
        ("nimbus-prod", "storefront-web-01", "storefront-entry"),
        ("nimbus-prod", "storefront-web-02", "storefront-entry"),
        ("nimbus-dev", "storefront-web-01", "storefront-entry-dev"),
    }
    assert constraints(behind[0]).balancers == tuple(behind[0].properties["load_balancers"])
    again = await cloud.read(behind[0])
    assert again is not None
    assert again.properties["load_balancers"] == behind[0].properties["load_balancers"]


async def test_a_kind_with_many_calls_is_read_as_it_was_swept(seen, cloud):
    for type_ in (
        "scaling_group",
        "ip_address",
        "load_balancer",
        "container_service",
        "node_pool",
        "table",
        "data_warehouse",
        "key",
        "queue",
    ):
        one = next(r for r in seen if r.type == type_)
        assert await cloud.read(one) == one


async def test_without_target_groups_the_instances_are_seen_and_the_loss_is_said(faults, sandbox):
    faults.answer("DescribeTargetGroups", 403, "AccessDenied")
    cloud = AwsCloud([through(faults, sandbox)])
    parts, gaps = await swept(cloud)
    await cloud.close()
    assert [(g.tried, g.type) for g in gaps] == [("elasticloadbalancing:DescribeTargetGroups", "compute_instance")]
    assert any(p.type == "compute_instance" and p.resources for p in parts)


async def test_an_item_that_cannot_be_described_is_a_gap_and_reading_it_is_no_deletion(faults, sandbox):
    faults.answer_with("DescribeTable", 400, '{"__type": "AccessDeniedException", "message": "not yours"}')
    cloud = AwsCloud([through(faults, sandbox)], patience=ONCE)
    parts, gaps = await swept(cloud)
    assert [(g.tried, g.reason) for g in gaps] == [("dynamodb:DescribeTable", GapReason.DENIED)]
    assert [p for p in parts if p.type == "table"] == [], "a part without it would say that it has vanished"
    name = f"arn:aws:dynamodb:us-east-1:{sandbox.accounts[0].id}:table/storefront-carts"
    table = Resource("aws", "table", "AWS::DynamoDB::Table", name, "storefront-carts", sandbox.accounts[0].id, "", "us-east-1", "active")
    with pytest.raises(Denied):
        await cloud.read(table)
    await cloud.close()


async def test_an_item_that_went_away_since_it_was_listed_is_left_out(faults, sandbox):
    faults.answer_with("DescribeTable", 400, '{"__type": "ResourceNotFoundException", "message": "no such table"}')
    cloud = AwsCloud([through(faults, sandbox)], patience=ONCE)
    parts, gaps = await swept(cloud)
    await cloud.close()
    assert [p.resources for p in parts if p.type == "table"] == [()]
    assert gaps == []


async def test_a_bucket_that_may_not_be_asked_for_its_region_does_not_vanish(faults, sandbox):
    faults.answer("GET ?location", 403, "AccessDenied")
    cloud = AwsCloud([through(faults, sandbox)], patience=ONCE)
    parts, gaps = await swept(cloud)
    await cloud.close()
    assert [(g.tried, g.reason) for g in gaps] == [("s3:GetBucketLocation", GapReason.DENIED)]
    assert [p for p in parts if p.type == "object_storage"] == []


def test_a_bucket_whose_region_stands_in_the_list_needs_no_such_question():
    raw = {"Name": "b", "BucketRegion": "eu-west-1", "Block": True}
    (location, *_) = buckets.SCANNER.details
    assert not location.when(raw)
    assert location.when({"Name": "b"})
    assert buckets.to_resource(raw, Place("1", "a", "us-east-1")).region == "eu-west-1"


async def test_a_table_that_vanished_is_none(cloud, sandbox):
    name = f"arn:aws:dynamodb:us-east-1:{sandbox.accounts[0].id}:table/no-such-table"
    gone = Resource("aws", "table", "AWS::DynamoDB::Table", name, "no-such-table", sandbox.accounts[0].id, "", "us-east-1", "active")
    assert await cloud.read(gone) is None
    for kind, own in (
        ("ecs:{}:service", "nimbus/none"),
        ("kms:{}:key", "0b8ae7fa-7494-4943-a1ab-8794b9281e3c"),
        ("eks:{}:nodegroup", "lab/none/1"),
    ):
        service, _, arn_kind = kind.partition(":{}:")
        other = f"arn:aws:{service}:us-east-1:{sandbox.accounts[0].id}:{arn_kind}/{own}"
        assert await cloud.read(replace(gone, id=other)) is None


async def test_a_protection_that_is_told_too_slowly_stays_as_it_was_known(faults, sandbox, seen):
    faults.answer("DescribeInstanceAttribute", 503, "RequestLimitExceeded")
    one = next(r for r in seen if r.type == "compute_instance" and (r.account_name, r.region) == ("nimbus-prod", "us-east-1"))
    cloud = AwsCloud([through(faults, sandbox)], patience=ONCE)
    guarded = replace(one, properties={**one.properties, "termination_protection": True})
    assert await cloud.read(guarded) == guarded
    unknown = {name: value for name, value in one.properties.items() if name != "termination_protection"}
    assert await cloud.read(replace(one, properties=unknown)) == replace(one, properties=unknown)
    faults.answer("DescribeInstanceAttribute", 500, "InternalError")
    with pytest.raises(Unreachable):
        await cloud.read(guarded)
    await cloud.close()


async def test_what_is_turned_away_for_every_instance_is_one_gap(faults, sandbox):
    faults.answer("DescribeInstanceAttribute", 503, "RequestLimitExceeded")
    cloud = AwsCloud([through(faults, sandbox)], patience=ONCE)
    parts, gaps = await swept(cloud)
    await cloud.close()
    machines = [r for p in parts if p.type == "compute_instance" for r in p.resources]
    (gap,) = gaps
    assert (gap.tried, gap.reason) == ("ec2:DescribeInstanceAttribute", GapReason.THROTTLED)
    assert gap.detail.endswith(f"And {len(machines) - 1} more of this kind.")
    assert not any("termination_protection" in r.properties for r in machines)


async def test_too_many_instances_are_not_asked_one_by_one(faults, sandbox, monkeypatch):
    few = replace(instances.SCANNER, details=tuple(replace(detail, most=2) for detail in instances.SCANNER.details))
    monkeypatch.setattr(sweep, "SCANNERS", (few,))
    cloud = AwsCloud([through(faults, sandbox)])
    parts, gaps = await swept(cloud)
    await cloud.close()
    assert faults.seen["DescribeInstanceAttribute"] == 0
    assert len(parts[0].resources) > 2
    assert [(g.tried, g.reason) for g in gaps] == [("ec2:DescribeInstanceAttribute", GapReason.THROTTLED)]
    assert "more than 2 are not asked for" in gaps[0].detail


async def test_what_was_told_lately_is_asked_again_only_after_a_change_of_it_or_some_time(faults, sandbox):
    clock = FakeClock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    cloud = AwsCloud([through(faults, sandbox)], clock=clock)
    parts, _ = await swept(cloud)
    one = next(r for p in parts if p.type == "compute_instance" for r in p.resources if r.tags.get("app"))
    asked = faults.seen["DescribeInstanceAttribute"]

    async def asks_again() -> bool:
        before = faults.seen["DescribeInstanceAttribute"]
        assert await cloud.read(one) == one
        return faults.seen["DescribeInstanceAttribute"] > before

    assert asked
    assert not await asks_again()
    await cloud.perform(call("ec2:ModifyInstanceAttribute:unprotect", one))
    assert [await asks_again(), await asks_again()] == [True, True]
    await cloud.perform(call("ec2:CreateTags", one, key="app", value=one.tags["app"]))
    await swept(cloud)
    assert not await asks_again()
    await clock.sleep(STAYS_TOLD.total_seconds())
    assert await asks_again()
    await cloud.close()
