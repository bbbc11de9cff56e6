"""IAM's simulation of a principal: whose policies are simulated, and what its results mean. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.clouds.permission import Check, Verdict, allowed, denied, unknown
from engine.estate.resource import Resource

Result = Mapping[str, Any]
ALLOWED = "allowed"


def principal_of(caller: str, role: str = "") -> str:
    """The ARN whose policies decide for a caller, '' where IAM simulates none: the root user, a federated user.

    `caller` is what `sts:GetCallerIdentity` says. The session of a role does not tell the role's path; `role`, the configured ARN, does.
    """
    head, _, own = caller.partition(":sts::")
    if not own:
        return "" if caller.endswith(":root") else caller
    account, _, session = own.partition(":")
    kind, _, rest = session.partition("/")
    if kind != "assumed-role":
        return ""
    name = rest.partition("/")[0]
    return role if role.rpartition("/")[2] == name else f"{head}:iam::{account}:role/{name}"


def spoken(principal: str) -> str:
    """A principal as a card names it: `role escher`, `user ci`."""
    kind, _, name = principal.rpartition(":")[2].partition("/")
    return f"{kind} {name.rpartition('/')[2]}" if name else principal


def judged(operation: str, permission: str, targets: Sequence[Resource], results: Iterable[Result], principal: str) -> Check:
    """One verdict for all targets: a denial that no missing fact explains counts most, then what stayed open.

    IAM answers for all resources at once, with each one's own decision inside, and at times with one result a resource.
    """
    decisions = _decisions(results)
    if not decisions:
        return unknown(operation, targets[0].account, targets, "The simulation said nothing of it.", principal)
    said = {one.id: decisions.get(one.id, decisions.get("*", ("", ()))) for one in targets}
    refused = [one for one in targets if said[one.id][0] not in (ALLOWED, "") and not said[one.id][1]]
    if refused:
        return denied(operation, targets[0].account, refused, (permission,), principal)
    if opened := [one for one in targets if said[one.id][0] != ALLOWED]:
        keys = sorted({key for one in opened for key in said[one.id][1]})
        why = f"A policy looks at {', '.join(keys)}, which a simulation does not know." if keys else "The simulation said nothing of it."
        return unknown(operation, targets[0].account, opened, why, principal)
    return allowed(operation, targets[0].account, targets, principal)


def judged_everywhere(results: Iterable[Result]) -> dict[str, Verdict]:
    """Permission to the verdict that holds for every resource, of a simulation that named none.

    A permission that is not granted everywhere may still be granted somewhere; only a denial that a policy spells out holds for all.
    """
    said: dict[str, Verdict] = {ALLOWED: "allowed", "explicitDeny": "denied"}
    return {
        one["EvalActionName"]: said[one["EvalDecision"]]
        for one in results
        if one["EvalDecision"] in said and not one.get("MissingContextValues")
    }


def _decisions(results: Iterable[Result]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """ARN, or `*` for all that are not named, to the decision and the keys of the context that it lacked."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for result in results:
        own = result.get("ResourceSpecificResults") or ()
        for one in own:
            found[one["EvalResourceName"]] = one["EvalResourceDecision"], tuple(one.get("MissingContextValues") or ())
        if not own:
            found[result.get("EvalResourceName") or "*"] = result["EvalDecision"], tuple(result.get("MissingContextValues") or ())
    return found
