"""What the engine asks of a cloud: sweep it, read one resource, say what is permitted, perform one call. Pure (a Protocol)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from engine.clouds.operation import Call, Operation, Receipt
from engine.clouds.permission import Check
from engine.estate.resource import CloudName, Gap, Resource, Swept


class Cloud(Protocol):
    """One provider over all its configured accounts.

    Every implementation is held to `tests/contracts/test_cloud.py`.
    """

    @property
    def name(self) -> CloudName: ...

    @property
    def operations(self) -> Mapping[str, Operation]:
        """All operations this cloud can perform here, by name; constant."""
        ...

    def sweep(self) -> AsyncIterator[Swept | Gap]:
        """Everything in all accounts, part by part as it becomes known; parts may come in any order.

        Never raises for what a cloud answers: denied, throttled, timed out and broken answers come as `Gap`.
        May be cancelled; may be called again at any time.
        """
        ...

    async def read(self, resource: Resource) -> Resource | None:
        """The resource as the cloud has it now; None when it is gone (a terminated instance is gone).

        Strongly consistent as far as the cloud is; metrics and cost are carried over from `resource`.
        Raises CloudError. May be repeated.
        """
        ...

    async def produced(self, call: Call, receipt: Receipt) -> str | None:
        """The state of what `call` produced, None while it is not there. Raises CloudError. May be repeated."""
        ...

    async def allowed(self, account: str, operation: str, targets: Sequence[Resource]) -> Check:
        """Whether the credentials at hand may perform the operation on these targets of the account, as far as the cloud tells beforehand.

        `targets` are all of the account, and at least one.
        Asks questions that only read, and never tries the change itself, not even as a dry run: there are clouds that do not know the
        difference. Never raises for what a cloud answers: whatever is no clear answer comes as "unknown" with its reason. May be repeated.
        """
        ...

    async def rights(self, account: str) -> tuple[Check, ...]:
        """Of each operation, what is known to hold for every resource of the account, asked in a few calls whatever its size.

        Operations of which the cloud says nothing clear are left out. Never raises for what a cloud answers: then it is `()`. May be repeated.
        """
        ...

    async def perform(self, call: Call) -> Receipt:
        """Sends exactly one change. Never retries by itself: whoever calls decides, after looking.

        Raises Denied, Throttled, NotFound or Rejected when surely nothing happened, Unreachable when nobody knows.
        Returns when the cloud has accepted the change, not when it has settled.
        """
        ...

    async def failure(self, call: Call, receipt: Receipt) -> str:
        """Why a change that was accepted failed since, in the cloud's own words.

        '' while it is under way, when it is done, and when the cloud does not tell: silence is no failure. Only reads. May be repeated.
        """
        ...

    async def close(self) -> None:
        """Lets go of connections. Idempotent."""
        ...
