"""How a change goes to ARM: exactly one request, sent once and not waited for, and what its first answer says. Edge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from engine.clouds.azure.following import followed_at
from engine.clouds.azure.session import AzureSession
from engine.clouds.operation import Call, Receipt
from engine.errors import NotFound

Perform = Callable[[AzureSession, Call], Awaitable[Receipt]]
NOTHING_THERE = 204
# Where Azure's services say by which id their support finds a request, the likeliest first.
_IDS = ("x-ms-request-id", "x-ms-correlation-request-id", "x-ms-arm-service-request-id")


async def sent(session: AzureSession, call: Call, method: str, path: str, params: Mapping[str, str], body: Any = None) -> Receipt:
    """Raises NotFound for 204 to a DELETE, by which ARM says that what should go was not there; else the SDK's errors."""
    response = await session.send(method, path, params, body)
    if method == "DELETE" and response.status_code == NOTHING_THERE:
        raise NotFound(f"Azure knows no {call.resource.name} any more.", tried=call.operation, code="NoContent")
    request = next((response.headers[name] for name in _IDS if response.headers.get(name)), "")
    return Receipt(request_id=str(request), said="accepted", follow=followed_at(response.headers))


def posted(tail: str, version: str, **params: str) -> Perform:
    """An action that takes nothing but the resource's id."""

    async def perform(session: AzureSession, call: Call) -> Receipt:
        return await sent(session, call, "POST", f"{call.resource.id}/{tail}", {"api-version": version, **params})

    return perform


def patched(version: str, wanted: Callable[[Call], Any]) -> Perform:
    """A change of some of a resource's properties; the others stay."""

    async def perform(session: AzureSession, call: Call) -> Receipt:
        return await sent(session, call, "PATCH", call.resource.id, {"api-version": version}, wanted(call))

    return perform


def put(tail: str, version: str, body: Any) -> Perform:
    """A setting that stands under a name of its own below the resource."""

    async def perform(session: AzureSession, call: Call) -> Receipt:
        return await sent(session, call, "PUT", f"{call.resource.id}/{tail}", {"api-version": version}, body)

    return perform


def deleted(version: str) -> Perform:
    """The resource goes."""

    async def perform(session: AzureSession, call: Call) -> Receipt:
        return await sent(session, call, "DELETE", call.resource.id, {"api-version": version})

    return perform


def number(call: Call, name: str) -> int:
    """A whole number that a person typed, or that a property had. Raises KeyError, ValueError."""
    return int(str(call.arguments[name]))
