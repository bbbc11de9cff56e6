"""Asks IAM to simulate one operation for the principal that would act. Never a dry run: there are AWS's that ignore the flag. Edge."""

from __future__ import annotations

from collections.abc import Sequence

from engine.clouds.aws.answers import understood
from engine.clouds.aws.asking import items
from engine.clouds.aws.operations import OPERATIONS
from engine.clouds.aws.permissions import checked_as
from engine.clouds.aws.scanner import Ask, Raw
from engine.clouds.aws.session import Sessions
from engine.clouds.aws.simulated import judged, judged_everywhere, principal_of, spoken
from engine.clouds.aws.tables.load_balancers import DRAIN, REGISTER
from engine.clouds.aws.targets import GROUPS, Registration, places_of
from engine.clouds.permission import Check, of_all, unknown
from engine.errors import CloudError, SettingsError
from engine.estate.resource import Resource

SIMULATE = "iam:SimulatePrincipalPolicy"
AT_ONCE = 100  # a request to IAM has a limited length
ACTIONS_AT_ONCE = 50


def subject(operation: str, target: Resource) -> str:
    """What IAM looks at: the resource, but for a registration the target group that it is in."""
    places = targets_known(target) if operation in (DRAIN, REGISTER) else ()
    return places[0].group if places else target.id


def targets_known(target: Resource) -> tuple[Registration, ...]:
    return places_of(target.properties.get(GROUPS))


def _renamed(results: Sequence[Raw], operation: str, targets: Sequence[Resource]) -> list[Raw]:
    """A decision about a target group is one about each instance in it."""
    told: list[Raw] = []
    for result in results:
        each = result.get("ResourceSpecificResults") or ()
        own = [
            {**one, "EvalResourceName": target.id}
            for one in each
            for target in targets
            if one["EvalResourceName"] in (target.id, subject(operation, target))
        ]
        told.append({**result, "ResourceSpecificResults": own} if each else result)
    return told


async def simulated(sessions: Sessions, account: str, role: str, operation: str, targets: Sequence[Resource]) -> Check:
    """The verdict of a simulation on the operation's own permission.

    What it needs beside that concerns things that do not exist yet, such as a snapshot's tags, and cannot be simulated.
    """
    if operation not in OPERATIONS:
        return unknown(operation, account, targets, f"Escher knows no AWS operation {operation}.")
    who = ""
    try:
        caller = await sessions.caller(account, targets[0].region)
        principal = principal_of(caller, role)
        if not principal:
            return unknown(operation, account, targets, f"IAM simulates no policies for {caller.rpartition(':')[2]}.")
        who, permission = spoken(principal), checked_as(operation)
        iam = await sessions.client(account, "iam", targets[0].region)
        results: list[Raw] = []
        for start in range(0, len(targets), AT_ONCE):
            arns = list(dict.fromkeys(subject(operation, one) for one in targets[start : start + AT_ONCE]))
            ask = {"PolicySourceArn": principal, "ActionNames": [permission], "ResourceArns": arns}
            results += await items(iam, Ask("simulate_principal_policy", ("EvaluationResults",), ask), SIMULATE)
        with understood(SIMULATE):
            said = _renamed(results, operation, targets)
            return judged(operation, permission, targets, said, who)
    except (CloudError, SettingsError) as error:
        return unknown(operation, account, targets, error.message, who)


async def everywhere(sessions: Sessions, account: str, role: str, region: str) -> tuple[Check, ...]:
    """What a simulation that names no resource says of every operation, where it holds for all resources; `()` when IAM does not answer."""
    try:
        principal = principal_of(await sessions.caller(account, region), role)
        if not principal:
            return ()
        iam = await sessions.client(account, "iam", region)
        permissions = sorted({checked_as(operation) for operation in OPERATIONS})
        results: list[Raw] = []
        for start in range(0, len(permissions), ACTIONS_AT_ONCE):
            ask = {"PolicySourceArn": principal, "ActionNames": permissions[start : start + ACTIONS_AT_ONCE]}
            results += await items(iam, Ask("simulate_principal_policy", ("EvaluationResults",), ask), SIMULATE)
        with understood(SIMULATE):
            verdicts = judged_everywhere(results)
    except (CloudError, SettingsError):
        return ()
    known = ((operation, verdicts.get(checked_as(operation))) for operation in OPERATIONS)
    return tuple(of_all(operation, account, verdict, spoken(principal)) for operation, verdict in known if verdict)
