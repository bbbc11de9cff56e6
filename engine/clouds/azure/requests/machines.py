"""What changes to virtual machines and scale sets are on ARM's wire. Edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clouds.azure.requests.sending import Perform, deleted, number, patched, posted
from engine.clouds.azure.scanners import scale_sets, virtual_machines
from engine.clouds.azure.tables import machines
from engine.clouds.operation import Call


def _size(call: Call) -> Any:
    return {"properties": {"hardwareProfile": {"vmSize": str(call.arguments["vm_size"])}}}


def _capacity(call: Call) -> Any:
    """A set's size stands beside its number, so that ARM keeps both."""
    size = str(call.resource.properties.get("vm_size") or "")
    return {"sku": {"capacity": number(call, "capacity"), **({"name": size} if size else {})}}


CALLS: Mapping[str, Perform] = {
    machines.START: posted("start", virtual_machines.VERSION),
    machines.DEALLOCATE: posted("deallocate", virtual_machines.VERSION),
    machines.POWER_OFF: posted("powerOff", virtual_machines.VERSION),
    machines.RESTART: posted("restart", virtual_machines.VERSION),
    machines.RESIZE: patched(virtual_machines.VERSION, _size),
    machines.DELETE_VM: deleted(virtual_machines.VERSION),
    machines.START_SET: posted("start", scale_sets.VERSION),
    machines.STOP_SET: posted("deallocate", scale_sets.VERSION),
    machines.POWER_OFF_SET: posted("powerOff", scale_sets.VERSION),
    machines.RESTART_SET: posted("restart", scale_sets.VERSION),
    machines.SCALE_SET_TO: patched(scale_sets.VERSION, _capacity),
}
