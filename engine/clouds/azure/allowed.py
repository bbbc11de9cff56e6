"""Asks ARM which permissions the caller has where the targets are. Edge."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from engine.clouds.azure.answers import understood
from engine.clouds.azure.arm import ArmId, Wire
from engine.clouds.azure.granted import is_granted
from engine.clouds.azure.operations import OPERATIONS
from engine.clouds.azure.permissions import CHECKING, changing
from engine.clouds.azure.session import AzureSession
from engine.clouds.permission import Check, allowed, denied, of_all, unknown
from engine.estate.resource import Resource

VERSION = "2022-04-01"
TRIED = CHECKING[0]
MOST_SCOPES = 5  # so many targets are looked at one by one; of more, their resource groups
AT_ONCE = 6
ROLES_OF_THEIR_OWN = "The resource group does not grant it, and the targets were too many to look at the roles of each."


async def listed(session: AzureSession, operation: str, targets: Sequence[Resource]) -> Check:
    """The verdict on every permission the operation needs. Roles are inherited downwards, so what a group grants holds for all in it.

    Raises CloudError.
    """
    account = session.account.id
    if operation not in OPERATIONS:
        return unknown(operation, account, targets, f"Escher knows no Azure operation {operation}.")
    with understood(TRIED):
        scopes = {one.id: one.id if len(targets) <= MOST_SCOPES else _group(one.id) for one in targets}
        wanted = list(dict.fromkeys(scopes.values()))
        known = dict(zip(wanted, await _permissions(session, wanted), strict=True))
        needed = changing((operation,))
        lacking = {one.id: [action for action in needed if not is_granted(action, known[scopes[one.id]])] for one in targets}
    refused = [one for one in targets if lacking[one.id]]
    if not refused:
        return allowed(operation, account, targets)
    if len(targets) > MOST_SCOPES:
        return unknown(operation, account, refused, ROLES_OF_THEIR_OWN)
    return denied(operation, account, refused, {action for one in refused for action in lacking[one.id]})


async def everywhere(session: AzureSession) -> tuple[Check, ...]:
    """The operations that the subscription grants, and so all in it; what it does not, a role further down may. Raises CloudError."""
    account = session.account.id
    with understood(TRIED):
        (known,) = await _permissions(session, [f"/subscriptions/{account}"])
        granted = [one for one in OPERATIONS if all(is_granted(action, known) for action in changing((one,)))]
    return tuple(of_all(operation, account, "allowed") for operation in granted)


async def _permissions(session: AzureSession, scopes: Iterable[str]) -> list[list[Wire]]:
    limit = asyncio.Semaphore(AT_ONCE)

    async def of(scope: str) -> list[Wire]:
        async with limit:
            return await session.rest_items(f"{scope}/providers/Microsoft.Authorization/permissions", VERSION)

    return await asyncio.gather(*(of(scope) for scope in scopes))


def _group(resource_id: str) -> str:
    where = ArmId.parse(resource_id)
    return f"/subscriptions/{where.subscription}/resourceGroups/{where.group}"
