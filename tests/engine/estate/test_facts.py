"""What is true of a resource, over examples of all three clouds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.estate.facts import (
    app,
    created,
    engine,
    environment,
    environment_evidence,
    facts,
    flags,
    is_idle,
    name_starts,
    native_name,
    owner,
    owners,
    parts_of,
    size,
    state_class,
    tag_said,
)
from tests.engine.estate.samples import ALL, BUCKET, LEDGER, VM, WEB_1, WEB_2, resource


@pytest.mark.parametrize(
    ("tags", "account", "expected"),
    [
        ({"env": "prod"}, "x", ("production", "tag")),
        ({"Environment": " Production "}, "x", ("production", "tag")),
        ({"STAGE": "uat"}, "acme-prod", ("staging", "tag")),
        ({"env": "dev", "Environment": "prod"}, "x", ("production", "tag")),
        ({"env": "blue"}, "acme-dev", ("development", "account")),
        ({}, "Harbour Production EU", ("production", "account")),
        ({}, "acme-sandbox-207", ("sandbox", "account")),
        ({}, "quay2prod1", ("", "unknown")),
        ({}, "devices", ("", "unknown")),
        ({"name": "prod"}, "plain", ("", "unknown")),
    ],
)
def test_environment(tags, account, expected):
    assert environment(resource("web", tags=tags, account_name=account)) == expected


def test_a_declared_environment_goes_before_the_accounts_name():
    assert environment(resource("web", tags={}, properties={"account_environment": "test"})) == ("test", "account")


@pytest.mark.parametrize(
    ("tags", "expected"),
    [({"service": "search"}, "search"), ({"Application": "x", "component": "y"}, "x"), ({}, "")],
)
def test_app(tags, expected):
    assert app(resource("web", tags=tags)) == expected


def test_an_untagged_resource_belongs_to_the_apps_its_name_carries():
    assert {"stop", "stop-signs", "signs-api"} <= facts(resource("stop-signs-api-01", tags={}))["app"]
    assert facts(resource("stop-signs-api-01", tags={"app": "Maps"}))["app"] == {"maps"}


def test_owners():
    both = resource("web", tags={"Owner": "Mara", "team": "roads"})
    assert (owner(both), owners(both)) == ("Mara", {"mara", "roads"})


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"public_ip": "203.0.113.7"}, {"public_ip", "public"}),
        ({"external_ip": True}, {"public_ip", "public"}),
        ({"public_ip": None}, set()),
        ({"encrypted": False, "attached": False}, {"unencrypted", "unattached"}),
        ({"encryption": None}, {"unencrypted"}),
        ({"encryption": "AES256"}, {"encrypted"}),
        ({"public_access_block": False}, {"public"}),
        ({"backup_retention_days": 0}, {"no_backups"}),
        ({"backup_retention_days": 7, "read_replicas": 1, "multi_az": True}, {"backups", "has_replicas", "multi_az"}),
        ({"ingress": [{"cidr": "0.0.0.0/0"}]}, {"open_to_world", "public"}),
        ({"ingress": [{"cidr": "10.0.0.0/8"}]}, set()),
        ({"deletion_protection": True, "min_tls": "TLS1_0"}, {"protected", "old_tls"}),
    ],
)
def test_flags(properties, expected):
    assert flags(resource("x", properties=properties)) == expected


@pytest.mark.parametrize(
    ("state", "metrics", "expected"),
    [
        ("running", {"cpu_avg_7d": 4.9}, True), ("running", {"cpu_avg_7d": 5.0}, False), ("running", {}, False), ("stopped", {"cpu_avg_7d": 0.0}, False),
    ],
)  # fmt: skip
def test_idle(state, metrics, expected):
    assert is_idle(resource("x", state=state, metrics=metrics)) is expected


@pytest.mark.parametrize(
    ("type_", "state", "expected"),
    [
        ("compute_instance", "deallocated", "stopped"), ("database_instance", "available", "running"), ("database_instance", "online", "running"),
        ("object_storage", "active", "active"), ("disk", "available", "available"), ("compute_instance", "pending", "pending"),
    ],
)  # fmt: skip
def test_state_class(type_, state, expected):
    assert state_class(resource("x", type=type_, state=state)) == expected


@pytest.mark.parametrize(
    ("native", "properties", "expected"),
    [
        ("AWS::RDS::DBInstance", {"engine": "aurora-postgresql"}, "postgres"),
        ("sqladmin.googleapis.com/Instance", {"database_version": "MYSQL_8_0"}, "mysql"),
        ("Microsoft.Sql/servers/databases", {}, "sqlserver"),
        ("AWS::EC2::Instance", {}, ""),
    ],
)
def test_engine(native, properties, expected):
    assert engine(resource("x", native_type=native, properties=properties)) == expected


def test_size_and_native_name():
    assert [size(one) for one in (WEB_1, LEDGER, VM, BUCKET)] == ["t3.large", "db.r6g.large", "Standard_D2s_v5", ""]
    assert native_name(VM) == "vm-search-01"
    assert native_name(LEDGER) == "ledger-db"


def test_facts_are_lower_case_and_of_known_fields():
    fields = set(facts(WEB_1))
    for one in ALL:
        assert set(facts(one)) == fields
        assert all(value == value.lower() for field, values in facts(one).items() if field != "flag" for value in values)


def test_regions_of_a_continent():
    assert {"eu-", "eu-west-1"} <= facts(resource("x", region="eu-west-1"))["region_start"]
    assert "europe" in facts(resource("x", region="westeurope"))["region_start"]
    assert "brazil" in facts(resource("x", region="brazilsouth"))["region_start"]
    assert WEB_2.region in facts(WEB_2)["region"]


@pytest.mark.parametrize(
    ("name", "starts"),
    [("Checkout-Web_01", ("che", "check", "checkout", "checkoutweb0")), ("pg-1", ("pg1",)), ("db", ()), ("", ()), ("äöü", ())],
)
def test_what_a_name_begins_with(name, starts):
    assert name_starts(name) == starts


@pytest.mark.parametrize(
    ("tags", "account", "evidence"),
    [
        ({"Env": " Dev "}, "acme-prod", "tag Env= Dev "),
        ({"env": "blue", "stage": "uat"}, "acme-dev", "tag stage=uat"),
        ({"env": "blue"}, "acme-dev", "account acme-dev"),
        ({}, "somewhere", ""),
    ],
)
def test_what_says_the_environment(tags, account, evidence):
    assert environment_evidence(resource("x", tags=tags, account_name=account)) == evidence


def test_a_tag_as_it_stands():
    one = resource("x", tags={"Application": "Checkout", "app": ""})
    assert tag_said(one, ("app", "application")) == "Application=Checkout"
    assert tag_said(one, ("owner",)) == ""


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("LedgerBatchRunner", ("ledger", "batch", "runner")),
        ("MercuryWeb01", ("mercury", "web", "01")),
        ("ledger_api_01", ("ledger", "api", "01")),
        ("APIGateway-EU2", ("api", "gateway", "eu", "2")),
        ("ip-10-20.ec2", ("ip", "10", "20", "ec", "2")),
    ],
)
def test_the_words_of_a_name(name, parts):
    assert parts_of(name) == parts


@pytest.mark.parametrize(
    ("properties", "when"),
    [
        ({"created": "2026-01-02T03:04:05Z"}, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ({"taken_at": "2026-01-02T03:04:05"}, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ({"created": "yesterday", "taken_at": "2026-01-02"}, datetime(2026, 1, 2, tzinfo=UTC)),
        ({"created": "", "taken_at": None}, None),
        ({}, None),
    ],
)
def test_when_a_thing_was_made(properties, when):
    assert created(resource("snap", properties=properties)) == when


def test_the_operating_system_is_a_fact():
    assert flags(resource("vm", properties={"os": "Windows"})) >= {"windows"}
    assert "linux" not in flags(resource("vm", properties={}))
