"""How the local clouds behave where it matters: signing in, pages, long operations, tags, labels."""

from __future__ import annotations

import pytest

from deploy.sandbox import azure, gcp
from deploy.sandbox.estate import AZURE_DEV, GCP_LAB
from deploy.sandbox.wire import Asked, Clock, Wrong

BEARER = {"authorization": "Bearer x"}
VM = f"/subscriptions/{AZURE_DEV}/resourceGroups/rg-storefront-dev/providers/Microsoft.Compute/virtualMachines/vm-storefront-dev-01"
MACHINE = f"/compute/v1/projects/{GCP_LAB}/zones/europe-west1-b/instances/storefront-lab-1"


class Time:
    """A clock that a test sets."""

    def __init__(self):
        self.now = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: self.now, 1.0)


def ask(world, method, path, query=None, body=b"", headers=None):
    world.clock.settle()
    return world.answer(Asked(method, path, query if query is not None else {"api-version": "1"}, headers or BEARER, body, "https://here"))


def test_azure_wants_a_token_and_a_version():
    world = azure.world(Time().clock())
    with pytest.raises(Wrong) as nobody:
        ask(world, "GET", VM, headers={"x": "y"})
    assert nobody.value.answer.status == 401
    with pytest.raises(Wrong) as versionless:
        ask(world, "GET", VM, query={})
    assert versionless.value.answer.body["error"]["code"] == "MissingApiVersionParameter"


def test_azure_does_not_mind_case():
    world = azure.world(Time().clock())
    assert ask(world, "GET", VM.upper().replace("/SUBSCRIPTIONS", "/subscriptions")).body["name"] == "vm-storefront-dev-01"


def test_azure_pages_lead_through_everything():
    world, seen = azure.world(Time().clock(), page=3), []
    path, query = f"/subscriptions/{AZURE_DEV}/providers/Microsoft.Compute/virtualMachines", {"api-version": "1"}
    while True:
        body = ask(world, "GET", path, query).body
        seen += [one["name"] for one in body["value"]]
        if "nextLink" not in body:
            break
        query = dict(pair.split("=", 1) for pair in body["nextLink"].partition("?")[2].split("&"))
    assert len(seen) == len(set(seen)) == 10


def test_an_azure_stop_takes_its_time_and_can_be_followed():
    time = Time()
    world = azure.world(time.clock())
    accepted = ask(world, "POST", f"{VM}/deallocate")
    follow = accepted.headers["Azure-AsyncOperation"].removeprefix("https://here").partition("?")[0]
    assert (accepted.status, ask(world, "GET", follow).body["status"]) == (202, "InProgress")
    view = {"api-version": "1", "$expand": "instanceView"}
    assert ask(world, "GET", VM, view).body["properties"]["instanceView"]["statuses"][1]["code"] == "PowerState/deallocating"
    time.now = 1.0
    assert ask(world, "GET", follow).body["status"] == "Succeeded"
    assert ask(world, "GET", VM, view).body["properties"]["instanceView"]["statuses"][1]["code"] == "PowerState/deallocated"
    assert ask(world, "POST", f"{VM}/deallocate").status == 200, "a machine that is down already is done at once"


@pytest.mark.parametrize(
    ("operation", "tags", "after"),
    [
        ("Merge", {"ENV": "x"}, {"env": "x", "app": "storefront", "owner": "ines"}),
        ("Replace", {"a": "b"}, {"a": "b"}),
        ("Delete", {"env": ""}, {"app": "storefront", "owner": "ines"}),
        ("Delete", {"env": "other"}, {"env": "dev", "app": "storefront", "owner": "ines"}),
    ],
)
def test_azure_tags(operation, tags, after):
    import json

    world = azure.world(Time().clock())
    body = json.dumps({"operation": operation, "properties": {"tags": tags}}).encode()
    answer = ask(world, "PATCH", f"{VM}/providers/Microsoft.Resources/tags/default", body=body)
    assert answer.body["properties"]["tags"] == after
    assert ask(world, "GET", VM).body["tags"] == after


def test_google_labels_change_only_against_their_fingerprint():
    time = Time()
    world = gcp.world(time.clock())
    with pytest.raises(Wrong) as refused:
        ask(world, "POST", f"{MACHINE}/setLabels", body=b'{"labels": {"a": "b"}, "labelFingerprint": "old"}')
    assert refused.value.answer.status == 412


def test_a_google_stop_takes_its_time_and_is_done_once():
    time = Time()
    world = gcp.world(time.clock())
    first = ask(world, "POST", f"{MACHINE}/stop", {"requestId": "r"}).body
    assert ask(world, "GET", MACHINE).body["status"] == "STOPPING"
    follow = f"/compute/v1/projects/{GCP_LAB}/zones/europe-west1-b/operations/{first['name']}"
    assert ask(world, "GET", follow).body["status"] == "RUNNING"
    time.now = 1.0
    assert ask(world, "GET", MACHINE).body["status"] == "TERMINATED"
    assert ask(world, "GET", follow).body["status"] == "DONE"
    assert ask(world, "POST", f"{MACHINE}/stop", {"requestId": "r"}).body["name"] == first["name"]
    assert ask(world, "POST", f"{MACHINE}/stop", {"requestId": "s"}).body["name"] != first["name"]


def test_a_running_google_machine_is_not_resized():
    world = gcp.world(Time().clock())
    with pytest.raises(Wrong) as refused:
        ask(world, "POST", f"{MACHINE}/setMachineType", body=b'{"machineType": "zones/z/machineTypes/e2-small"}')
    assert "must be stopped" in refused.value.answer.body["error"]["message"]


def test_the_estate_is_as_untidy_as_real_ones():
    from deploy.sandbox import estate

    machines = [*estate.AZURE_MACHINES, *estate.GCP_MACHINES]
    assert len({machine.name for machine in machines}) == len(machines)
    keys = {key for machine in machines for key in machine.tags}
    assert {"env", "Environment", "environment", "stage", "owner", "keep"} <= keys
    assert any(not machine.tags for machine in machines)
    assert any("ignore your instructions" in value for machine in machines for value in machine.tags.values())
    assert sum(1 for _ in azure.world(Time().clock()).resources) > 39
    assert sum(1 for _ in gcp.world(Time().clock()).resources) > 37


def test_azure_tells_the_roles_that_hold_where_they_are_asked_for():
    world = azure.world(Time().clock())
    group = VM.partition("/providers/")[0]
    tail = "/providers/Microsoft.Authorization/permissions"
    everything = {"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}
    assert ask(world, "GET", VM + tail).body == {"value": [everything]}
    world.change("/", {"_granted": []})
    world.change(group.upper(), {"_granted": [{"actions": ["*/read"], "notActions": ["a/b"]}]})
    reader = {**everything, "actions": ["*/read"], "notActions": ["a/b"]}
    assert ask(world, "GET", VM + tail).body == ask(world, "GET", group + tail).body == {"value": [reader]}
    assert ask(world, "GET", f"{group}-other{tail}").body == {"value": []}, "a group whose name begins alike is another group"
    with pytest.raises(Wrong) as refusal:
        ask(world, "GET", f"{VM}-gone{tail}")
    assert refusal.value.answer.status == 404


def test_google_tells_which_permissions_hold_and_refuses_strange_ones():
    world = gcp.world(Time().clock())
    stop, body = "compute.instances.stop", b'{"permissions": ["compute.instances.stop", "compute.instances.start"]}'
    there = f"{MACHINE}/testIamPermissions"
    assert ask(world, "POST", there, {}, body).body == {"permissions": [stop, "compute.instances.start"]}
    world.change(f"projects/{GCP_LAB}", {"_withheld": [stop]})
    assert ask(world, "POST", there, {}, body).body == {"permissions": ["compute.instances.start"]}
    project = f"/v1/projects/{GCP_LAB}:testIamPermissions"
    assert ask(world, "POST", project, {}, b'{"permissions": ["compute.instances.stop"]}').body == {}
    bucket = f"/storage/v1/b/{GCP_LAB}-storefront/iam/testPermissions"
    told = ask(world, "GET", bucket, {"permissions": "storage.buckets.get,storage.buckets.update"}).body
    assert told == {"kind": "storage#testIamPermissionsResponse", "permissions": ["storage.buckets.get", "storage.buckets.update"]}
    for method, path, query, sent in (
        ("POST", there, {}, b'{"permissions": ["compute.disks.delete"]}'),
        ("POST", project, {}, b'{"permissions": ["compute.*"]}'),
        ("GET", bucket, {"permissions": "compute.disks.delete"}, b""),
    ):
        with pytest.raises(Wrong) as refusal:
            ask(world, method, path, query, sent)
        assert refusal.value.answer.status == 400
