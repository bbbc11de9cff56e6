"""Asks Google which of an operation's permissions the caller has on the targets, or on their whole project. Edge; the SDK runs in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

from engine.clouds.gcp.answers import understood
from engine.clouds.gcp.names import FullName
from engine.clouds.gcp.operations import OPERATIONS
from engine.clouds.gcp.permissions import changing
from engine.clouds.gcp.session import GcpSession
from engine.clouds.permission import Check, allowed, denied, of_all, unknown
from engine.errors import CloudError
from engine.estate.resource import Resource

Names = tuple[str, ...]
TRIED = "testIamPermissions"
PERMISSIONS_AT_ONCE = 100  # Google takes no more
MOST_TARGETS = 5  # so many are asked one by one; of more, the project
ROLES_OF_THEIR_OWN = "The project does not grant it, and the targets were too many to ask about the roles of each."


async def granted(session: GcpSession, operation: str, targets: Sequence[Resource]) -> Check:
    """The verdict on every permission the operation needs. What the project grants holds for all in it. Raises CloudError."""
    project, principal = session.project.id, session.principal
    if operation not in OPERATIONS:
        return unknown(operation, project, targets, f"Escher knows no operation {operation} of Google Cloud.", principal)
    needed = changing((operation,))
    open_question = ""
    try:
        in_project = await asyncio.to_thread(_missing_in_project, session, needed)
    except CloudError as error:  # the API that answers for projects may be switched off while those of the resources are on
        in_project, open_question = frozenset(needed), error.message
    lacking = await _lacking(session, targets, in_project)
    refused = [one for one in targets if lacking[one.id]]
    if not refused:
        return allowed(operation, project, targets, principal)
    if open_question or len(targets) > MOST_TARGETS:
        return unknown(operation, project, refused, open_question or ROLES_OF_THEIR_OWN, principal)
    return denied(operation, project, refused, {name for one in refused for name in lacking[one.id]}, principal)


async def everywhere(session: GcpSession) -> tuple[Check, ...]:
    """The operations that the project grants, and so all in it; and those it does not, of kinds that carry no roles of their own.

    Raises CloudError.
    """
    names = changing(OPERATIONS)
    pieces = [names[start : start + PERMISSIONS_AT_ONCE] for start in range(0, len(names), PERMISSIONS_AT_ONCE)]
    missing = frozenset[str]().union(*await asyncio.gather(*(asyncio.to_thread(_missing_in_project, session, some) for some in pieces)))
    own = tuple(begins for begins, _ in _ASKED.values())
    found: list[Check] = []
    for operation in OPERATIONS:
        lacking = missing.intersection(changing((operation,)))
        if not lacking:
            found.append(of_all(operation, session.project.id, "allowed", session.principal))
        elif any(not name.startswith(own) for name in lacking):
            found.append(of_all(operation, session.project.id, "denied", session.principal))
    return tuple(found)


async def _lacking(session: GcpSession, targets: Sequence[Resource], in_project: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """What neither the project grants nor, where they are few, a target's own roles do; by the target's id."""
    if not in_project or len(targets) > MOST_TARGETS:
        return dict.fromkeys((one.id for one in targets), in_project)
    asked = await asyncio.gather(*(asyncio.to_thread(_missing_on, session, one, in_project) for one in targets))
    return {one.id: missing for one, missing in zip(targets, asked, strict=True)}


def _missing_in_project(session: GcpSession, needed: Names) -> frozenset[str]:
    with understood(f"{TRIED} on the project"):
        answer = session.rest(
            "POST", "projects", f"/v1/projects/{session.project.id}:testIamPermissions", body={"permissions": list(needed)}
        )
        return frozenset(needed) - frozenset(answer.get("permissions") or ())


def _missing_on(session: GcpSession, resource: Resource, missing: frozenset[str]) -> frozenset[str]:
    """What the resource's own roles do not grant either. Google refuses a question about a permission that is not of the resource's kind."""
    where = FullName.parse(resource.id)
    ask = _ASKED.get((where.service, where.collection))
    own = tuple(sorted(name for name in missing if ask and name.startswith(ask[0])))
    if not ask or not own:
        return missing
    with understood(f"{TRIED} on {resource.name}"):
        return missing - frozenset(ask[1](session, where, own))


def _compute(session: GcpSession, where: FullName, names: Names) -> Sequence[str]:
    body = {"permissions": list(names)}
    return tuple(session.rest("POST", "compute", f"/compute/v1/{where.path}/testIamPermissions", body=body).get("permissions") or ())


def _subscription(session: GcpSession, where: FullName, names: Names) -> Sequence[str]:
    body = {"permissions": list(names)}
    return tuple(session.rest("POST", "pubsub", f"/v1/{where.path}:testIamPermissions", body=body).get("permissions") or ())


def _bucket(session: GcpSession, where: FullName, names: Names) -> Sequence[str]:
    query = urlencode({"permissions": names}, doseq=True)
    return tuple(session.rest("GET", "storage", f"/storage/v1/b/{where.name}/iam/testPermissions?{query}").get("permissions") or ())


# Kinds that can carry roles of their own, and how their permissions begin. Of the others the project decides.
_ASKED: Mapping[tuple[str, str], tuple[str, Callable[[GcpSession, FullName, Names], Sequence[str]]]] = {
    ("compute", "instances"): ("compute.instances.", _compute),
    ("compute", "disks"): ("compute.disks.", _compute),
    ("compute", "snapshots"): ("compute.snapshots.", _compute),
    ("compute", "addresses"): ("compute.addresses.", _compute),
    ("pubsub", "subscriptions"): ("pubsub.subscriptions.", _subscription),
    ("storage", ""): ("storage.buckets.", _bucket),
}
