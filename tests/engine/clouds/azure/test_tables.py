"""The tables of Azure, linted as a whole; and the pure mapping, example by example."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.clouds.azure import arm, costs, metrics
from engine.clouds.azure.calls import CALLS
from engine.clouds.azure.catalogue import SCANNERS
from engine.clouds.azure.operations import OPERATIONS, TABLE
from engine.clouds.azure.scanners.storage_accounts import storage_account
from engine.clouds.azure.scanners.virtual_machines import machine
from engine.clouds.operation import OperationClass
from engine.execution.binding import command
from tests.engine.clouds.azure.known import machine as known

ACCOUNT = arm.Account("sub-1", "name")


def test_every_operation_has_its_call_and_no_call_is_left_over():
    assert set(CALLS) == set(OPERATIONS)
    assert len(TABLE) == len(OPERATIONS)


def test_every_operation_is_on_a_kind_that_is_scanned():
    scanned = {scanner.kind.native for scanner in SCANNERS}
    assert all(operation.native_types <= scanned for operation in TABLE)


@pytest.mark.parametrize("operation", TABLE, ids=lambda operation: operation.name)
def test_a_deletion_says_it_is_one(operation):
    takes_off = operation.name in ("Microsoft.Resources/tags/delete", "Microsoft.Authorization/locks/delete")
    assert operation.name.endswith("/delete") == (operation.kind is OperationClass.DELETE or takes_off)
    assert operation.command[0] == "az"
    assert operation.inverse or operation.no_way_back


def test_the_command_is_what_a_person_would_type():
    vm = known("vm-1", "app")
    told = command(OPERATIONS["Microsoft.Compute/virtualMachines/deallocate/action"], arm_resource(vm), {})
    assert told == ("az", "vm", "deallocate", "--resource-group", "rg-app-dev", "--name", "vm-1", "--subscription", vm.account)


def arm_resource(vm):
    return machine(arm.Account(vm.account, vm.account_name), {"id": vm.id, "location": "West Europe", "properties": {}})


def test_the_tables_need_no_sdk():
    code = "import sys; import engine.clouds.azure.operations, engine.clouds.azure.cloud; assert not [m for m in sys.modules if m.startswith('azure.')]"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_signing_in_and_asking_import_none_of_the_sdks_clients():
    """That of Compute alone takes 100 MB."""
    code = "import sys; from engine.clouds.azure.session import load; load(); assert not [m for m in sys.modules if m.startswith(('azure.mgmt.compute', 'azure.mgmt.storage', 'azure.identity'))]"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("codes", "state"),
    [
        (["ProvisioningState/succeeded", "PowerState/running"], "running"),
        (["PowerState/deallocated"], "deallocated"),
        (["PowerState/stopped"], "stopped"),
        (["PowerState/starting"], "pending"),
        (["PowerState/deallocating"], "stopping"),
        (["ProvisioningState/failed/OSProvisioningTimedOut"], "unknown"),
        ([], "unknown"),
    ],
)
def test_power_states(codes, state):
    wire = {
        "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v",
        "location": "West Europe",
        "properties": {"instanceView": {"statuses": [{"code": code} for code in codes]}},
    }
    seen = machine(ACCOUNT, wire)
    assert (seen.state, seen.region, seen.properties["resource_group"]) == (state, "westeurope", "g")


def test_an_old_storage_account_is_as_open_as_it_was_made():
    wire = {"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a", "location": "eastus", "properties": {}}
    seen = storage_account(ACCOUNT, wire)
    assert seen.properties["allow_blob_public_access"] is True
    assert seen.properties["min_tls"] == "TLS1_0"


@pytest.mark.parametrize("text", ["", "/subscriptions/s", "/subscriptions/s/resourceGroups/g/providers/N/T", "arn:aws:s3:::x"])
def test_what_is_no_arm_id(text):
    with pytest.raises(ValueError):
        arm.ArmId.parse(text)


def test_a_nested_id():
    where = arm.ArmId.parse("/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/a/databases/b")
    assert (where.names, where.name, where.kind) == (("a", "b"), "b", "Microsoft.Sql/servers/databases")


def test_costs_are_nought_when_unknown():
    assert costs.virtual_machine("Standard_Moon") == costs.disk("Moon_LRS", 10) == costs.sql_database("X") == 0.0
    assert costs.disk("Premium_LRS", 100) == 15.0


def test_nothing_measured_is_none():
    assert metrics.average({"value": [{"timeseries": []}]}) is None
    assert metrics.average({"value": [{"timeseries": [{"data": [{"average": 2.0}, {}, {"average": 4.0}]}]}]}) == 3.0


def test_without_the_sdk_it_says_what_to_install():
    code = """
import asyncio, sys
sys.modules["azure.core.rest"] = None
from engine.clouds.azure.cloud import AzureCloud
from engine.errors import SettingsError
from engine.settings import AccountSettings
async def main():
    cloud = AzureCloud([AccountSettings(cloud="azure", id="s", name="s")])
    try:
        async for _ in cloud.sweep():
            pass
    except SettingsError as error:
        assert 'pip install "escher-ops[azure]"' in str(error)
        sys.exit(42)
asyncio.run(main())
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 42
