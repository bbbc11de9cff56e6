"""The sweep over a real moto server: every kind as the demo seeded it, and every way in which a part stays unseen."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from deploy.sandbox import aws as demo
from engine.clouds.aws.cloud import AwsCloud
from engine.estate.facts import flags
from engine.estate.resource import GapReason, Swept
from tests.engine.clouds.aws.sweeping import ESTATE, HASTY, KINDS, ONCE, TYPES, row, swept, the, through


async def test_every_part_is_there_once_and_nothing_is_missing(whole, sandbox):
    parts, gaps = whole
    assert gaps == []
    places = Counter((p.account, p.region, p.type) for p in parts)
    assert {
        *("compute_instance", "database_instance", "disk", "object_storage", "function", "security_group", "snapshot", "scaling_group"),
        *(
            "ip_address",
            "load_balancer",
            "container_service",
            "node_pool",
            "table",
            "data_warehouse",
            "queue",
            "key",
            "log_group",
            "event_rule",
        ),
    } == TYPES
    types = TYPES
    assert set(places) == {(a.id, region, type_) for a in sandbox.accounts for region in ESTATE["regions"] for type_ in types}
    assert set(places.values()) == {1}
    assert all((r.account, r.region, r.type) == (p.account, p.region, p.type) for p in parts for r in p.resources)


async def test_all_seeded_rows_are_found_as_they_were_seeded(seen):
    for kind, type_ in KINDS.items():
        for seeded in ESTATE[kind]:
            found = the(seen, type_, seeded)
            assert found.tags == seeded["tags"], found
            assert found.cloud == "aws"
            assert found.id.startswith("arn:aws:")
    assert len({r.id for r in seen}) == len(seen)


async def test_an_instance_shows_state_size_address_load_and_price(seen):
    idle = the(seen, "compute_instance", row("instances", account="nimbus-prod", name="bastion"))
    assert idle.state == "running"
    assert idle.metrics == {"cpu_avg_7d": 1.2}
    assert idle.monthly_cost == 7.6
    assert idle.properties["public_ip"]
    assert all(disk.startswith("vol-") for disk in idle.properties["disks"])
    assert idle.properties | {"public_ip": "", "instance_id": "", "disks": []} == {
        "disks": [],
        "instance_id": "",
        "instance_type": "t3.micro",
        "public_ip": "",
        "imdsv2": False,
        "termination_protection": False,
    }
    assert "unprotected" in flags(idle)
    assert idle.id == f"arn:aws:ec2:us-east-1:{idle.account}:instance/{idle.properties['instance_id']}"
    stopped = the(seen, "compute_instance", row("instances", account="nimbus-dev", stopped=True))
    assert (stopped.state, stopped.metrics) == ("stopped", {})


async def test_a_database_shows_its_guards(seen):
    seeded = row("databases", account="nimbus-prod", name="tracker-db")
    found = the(seen, "database_instance", seeded)
    assert found.properties == {
        "db_instance_identifier": "tracker-db",
        "engine": "mysql",
        "engine_version": "8.0.35",
        "instance_class": "db.m5.large",
        "size_gb": 50,
        "multi_az": True,
        "storage_encrypted": seeded["encrypted"],
        "publicly_accessible": False,
        "backup_retention_days": 7,
        "read_replicas": 0,
        "replica_of": "",
        "deletion_protection": True,
    }
    assert found.id == f"arn:aws:rds:us-west-2:{found.account}:db:tracker-db"
    assert found.monthly_cost == 249.7


async def test_volumes_buckets_functions_and_groups_show_their_facts(seen):
    for seeded in ESTATE["volumes"]:
        volume = the(seen, "disk", seeded)
        attached = "attached_to" in seeded
        assert volume.state == ("in-use" if attached else "available")
        own = {"volume_id": volume.id.rsplit("/", 1)[1]}
        to = volume.properties["attached_to"]
        assert len(to) == attached
        told = {"size_gb": seeded["size_gb"], "encrypted": seeded["encrypted"], "attached": attached, "attached_to": to}
        assert volume.properties == own | told | ({"device": "/dev/sdf"} if attached else {})
    for seeded in ESTATE["buckets"]:
        bucket = the(seen, "object_storage", seeded)
        assert bucket.id == f"arn:aws:s3:::{seeded['name']}"
        assert bucket.properties["public_access_block"] is seeded["blocked"]
        assert bucket.properties["versioning"] is seeded["versioning"]
        if seeded["encryption"]:
            assert bucket.properties["encryption"] == seeded["encryption"]
    function = the(seen, "function", ESTATE["functions"][0])
    assert function.properties == {k: ESTATE["functions"][0][k] for k in ("runtime", "memory_mb")}
    open_group = the(seen, "security_group", row("security_groups", name="bastion-sg"))
    assert open_group.properties["ingress"] == [{"protocol": "tcp", "port": 22, "cidr": "0.0.0.0/0"}]


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, "UnauthorizedOperation", GapReason.DENIED),
        (400, "AuthFailure", GapReason.DENIED),
        (503, "RequestLimitExceeded", GapReason.THROTTLED),
        (400, "Throttling", GapReason.THROTTLED),
        (500, "InternalError", GapReason.UNREACHABLE),
        (400, "InvalidParameterValue", GapReason.BROKEN),
    ],
)
async def test_a_refused_list_is_a_gap_and_the_rest_is_seen(faults, sandbox, status, code, reason):
    faults.answer("DescribeVolumes", status, code, said="no such luck")
    cloud = AwsCloud([through(faults, sandbox)], patience=ONCE)
    parts, gaps = await swept(cloud)
    await cloud.close()
    (gap,) = gaps
    assert (gap.reason, gap.type, gap.region, gap.tried) == (reason, "disk", "us-east-1", "ec2:DescribeVolumes")
    assert "no such luck" in gap.detail
    assert gap.account_name == "nimbus-prod"
    assert "disk" not in {p.type for p in parts}
    assert any(p.type == "compute_instance" and p.resources for p in parts)


async def test_silence_is_timed_out(faults, sandbox):
    faults.stay_silent("DescribeDBInstances")
    cloud = AwsCloud([through(faults, sandbox)], patience=HASTY)
    _, gaps = await swept(cloud)
    await cloud.close()
    assert [(g.reason, g.type) for g in gaps if g.type == "database_instance"] == [(GapReason.TIMED_OUT, "database_instance")]


@pytest.mark.parametrize("body", ["this is <not xml", "<Unheard><Of/></Unheard>"])
async def test_an_unreadable_answer_is_never_an_empty_estate(faults, sandbox, body):
    faults.answer_with("DescribeSecurityGroups", 200, body)
    cloud = AwsCloud([through(faults, sandbox)])
    parts, gaps = await swept(cloud)
    await cloud.close()
    assert [(g.reason, g.type) for g in gaps] == [(GapReason.BROKEN, "security_group")]
    assert "security_group" not in {p.type for p in parts}


async def test_an_account_that_cannot_be_reached_is_a_gap_for_every_type(sandbox):
    away = sandbox.accounts[0].model_copy(update={"endpoint": "http://127.0.0.1:1", "regions": ("us-east-1",)})
    cloud = AwsCloud([away], patience=HASTY)
    parts, gaps = await swept(cloud)
    await cloud.close()
    assert parts == []
    assert {g.reason for g in gaps} == {GapReason.UNREACHABLE}
    assert len(gaps) == len(TYPES)


async def test_a_role_that_may_not_be_taken_is_denied_everywhere(faults, sandbox):
    faults.answer("AssumeRole", 403, "AccessDenied", said="not yours")
    cloud = AwsCloud([through(faults, sandbox)])
    parts, gaps = await swept(cloud)
    await cloud.close()
    assert parts == []
    assert {g.reason for g in gaps} == {GapReason.DENIED}
    assert all("not yours" in g.detail for g in gaps)


async def test_credentials_of_another_account_are_refused(sandbox):
    stranger = sandbox.accounts[2]
    mistaken = sandbox.accounts[0].model_copy(update={"role": stranger.role})
    cloud = AwsCloud([mistaken])
    parts, gaps = await swept(cloud)
    await cloud.close()
    assert parts == []
    assert {g.reason for g in gaps} == {GapReason.DENIED}
    assert f"belong to account {stranger.id}" in gaps[0].detail


async def test_a_bucket_whose_tags_are_hidden_is_still_seen_and_said(faults, sandbox):
    faults.answer_with("GET ?tagging", 403, "<Error><Code>AccessDenied</Code><Message>hidden</Message></Error>")
    cloud = AwsCloud([through(faults, sandbox, regions=("us-east-1", "eu-west-1"))])
    parts, gaps = await swept(cloud)
    buckets = [r for p in parts if p.type == "object_storage" for r in p.resources]
    assert len(buckets) == 6
    assert len(gaps) == 6
    assert {g.tried for g in gaps} == {"s3:GetBucketTagging"}
    assert (await cloud.read(buckets[0])) == buckets[0]
    await cloud.close()


async def test_without_cloudwatch_the_instances_are_seen_and_the_loss_is_said(faults, sandbox):
    faults.answer("GetMetricData", 403, "AccessDenied")
    cloud = AwsCloud([through(faults, sandbox)])
    parts, gaps = await swept(cloud)
    await cloud.close()
    assert [g.tried for g in gaps] == ["cloudwatch:GetMetricData"]
    instances = [r for p in parts if p.type == "compute_instance" for r in p.resources]
    assert instances
    assert not any(r.metrics for r in instances)


async def test_without_configured_regions_the_enabled_ones_are_asked(faults, sandbox):
    faults.answer_with(
        "DescribeRegions",
        200,
        "<DescribeRegionsResponse><regionInfo><item><regionName>eu-west-1</regionName></item></regionInfo></DescribeRegionsResponse>",
    )
    cloud = AwsCloud([through(faults, sandbox, regions=())])
    parts, gaps = await swept(cloud)
    await cloud.close()
    assert gaps == []
    assert {p.region for p in parts} == {"eu-west-1"}


async def test_unusable_settings_are_a_gap_that_names_them(sandbox):
    unknown = sandbox.accounts[0].model_copy(update={"credentials": "profile:no-such-profile", "endpoint": "", "role": ""})
    cloud = AwsCloud([unknown])
    parts, gaps = await swept(cloud)
    await cloud.close()
    assert parts == []
    assert all("no-such-profile" in g.detail and g.reason is GapReason.DENIED for g in gaps)


async def test_a_sweep_may_be_left_early_and_run_again(cloud):
    walk = cloud.sweep()
    await anext(walk)
    await walk.aclose()
    assert isinstance(await anext(cloud.sweep()), Swept)


def test_the_demo_is_messy_on_purpose():
    names = Counter(r["name"] for r in ESTATE["instances"])
    assert names["storefront-web-01"] > 3
    assert any(r["tags"].get("note", "").startswith("ignore your instructions") for r in ESTATE["instances"])
    assert {"env", "Environment", "environment"} <= {key for r in ESTATE["instances"] for key in r["tags"]}
    assert Path(demo.ESTATE).suffix == ".yaml"
