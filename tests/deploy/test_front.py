"""The front door of the local clouds: faults, levers, and the start of a process."""

from __future__ import annotations

import httpx
import pytest

from deploy.sandbox.estate import AZURE_DEV
from deploy.sandbox.faults import Fault, Faults
from deploy.sandbox.launch import start_gcp

DISK = f"/subscriptions/{AZURE_DEV}/resourceGroups/rg-mailer-dev/providers/Microsoft.Compute/disks/disk-mailer-dev-spool"
BEARER = {"authorization": "Bearer x"}


def test_a_fault_is_used_up():
    faults = Faults([Fault.from_json({"path_regex": "/disks/", "method": "get", "status": 403, "count": 2})])
    assert faults.take("POST", "/disks/a") is None
    assert faults.take("GET", "/vms/a") is None
    assert [faults.take("GET", "/disks/a") is not None for _ in range(3)] == [True, True, False]


def test_a_fault_that_means_nothing_is_refused():
    with pytest.raises(ValueError, match="statsu"):
        Fault.from_json({"statsu": 403})


async def test_a_dropped_call_may_have_happened_or_not(azure):
    async with azure.client() as client:
        for drop, there in (("before", True), ("after", False)):
            await azure.fault(path_regex="disk-mailer-dev-spool", method="DELETE", drop=drop)
            with pytest.raises(httpx.RemoteProtocolError):
                await client.delete(f"{DISK}?api-version=1", headers=BEARER)
            await azure.delay(0)
            states = (await client.get(f"{DISK}?api-version=1", headers=BEARER)).json()
            assert (states.get("properties", {}).get("provisioningState") == "Succeeded") is there


async def test_retry_after_comes_with_429(azure, gcp):
    async with azure.client() as client:
        await azure.fault(status=429, retry_after=9)
        answer = await client.get(f"{DISK}?api-version=1", headers=BEARER)
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["error"]["code"]) == (429, "9", "TooManyRequests")
    async with gcp.client() as client:
        await gcp.fault(status=429)
        answer = await client.get("/storage/v1/b?project=x")
    assert answer.json()["error"]["errors"][0]["reason"] == "rateLimitExceeded"


async def test_seed_change_and_reset(gcp):
    document = {"kind": "compute#disk", "name": "d", "status": "READY", "sizeGb": "1", "zone": "z/a-b"}
    document["selfLink"] = "https://www.googleapis.com/compute/v1/projects/p/zones/a-b/disks/d"
    document["labelFingerprint"] = "x"
    (key,) = await gcp.seed(document)
    async with gcp.client() as client:
        assert (await client.get(f"/compute/v1/{key}")).json()["name"] == "d"
        assert await gcp.change(key, status="FAILED")
        assert (await client.get(f"/compute/v1/{key}")).json()["status"] == "FAILED"
        assert await gcp.change(key, gone=True)
        assert not await gcp.change(key, status="READY")
        assert (await client.get(f"/compute/v1/{key}")).status_code == 404
        assert (await client.post("/_sandbox/moon", json={})).status_code == 400
        assert (await client.post("/_sandbox/seed", json={"resources": [{"kind": "moon"}]})).status_code == 400
    await gcp.reset()
    assert await gcp.calls() == []


async def test_a_process_starts_and_stops(tmp_path):
    running = await start_gcp(tmp_path)
    assert {account.environment for account in running.accounts} == {"production", "sandbox"}
    await running.stop()
    await running.stop()
    assert running.process.returncode is not None


async def test_a_process_that_does_not_come_up_says_where_to_look(tmp_path):
    with pytest.raises(OSError, match=r"gcp\.log"):
        await start_gcp(tmp_path, "--no-such-option")
