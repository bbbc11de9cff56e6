"""Whether changes have taken effect: resources read back from their clouds until the promise is kept or the time is over. Edge."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.clock import Clock
from engine.clouds.cloud import Cloud
from engine.clouds.operation import Call, Operation, Receipt
from engine.clouds.rights import PROPERTIES as RIGHTS
from engine.errors import CloudError, EscherError, NotFound, StoreError
from engine.estate.resource import CloudName, Resource
from engine.estate.view import EstateStore
from engine.execution.plan import Plan, Step
from engine.execution.promise import missing

_FIRST_LOOK_S = 0.05
ALIKE = "it looks the same whether this happened or not"


@dataclass(frozen=True, slots=True)
class Expected:
    """An effect to look for: of `call`, with what the cloud answered, for at most `for_s` seconds (0: look once)."""

    call: Call
    receipt: Receipt
    for_s: float


class Effects:
    """One for an executor."""

    def __init__(self, clouds: Mapping[CloudName, Cloud], estate: EstateStore, clock: Clock, poll_s: float) -> None:
        self._clouds = clouds
        self._estate = estate
        self._clock = clock
        self._poll_s = poll_s

    async def shown(self, expected: Expected) -> tuple[str, bool]:
        """'' once the effect shows; what it still lacks, in words, when the time is over or the cloud says that it failed.

        Beside it, whether the cloud said so. A failed read is no answer, so it is read again.
        """
        until = self._clock.now().timestamp() + expected.for_s
        wait = min(_FIRST_LOOK_S, self._poll_s)
        while lacks := await self._looked(expected):
            if failed := await self._failed(expected):
                return f"{lacks}; the cloud gave it up after it had accepted it: {failed}", True
            if self._clock.now().timestamp() >= until:
                return lacks, False
            await self._clock.sleep(wait)
            wait = min(wait * 2, self._poll_s)
        return "", False

    async def _failed(self, expected: Expected) -> str:
        """Why the change failed since, where the cloud tells; a cloud that cannot be asked tells nothing."""
        call = expected.call
        try:
            return await self._clouds[call.resource.cloud].failure(call, expected.receipt)
        except EscherError:
            return ""

    def cannot_tell(self, plan: Plan, step: Step, operation: Operation | None) -> bool:
        """Whether the promise was kept before the step already, as of a restart: then looking cannot tell if it happened."""
        first = next(one for one in plan.steps if one.target == step.target)
        if operation is None or operation.repeatable or first.id != step.id:
            return False
        return not missing(operation.promise, step.arguments, plan.target(step))

    async def _looked(self, expected: Expected) -> str:
        try:
            return await self._lacks(expected)
        except CloudError as error:
            return f"it could not be read back: {error}"
        except Exception as error:  # noqa: BLE001 - the edge of a run: a fault of ours says nothing of what the cloud did
            return f"it could not be read back: a fault inside Escher: {type(error).__name__}: {error}"

    async def _lacks(self, expected: Expected) -> str:
        call = expected.call
        cloud = self._clouds[call.resource.cloud]
        operation = cloud.operations[call.operation]
        if "produced" in operation.promise:
            state = await cloud.produced(call, expected.receipt)
            return missing(operation.promise, call.arguments, call.resource, state)
        try:
            now = known_as(call.resource, await cloud.read(call.resource))
        except NotFound:
            now = None
        lacks = missing(operation.promise, call.arguments, now)
        if not lacks:
            await self._keep(call.resource.id, now)
        return lacks

    async def _keep(self, resource_id: str, now: Resource | None) -> None:
        """The estate knows at once what a change did; when it cannot be written, the effect is real all the same, and the next scan tells."""
        with contextlib.suppress(StoreError):
            if now is None:
                await self._estate.forget(resource_id)
            else:
                await self._estate.replace(now)


def known_as(before: Resource, now: Resource | None) -> Resource | None:
    """A fresh reading with what only the sweep knows: the environment its account is declared for, and what the account's rights allow."""
    known = {name: before.properties[name] for name in ("account_environment", *RIGHTS) if name in before.properties}
    return replace(now, properties={**now.properties, **known}) if now and known else now
