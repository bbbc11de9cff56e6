"""What setting and taking off tags and locks is on ARM's wire. Edge."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.azure import locks
from engine.clouds.azure.requests.sending import Perform, sent
from engine.clouds.azure.session import AzureSession
from engine.clouds.azure.tables import marks
from engine.clouds.operation import Call, Receipt
from engine.errors import NotFound, Rejected

TAGS_VERSION = "2024-11-01"


def _tags(operation: str) -> Perform:
    """Merges one tag in, or takes one out (an empty value means: whatever its value is)."""

    async def perform(session: AzureSession, call: Call) -> Receipt:
        tags = {str(call.arguments["key"]): str(call.arguments.get("value", ""))}
        path = f"{call.resource.id}/providers/Microsoft.Resources/tags/default"
        body = {"operation": operation, "properties": {"tags": tags}}
        return await sent(session, call, "PATCH", path, {"api-version": TAGS_VERSION}, body)

    return perform


async def _lock(session: AzureSession, call: Call) -> Receipt:
    path = f"{call.resource.id}/providers/{locks.KIND}/{call.arguments['lock_name']}"
    body = {"properties": {"level": locks.CAN_NOT_DELETE, "notes": "Set by people with Escher."}}
    return await sent(session, call, "PUT", path, {"api-version": locks.VERSION}, body)


async def _unlock(session: AzureSession, call: Call) -> Receipt:
    """Takes off the one lock that protects this resource alone; whatever protects more than it is somebody else's to lift."""
    every = [locks.Lock.read(wire) for wire in await session.rest_kind(locks.KIND, locks.VERSION)]
    here = locks.holding(every, call.resource.id)
    if not here:
        raise NotFound(f"No lock protects {call.resource.name}.", tried=call.operation, code="NoLock")
    if (single := locks.removable(here, call.resource.id)) is None:
        names = ", ".join(f"{lock.name} ({lock.level}, on {lock.scope})" for lock in here)
        hint = "Somebody who may change those locks decides; nothing was changed."
        raise Rejected(
            f"More protects {call.resource.name} than a lock of its own: {names}.", tried=call.operation, code="Locked", hint=hint
        )
    return await sent(session, call, "DELETE", f"{call.resource.id}/providers/{locks.KIND}/{single.name}", {"api-version": locks.VERSION})


CALLS: Mapping[str, Perform] = {
    marks.TAG: _tags("Merge"),
    marks.UNTAG: _tags("Delete"),
    marks.LOCK: _lock,
    marks.UNLOCK: _unlock,
}
