"""What changes to Compute Engine instances and managed instance groups are on Google Cloud's wire. Edge; threads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clouds.gcp.names import FullName
from engine.clouds.gcp.requests.sending import Perform, acted, compute, deleted, in_compute, labelled, path_of
from engine.clouds.gcp.session import GcpSession
from engine.clouds.gcp.tables import instances
from engine.clouds.operation import Call, Receipt
from engine.errors import Rejected


def _machine_type(call: Call) -> Any:
    return {"machineType": f"zones/{FullName.parse(call.resource.id).zone}/machineTypes/{call.arguments['machine_type']}"}


def _scale(session: GcpSession, call: Call) -> Receipt:
    if call.resource.properties.get("autoscaled"):
        raise Rejected(f"The autoscaler decides the size of {call.resource.name}.", tried=call.operation, code="Autoscaled")
    path = path_of(call)
    return in_compute(compute(session, call, f"{path}/resize", params={"size": str(call.arguments["size"])}), path)


CALLS: Mapping[str, Perform] = {
    instances.START: acted("start"),
    instances.STOP: acted("stop"),
    instances.RESET: acted("reset"),
    instances.DELETE: deleted,
    instances.RESIZE: acted("setMachineType", _machine_type),
    instances.LABEL_INSTANCE: labelled,
    instances.UNLABEL_INSTANCE: labelled,
    instances.PROTECT: acted("setDeletionProtection", deletionProtection="true"),
    instances.UNPROTECT: acted("setDeletionProtection", deletionProtection="false"),
    instances.SCALE: _scale,
}
