"""The tables of Google Cloud, linted as a whole; and the pure mapping, example by example."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from engine.clouds.gcp import costs, metrics
from engine.clouds.gcp.calls import CALLS
from engine.clouds.gcp.catalogue import SCANNERS
from engine.clouds.gcp.names import FullName, Project
from engine.clouds.gcp.operations import OPERATIONS, TABLE
from engine.clouds.gcp.requests.sending import request_id
from engine.clouds.gcp.scanners.buckets import bucket
from engine.clouds.gcp.scanners.instances import instance
from engine.clouds.gcp.scanners.sql_instances import database
from engine.clouds.operation import Call, OperationClass
from engine.execution.binding import command
from tests.engine.clouds.gcp.known import machine

PROJECT = Project("p", "p")
LINK = "https://www.googleapis.com/compute/v1/projects/p/zones/us-east1-b/instances/i"


def test_every_operation_has_its_call_and_no_call_is_left_over():
    assert set(CALLS) == set(OPERATIONS)
    assert len(TABLE) == len(OPERATIONS)


def test_every_operation_is_on_a_kind_that_is_scanned():
    assert all(operation.native_types <= {scanner.kind.native for scanner in SCANNERS} for operation in TABLE)


@pytest.mark.parametrize("operation", TABLE, ids=lambda operation: operation.name)
def test_each_row_is_what_its_name_says(operation):
    assert operation.name.endswith((".delete", ":purge")) == (operation.kind is OperationClass.DELETE)
    assert operation.command[0] == "gcloud"
    assert operation.inverse or operation.no_way_back
    for parameter in operation.takes:
        re.compile(parameter.pattern)


def test_opposites_do_not_share_a_name():
    assert not re.fullmatch(OPERATIONS["storage.buckets.update"].takes[0].pattern, "inherited")
    assert OPERATIONS["cloudsql.instances.update"].takes == OPERATIONS["cloudsql.instances.update:start"].takes == ()


def test_the_command_is_what_a_person_would_type():
    seen = instance(PROJECT, {"selfLink": LINK, "zone": "z/us-east1-b", "machineType": "t/e2-small", "status": "RUNNING", "name": "i"})
    told = command(OPERATIONS["compute.instances.stop"], seen, {})
    assert told == ("gcloud", "compute", "instances", "stop", "i", "--zone", "us-east1-b", "--project", "p")


def test_a_session_imports_none_of_googles_clients():
    """That of Compute alone takes 150 MB and five seconds."""
    code = """
import sys
from engine.clouds.gcp.session import GcpSession
from engine.settings import AccountSettings
GcpSession(AccountSettings(cloud="gcp", id="p", name="p", credentials="sandbox", endpoint="http://127.0.0.1:1"), 1.0).close()
assert not [name for name in sys.modules if name.startswith(("google.cloud", "google.api_core", "google.protobuf", "grpc"))]
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_tables_need_no_sdk():
    code = "import sys; import engine.clouds.gcp.operations, engine.clouds.gcp.cloud; assert 'google.auth' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("native", "state"),
    [
        ("RUNNING", "running"),
        ("TERMINATED", "stopped"),
        ("STOPPING", "stopping"),
        ("STAGING", "pending"),
        ("SUSPENDED", "suspended"),
        ("NEW", "new"),
    ],
)
def test_states(native, state):
    seen = instance(PROJECT, {"selfLink": LINK, "zone": "z/us-east1-b", "machineType": "t/e2-small", "status": native, "name": "i"})
    assert (seen.state, seen.region, seen.properties["native_state"]) == (state, "us-east1", native)


@pytest.mark.parametrize(("policy", "state"), [("ALWAYS", "running"), ("NEVER", "stopped")])
def test_a_stopped_database_is_told_from_a_running_one(policy, state):
    told = {
        "name": "d",
        "region": "us-east1",
        "state": "RUNNABLE",
        "settings": {"activationPolicy": policy, "ipConfiguration": {"sslMode": "ENCRYPTED_ONLY"}},
    }
    seen = database(PROJECT, told)
    assert (seen.state, seen.properties["require_ssl"]) == (state, True)


@pytest.mark.parametrize(
    ("member", "prevention", "public"), [("allUsers", "inherited", True), ("allUsers", "enforced", False), ("user:a", "inherited", False)]
)
def test_public_buckets(member, prevention, public):
    told = {
        "name": "b",
        "location": "EU",
        "iamConfiguration": {"publicAccessPrevention": prevention, "bucketPolicyOnly": {"enabled": True}},
        "policy": {"bindings": [{"role": "roles/storage.objectViewer", "members": [member]}]},
    }
    seen = bucket(PROJECT, told)
    assert (seen.properties["public"], seen.properties["uniform_access"], seen.region) == (public, True, "eu")


@pytest.mark.parametrize("text", ["", "arn:aws:s3:::x", "//compute.googleapis.com/", "/subscriptions/x"])
def test_what_is_no_full_name(text):
    with pytest.raises(ValueError):
        FullName.parse(text)


def test_full_names():
    assert FullName.parse("//compute.googleapis.com/projects/p/global/snapshots/s") == FullName("compute", "p", "", "snapshots", "s")
    assert FullName.parse("//storage.googleapis.com/b") == FullName("storage", "", "", "", "b")


def test_a_request_id_is_the_same_for_the_same_call_only():
    one = Call("compute.instances.stop", machine("a", "z"), {}, "t")
    assert request_id(one) == request_id(Call("compute.instances.stop", machine("a", "z"), {}, "t"))
    assert request_id(one) != request_id(Call("compute.instances.stop", machine("a", "z"), {}, "u"))


def test_costs_and_measurements():
    assert costs.machine("moon") == costs.sql("moon") == costs.disk("moon", 9) == 0.0
    assert costs.snapshot(10 * 2**30) == 0.5
    assert metrics.by_instance([{"resource": {"labels": {"instance_id": "7"}}, "points": [{"value": {"doubleValue": 0.123}}]}]) == {
        "7": 12.3
    }
    assert metrics.by_instance([{"resource": {"labels": {"instance_id": "7"}}}]) == {}


def test_without_the_sdk_it_says_what_to_install():
    code = """
import asyncio, sys
sys.modules["google.auth.transport.requests"] = None
from engine.clouds.gcp.cloud import GcpCloud
from engine.errors import SettingsError
from engine.settings import AccountSettings
async def main():
    cloud = GcpCloud([AccountSettings(cloud="gcp", id="p", name="p")])
    try:
        async for _ in cloud.sweep():
            pass
    except SettingsError as error:
        assert 'pip install "escher-ops[gcp]"' in str(error)
        sys.exit(42)
asyncio.run(main())
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 42
