"""Our calls and the local Google Cloud held to Google's own client and discovery documents, which nobody here wrote."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
from pathlib import Path

import pytest

from deploy.sandbox.estate import GCP_LAB
from engine.clouds.gcp.names import Project
from engine.clouds.gcp.scanners import instances, snapshots
from engine.clouds.operation import Call
from tests.engine.clouds.gcp.known import machine
from tests.engine.clouds.gcp.test_calls import CHANGES
from tests.sandboxes import swept

pytestmark = pytest.mark.peer
STOPPED = machine("ledger-lab-2", "europe-west1-c")
FAILS = {
    "error": {"errors": [{"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "There is no room."}]},
    "httpErrorStatusCode": 503,
    "httpErrorMessage": "SERVICE UNAVAILABLE",
}


def official(sandbox, client):
    from google.auth.credentials import AnonymousCredentials

    made = client(credentials=AnonymousCredentials(), transport="rest", client_options={"api_endpoint": sandbox.endpoint})
    made.transport._session.trust_env = False
    return made


async def test_the_client_lists_what_we_list(sandbox, cloud):
    compute_v1 = pytest.importorskip("google.cloud.compute_v1")
    session = await cloud._session(GCP_LAB)

    def theirs():
        found = official(sandbox, compute_v1.InstancesClient).aggregated_list(request={"project": GCP_LAB})
        machines = [
            json.loads(type(one).to_json(one, always_print_fields_with_no_presence=False)) for _, scope in found for one in scope.instances
        ]
        listed = official(sandbox, compute_v1.SnapshotsClient).list(project=GCP_LAB)
        return machines, [json.loads(type(one).to_json(one, always_print_fields_with_no_presence=False)) for one in listed]

    heard = await asyncio.to_thread(theirs)
    for wires, scanner in zip(heard, (instances.SCANNER, snapshots.SCANNER), strict=True):
        ours = await asyncio.to_thread(scanner.everything, session)
        told = {one["name"]: scanner.resource(Project(GCP_LAB, GCP_LAB), one) for one in ours}
        assert told
        assert told == {one["name"]: scanner.resource(Project(GCP_LAB, GCP_LAB), one) for one in wires}


async def test_the_client_follows_our_operations_and_hears_the_same_failure(sandbox, cloud):
    compute_v1 = pytest.importorskip("google.cloud.compute_v1")
    from google.api_core.exceptions import GoogleAPICallError

    key = STOPPED.id.partition(".com/")[2]
    await sandbox.change(key, _fails=FAILS)
    call = Call("compute.instances.start", STOPPED, {}, "ours")
    receipt = await cloud.perform(call)
    while not (said := await cloud.failure(call, receipt)):
        await asyncio.sleep(0.01)
    await sandbox.change(key, _fails=FAILS)

    def theirs():
        client = official(sandbox, compute_v1.InstancesClient)
        # Without one the client would poll the public endpoint.
        client.transport._extended_operations_services["zone_operations"] = official(sandbox, compute_v1.ZoneOperationsClient)
        future = client.start(project=GCP_LAB, zone="europe-west1-c", instance=STOPPED.name)
        try:
            future.result(timeout=10)
        except GoogleAPICallError as error:
            return future, error
        return future, None

    future, error = await asyncio.to_thread(theirs)
    assert error is not None
    assert error.code == FAILS["httpErrorStatusCode"]
    assert [f"{one.code}: {one.message}" for one in future._extended_operation.error.errors] == [said]


# --- discovery


def documents() -> Path | None:
    spec = importlib.util.find_spec("googleapiclient")
    return Path(next(iter(spec.submodule_search_locations or ()))) / "discovery_cache" / "documents" if spec else None


DOCUMENTS = documents()
discovered = pytest.mark.skipif(DOCUMENTS is None, reason="google-api-python-client is not installed")
# Where a path of ours is described. The sandbox hears them all behind one door, the real ones have a host each.
DESCRIBED = {
    "/compute/v1/": "compute.v1.json",
    "/sql/v1beta4/": "sqladmin.v1beta4.json",
    "/storage/v1/": "storage.v1.json",
    "/v3/": "monitoring.v3.json",
    "/v1/projects/[^/]+/locations/": "container.v1.json",
    "/v1/projects/[^/]+/subscriptions": "pubsub.v1.json",
}


def methods(resources):
    for resource in resources.values():
        yield from resource.get("methods", {}).values()
        yield from methods(resource.get("resources", {}))


def described(call):
    """The parameters and body of the method that Google describes for a call; None when there is none such."""
    name = next(name for start, name in DESCRIBED.items() if re.match(start, call["path"]))
    document = json.loads((DOCUMENTS / name).read_text())
    for method in methods(document["resources"]):
        path = "/" + document["servicePath"] + method.get("flatPath", method["path"])
        pattern = re.sub(r"\\\{\+?[^}]+\\\}", "[^/]+", re.escape(path))
        if method["httpMethod"] == call["method"] and re.fullmatch(pattern, call["path"]):
            return document, method
    return None


def unknown(document, schema, sent, where=""):
    """Keys of a body that its schema does not have."""
    properties = document["schemas"][schema]["properties"]
    for key, value in sent.items():
        if key not in properties:
            yield f"{where}/{key}"
        elif "$ref" in properties[key] and isinstance(value, dict):
            yield from unknown(document, properties[key]["$ref"], value, f"{where}/{key}")


def held(call):
    found = described(call)
    assert found, f"Google describes no {call['method']} {call['path']}"
    document, method = found
    parameters = {*method.get("parameters", {}), *document["parameters"]}
    assert set(call["query"]) <= parameters, (call["path"], set(call["query"]) - parameters)
    if call["body"]:
        assert list(unknown(document, method["request"]["$ref"], json.loads(call["body"]))) == []


@discovered
async def test_google_describes_every_list_and_every_read_that_a_sweep_makes(sandbox, cloud):
    found, _ = await swept(cloud)
    for resource in found.values():
        await cloud.read(resource)
    calls = {(call["method"], re.sub(r"\d", "0", call["path"])): call for call in await sandbox.calls()}
    assert len(calls) > 20
    for call in calls.values():
        held(call)


@discovered
@pytest.mark.parametrize(("name", "known", "arguments"), CHANGES, ids=lambda value: getattr(value, "name", None) or str(value)[:60])
async def test_google_describes_every_change(sandbox, cloud, name, known, arguments):
    await cloud.perform(Call(name, await cloud.read(known), arguments, "token"))
    for call in await sandbox.calls():
        held(call)
