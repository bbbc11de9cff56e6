"""Asks IAM to simulate one operation for the principal that would act. Never a dry run: there are AWS's that ignore the flag. Edge."""

from __future__ import annotations

from collections.abc import Sequence

from engine.clouds.aws.answers import understood
from engine.clouds.aws.asking import items
from engine.clouds.aws.operations import OPERATIONS
from engine.clouds.aws.permissions import checked_as
from engine.clouds.aws.scanner import Ask, Raw
from engine.clouds.aws.session import Sessions
from engine.clouds.aws.simulated import judged, principal_of, spoken
from engine.clouds.permission import Check, unknown
from engine.errors import CloudError, SettingsError
from engine.estate.resource import Resource

SIMULATE = "iam:SimulatePrincipalPolicy"
AT_ONCE = 100  # a request to IAM has a limited length


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
            arns = [one.id for one in targets[start : start + AT_ONCE]]
            ask = {"PolicySourceArn": principal, "ActionNames": [permission], "ResourceArns": arns}
            results += await items(iam, Ask("simulate_principal_policy", ("EvaluationResults",), ask), SIMULATE)
        with understood(SIMULATE):
            return judged(operation, permission, targets, results, who)
    except (CloudError, SettingsError) as error:
        return unknown(operation, account, targets, error.message, who)
