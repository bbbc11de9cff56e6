"""How the local clouds behave about services where it matters: guards, fingerprints, what is in use, what is switched off."""

from __future__ import annotations

import json

import pytest

from deploy.sandbox import azure, gcp
from deploy.sandbox.estate import AZURE_DEV, AZURE_PROD, GCP_LAB
from deploy.sandbox.wire import Asked, Clock, Wrong

BEARER = {"authorization": "Bearer x"}
DEV = f"/subscriptions/{AZURE_DEV}/resourceGroups/rg-atlas-dev/providers"
CLUSTER = f"/v1/projects/{GCP_LAB}/locations/europe-west1-b/clusters/atlas-lab"
SQL = f"/sql/v1beta4/projects/{GCP_LAB}/instances"
COMPUTE = f"/compute/v1/projects/{GCP_LAB}"


class Time:
    """A clock that a test sets."""

    def __init__(self):
        self.now = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: self.now, 1.0)


def ask(world, method, path, query=None, body=None):
    world.clock.settle()
    sent = b"" if body is None else json.dumps(body).encode()
    return world.answer(Asked(method, path, {"api-version": "1", **(query or {})}, BEARER, sent, "https://here"))


def refusal(world, method, path, **more):
    with pytest.raises(Wrong) as refused:
        ask(world, method, path, **more)
    error = refused.value.answer.body["error"]
    return refused.value.answer.status, error["code"], error["message"]


def test_a_lock_stands_until_it_is_taken_off():
    world = azure.world(Time().clock())
    address = f"{DEV}/Microsoft.Network/publicIPAddresses/pip-atlas-dev-old"
    lock = f"{DEV.partition('/providers')[0]}/providers/Microsoft.Authorization/locks/group"
    assert ask(world, "PUT", lock, body={"properties": {"level": "CanNotDelete"}}).status == 201
    assert ask(world, "PUT", lock, body={"properties": {"level": "CanNotDelete"}}).status == 200
    assert refusal(world, "DELETE", address)[:2] == (409, "ScopeLocked")
    assert [ask(world, "DELETE", lock).status for _ in range(2)] == [200, 204]
    assert ask(world, "DELETE", address).status == 202
    assert refusal(world, "PUT", lock, body={"properties": {"level": "Maybe"}})[:2] == (400, "LockLevelInvalid")


def test_an_address_in_use_is_not_deleted():
    world = azure.world(Time().clock())
    used = f"/subscriptions/{AZURE_PROD}/resourceGroups/rg-atlas-prod/providers/Microsoft.Network/publicIPAddresses/pip-atlas-prod"
    assert refusal(world, "DELETE", used)[1] == "PublicIPAddressCannotBeDeleted"
    assert ask(world, "DELETE", f"{used}-gone").status == 204
    google = gcp.world(Time().clock())
    front = "/compute/v1/projects/nimbus-prod-318/global/addresses/atlas-prod-front"
    assert "already being used" in refusal(google, "DELETE", front)[2]


def test_a_stopped_cluster_stops_its_pools_with_it():
    time = Time()
    world = azure.world(time.clock())
    cluster = f"{DEV}/Microsoft.ContainerService/managedClusters/aks-atlas-dev"
    assert ask(world, "POST", f"{cluster}/stop").status == 202
    assert ask(world, "GET", cluster).body["properties"]["provisioningState"] == "Stopping"
    time.now = 1.0
    assert ask(world, "GET", f"{cluster}/agentPools/batch").body["properties"]["powerState"] == {"code": "Stopped"}
    assert ask(world, "GET", cluster).body["properties"]["provisioningState"] == "Succeeded"


def test_only_what_runs_is_restarted_and_only_what_has_power_has_any():
    world = azure.world(Time().clock())
    assert refusal(world, "POST", f"{DEV}/Microsoft.DBforPostgreSQL/flexibleServers/psql-atlas-dev-old/restart")[1] == "ServerIsNotReady"
    plan = f"{DEV}/Microsoft.Web/serverfarms/plan"
    world.seed({"id": plan, "type": "Microsoft.Web/serverfarms", "location": "westeurope"})
    assert refusal(world, "POST", f"{plan}/start")[0] == 404


def test_zones_are_for_objectives_that_know_them():
    world = azure.world(Time().clock())
    database = (
        f"/subscriptions/{AZURE_DEV}/resourceGroups/rg-storefront-dev/providers/Microsoft.Sql/servers/sql-storefront-dev/databases/main"
    )
    assert refusal(world, "PATCH", database, body={"properties": {"zoneRedundant": True}})[1] == "ProvisioningDisabled"
    encryption = f"{database}/transparentDataEncryption/current"
    assert refusal(world, "PUT", encryption, body={"properties": {"state": "Perhaps"}})[0] == 400


def test_a_scale_set_keeps_as_many_machines_as_it_is_told():
    world = azure.world(Time().clock())
    group = f"{DEV}/Microsoft.Compute/virtualMachineScaleSets/vmss-atlas-dev"
    ask(world, "PATCH", group, body={"sku": {"capacity": 3}})
    assert len(ask(world, "GET", f"{group}/virtualMachines").body["value"]) == 3
    assert refusal(world, "PATCH", group, body={"sku": {"capacity": 1001}})[1] == "InvalidParameter"


def test_a_disk_hangs_on_one_machine_at_a_time():
    time = Time()
    world = azure.world(time.clock())
    ledger = f"/subscriptions/{AZURE_DEV}/resourceGroups/rg-ledger-dev/providers/Microsoft.Compute"
    disk, attach = f"{ledger}/disks/disk-ledger-dev-data", {"dataDisksToAttach": [{"diskId": f"{ledger}/disks/disk-ledger-dev-data"}]}
    assert refusal(world, "POST", f"{ledger}/virtualMachines/vm-ledger-dev-02/attachDetachDataDisks", body=attach)[0] == 409
    wrong = {"dataDisksToDetach": [{"diskId": disk}]}
    assert refusal(world, "POST", f"{ledger}/virtualMachines/vm-ledger-dev-02/attachDetachDataDisks", body=wrong)[0] == 400
    google = gcp.world(Time().clock())
    machine = f"{COMPUTE}/zones/us-central1-a/instances/tracker-lab-2"
    source = {"source": f"projects/{GCP_LAB}/zones/us-central1-a/disks/tracker-lab-scratch"}
    assert "already being used" in refusal(google, "POST", f"{machine}/attachDisk", body=source)[2]
    assert "No attached disk" in refusal(google, "POST", f"{machine}/detachDisk", query={"deviceName": "x"})[2]


def test_labels_of_a_cluster_change_only_against_their_fingerprint():
    world = gcp.world(Time().clock())
    assert refusal(world, "POST", f"{CLUSTER}:setResourceLabels", body={"resourceLabels": {}, "labelFingerprint": "old"})[0] == 412
    assert refusal(world, "GET", f"{CLUSTER}/nodePools/none")[0] == 404


def test_cloud_sql_refuses_what_it_could_not_do():
    world = gcp.world(Time().clock())
    assert refusal(world, "PATCH", f"{SQL}/mailer-mysql-lab", body={"settings": {"availabilityType": "REGIONAL"}})[0] == 400
    assert refusal(world, "PATCH", f"{SQL}/mailer-mysql-lab", body={"settings": {"tier": "e2-small"}})[0] == 400
    assert refusal(world, "PATCH", f"{SQL}/mailer-mysql-lab", body={"settings": {"settingsVersion": "0"}})[0] == 412
    world.change(f"sql/{GCP_LAB}/storefront-pg-lab", {"settings/availabilityType": "REGIONAL", "settings/deletionProtectionEnabled": True})
    stale = {"failoverContext": {"settingsVersion": "0"}}
    assert refusal(world, "POST", f"{SQL}/storefront-pg-lab/failover", body=stale)[0] == 409
    assert "protected" in refusal(world, "DELETE", f"{SQL}/storefront-pg-lab")[2]
    assert refusal(world, "GET", f"{SQL}/storefront-pg-lab/backupRuns/1")[0] == 404


def test_backups_go_with_their_instance():
    time = Time()
    world = gcp.world(time.clock())
    assert len(ask(world, "GET", f"{SQL}/-/backupRuns").body["items"]) == 1
    ask(world, "DELETE", f"{SQL}/storefront-pg-lab")
    time.now = 1.0
    assert "items" not in ask(world, "GET", f"{SQL}/-/backupRuns").body


def test_pubsub_wants_to_know_what_changes_and_when():
    world = gcp.world(Time().clock())
    subscription = f"/v1/projects/{GCP_LAB}/subscriptions/atlas-lab-events-worker"
    assert "update_mask" in refusal(world, "PATCH", subscription, body={"subscription": {"labels": {}}})[2]
    assert refusal(world, "POST", f"{subscription}:seek", body={"time": "now"})[0] == 400
    tested = ask(world, "POST", f"{subscription}:testIamPermissions", body={"permissions": ["pubsub.subscriptions.consume"]})
    assert tested.body == {"permissions": ["pubsub.subscriptions.consume"]}
    assert refusal(world, "POST", f"{subscription}:testIamPermissions", body={"permissions": ["storage.buckets.get"]})[0] == 400


def test_an_api_that_is_switched_off_says_so_in_that_project_alone():
    world = gcp.world(Time().clock())
    world.change(f"projects/{GCP_LAB}", {"_switched_off": ["/sql/"]})
    with pytest.raises(Wrong) as refused:
        ask(world, "GET", SQL)
    assert refused.value.answer.body["error"]["details"][0]["reason"] == "SERVICE_DISABLED"
    assert ask(world, "GET", SQL.replace(GCP_LAB, "nimbus-prod-318")).status == 200
