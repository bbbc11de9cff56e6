"""Azure's list of permissions: wildcards, roles above and on the target, and what is no answer."""

from __future__ import annotations

import pytest

from deploy.sandbox.estate import AZURE_DEV
from engine.clouds.azure.granted import is_granted
from tests.engine.clouds.azure.known import disk, machine

STOP = "Microsoft.Compute/virtualMachines/deallocate/action"
WRITE = "Microsoft.Storage/storageAccounts/write"
READER = {"actions": ["*/read"]}
ONE = machine("vm-storefront-dev-01", "storefront")


def role(*actions: str, without: tuple[str, ...] = ()) -> dict:
    return {"actions": list(actions), "notActions": list(without), "dataActions": [], "notDataActions": []}


@pytest.mark.parametrize(
    ("action", "permissions", "granted"),
    [
        (STOP, [role("*")], True),
        (STOP, [role("Microsoft.Compute/*")], True),
        (STOP, [role("microsoft.compute/VIRTUALMACHINES/*/action")], True),
        (STOP, [role("*/action")], True),
        (STOP, [role("Microsoft.Compute/virtualMachines/deallocate/action")], True),
        (STOP, [role("Microsoft.Compute/virtualMachines/deallocate")], False),
        (STOP, [role("*/read")], False),
        (STOP, [role("Microsoft.Compute/virtualMachines/*/read")], False),
        (STOP, [role("Microsoft?Compute/*")], False),
        (STOP, [role("*", without=("Microsoft.Compute/*",))], False),
        (STOP, [role("*", without=("Microsoft.Compute/*",)), role("Microsoft.Compute/*/action")], True),
        (STOP, [role("*", without=("Microsoft.Authorization/*/Write",))], True),
        (WRITE, [role("Microsoft.Storage/storageAccounts/*")], True),
        (STOP, [{"actions": None, "notActions": None}], False),
        (STOP, [{}], False),
        (STOP, [], False),
    ],
)
def test_wildcards_and_what_is_taken_out(action, permissions, granted):
    assert is_granted(action, permissions) is granted


async def test_a_role_above_counts_and_a_reader_is_denied(sandbox, cloud):
    assert (await cloud.allowed(AZURE_DEV, STOP, (ONE,))).verdict == "allowed"
    await sandbox.change("/", _granted=[READER])
    check = await cloud.allowed(AZURE_DEV, STOP, (ONE,))
    assert (check.verdict, check.missing, check.targets) == ("denied", (STOP,), (ONE.id,))
    await sandbox.change(f"/subscriptions/{AZURE_DEV}/resourceGroups/rg-storefront-dev", _granted=[{"actions": ["Microsoft.Compute/*"]}])
    assert (await cloud.allowed(AZURE_DEV, STOP, (ONE,))).verdict == "allowed"
    assert not await sandbox.calls("POST")


async def test_only_those_without_a_role_of_their_own_are_denied(sandbox, cloud):
    other = machine("vm-storefront-dev-02", "storefront")
    await sandbox.change("/", _granted=[READER])
    await sandbox.change(other.id, _granted=[{"actions": ["*"], "notActions": ["*/delete"]}])
    check = await cloud.allowed(AZURE_DEV, STOP, (ONE, other))
    assert (check.verdict, check.targets) == ("denied", (ONE.id,))
    assert (await cloud.allowed(AZURE_DEV, "Microsoft.Compute/virtualMachines/delete", (other,))).verdict == "denied"


async def test_every_permission_of_the_operation_is_looked_for(sandbox, cloud):
    await sandbox.change("/", _granted=[{"actions": ["Microsoft.Compute/snapshots/*"]}])
    target = disk("disk-mailer-dev-spool", "mailer")
    check = await cloud.allowed(AZURE_DEV, "Microsoft.Compute/snapshots/write", (target,))
    assert (check.verdict, check.missing) == ("denied", ("Microsoft.Compute/disks/beginGetAccess/action",))


async def test_many_targets_are_looked_at_by_their_resource_group(sandbox, cloud):
    many = tuple(machine(f"vm-any-{number}", "storefront") for number in range(20))
    assert (await cloud.allowed(AZURE_DEV, STOP, many)).verdict == "allowed"
    asked = await sandbox.calls("GET", "Microsoft.Authorization/permissions")
    assert [call["path"] for call in asked] == [
        f"/subscriptions/{AZURE_DEV}/resourceGroups/rg-storefront-dev/providers/Microsoft.Authorization/permissions"
    ]
    await sandbox.change("/", _granted=[READER])
    check = await cloud.allowed(AZURE_DEV, STOP, many)
    assert (check.verdict, len(check.targets)) == ("unknown", 20)
    assert "too many" in check.why


@pytest.mark.parametrize(("status", "why"), [(403, "Azure denied"), (429, "throttled"), (500, "Azure failed")])
async def test_what_is_no_answer_is_unknown(sandbox, cloud, status, why):
    await sandbox.fault(path_regex="Microsoft.Authorization/permissions", status=status)
    check = await cloud.allowed(AZURE_DEV, STOP, (ONE,))
    assert (check.verdict, check.targets) == ("unknown", (ONE.id,))
    assert why in check.why
    await sandbox.fault(path_regex="Microsoft.Authorization/permissions", garbage=True)
    assert (await cloud.allowed(AZURE_DEV, STOP, (ONE,))).verdict == "unknown"


async def test_what_the_subscription_grants_holds_for_all_in_it(sandbox, cloud):
    assert {check.operation for check in await cloud.rights(AZURE_DEV)} == cloud.operations.keys()
    await sandbox.change("/", _granted=[{"actions": ["Microsoft.Compute/*"]}])
    granted = await cloud.rights(AZURE_DEV)
    assert {check.verdict for check in granted} == {"allowed"}
    assert STOP in {check.operation for check in granted}
    assert WRITE not in {check.operation.partition(":")[0] for check in granted}, "a role further down may grant it"
    assert await cloud.rights("no-such-subscription") == ()
