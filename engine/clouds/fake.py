"""A cloud in memory that behaves like the real ones, for tests and for trying the engine out. Pure.

It follows the laws of `engine/clouds/cloud.py`: a change is accepted first and shows its effect when it has settled; what is gone is
`None`; a fault raises exactly what a real leaf raises. What an operation does to a resource is its own `promise`.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.clouds.operation import Arguments, ArgumentValue, Call, Operation, Receipt
from engine.clouds.permission import Check, allowed, denied, of_all, unknown
from engine.errors import CloudError, NotFound, Rejected
from engine.estate.resource import CloudName, Gap, Resource, Swept


@dataclass
class _Fault:
    error: CloudError
    left: int
    happened: bool


class FakeCloud:
    """A cloud whose every answer a test decides.

    `performed` lists the calls that were sent, in order, the failed ones too; `read_ids` the ids that were read.
    `asked` are the questions about permissions: account, operation and how many targets.
    `gaps` are yielded by every sweep. `settles_after_reads`: an effect shows only after so many reads of its resource.
    """

    def __init__(self, resources: Iterable[Resource], operations: Mapping[str, Operation], name: CloudName = "aws") -> None:
        self._resources = {resource.id: resource for resource in resources}
        self._operations = dict(operations)
        self._name = name
        self._faults: dict[str, deque[_Fault]] = defaultdict(deque)
        self._held: set[str] = set()
        self._owed: dict[str, list[Callable[[], None]]] = defaultdict(list)
        self._reads_since: Counter[str] = Counter()
        self.performed: list[Call] = []
        self.read_ids: list[str] = []
        self.asked: list[tuple[str, str, int]] = []
        self.gaps: list[Gap] = []
        self.settles_after_reads = 0
        self.failures: dict[str, str] = {}  # why a change of this resource failed after it was accepted
        self.answers = asyncio.Event()  # permissions are told while this is set
        self.answers.set()
        self._denied: dict[str, frozenset[str]] = {}
        self.closed = False

    @property
    def name(self) -> CloudName:
        return self._name

    @property
    def operations(self) -> Mapping[str, Operation]:
        return self._operations

    # What a test sets up

    def fail(self, what: str, error: CloudError, times: int = 1, *, happened: bool = False) -> None:
        """The next `times` calls to `what` raise `error`.

        `what` is an operation's name, a resource's id (any change to it), `read`, `read:` and a resource's id, or `allowed`.
        With `happened` the change takes place and only its answer is lost, as with `Unreachable`.
        """
        self._faults[what].append(_Fault(error, times, happened))

    def deny(self, operation: str, *resource_ids: str) -> None:
        """`allowed` says no to this operation on these resources, on all when none is named; performing it is let through all the same."""
        self._denied[operation] = frozenset(resource_ids)

    def hold(self, resource_id: str) -> None:
        """Changes to this resource are accepted and do not settle until `release`."""
        self._held.add(resource_id)

    def release(self, resource_id: str) -> None:
        """Everything accepted for this resource settles now."""
        self._held.discard(resource_id)
        self._settle(resource_id)

    def change(self, resource_id: str, **fields: Any) -> None:
        """Alters a resource behind the engine's back; `tags` and `properties` are merged into what is there."""
        resource = self._resources[resource_id]
        for part in ("tags", "properties", "metrics"):
            if part in fields:
                fields[part] = {**getattr(resource, part), **fields[part]}
        self._resources[resource_id] = replace(resource, **fields)

    def add(self, resource: Resource) -> None:
        """Puts a resource into the cloud, or replaces the one with its id."""
        self._resources[resource.id] = resource

    def remove(self, resource_id: str) -> None:
        """Takes a resource away behind the engine's back."""
        self._resources.pop(resource_id, None)

    # What the engine asks

    async def sweep(self) -> AsyncIterator[Swept | Gap]:
        parts: dict[tuple[str, str, str], list[Resource]] = defaultdict(list)
        for resource in list(self._resources.values()):
            parts[resource.account, resource.region, resource.type].append(resource)
        for (account, region, kind), resources in parts.items():
            await asyncio.sleep(0)
            yield Swept(self._name, account, region, kind, tuple(resources))
        for gap in self.gaps:
            yield gap

    async def read(self, resource: Resource) -> Resource | None:
        await asyncio.sleep(0)
        self.read_ids.append(resource.id)
        self._raise_for("read", f"read:{resource.id}")
        self._reads_since[resource.id] += 1
        if self._reads_since[resource.id] > self.settles_after_reads and resource.id not in self._held:
            self._settle(resource.id)
        now = self._resources.get(resource.id)
        return now and replace(now, metrics=resource.metrics or now.metrics, monthly_cost=resource.monthly_cost or now.monthly_cost)

    async def produced(self, call: Call, receipt: Receipt) -> str | None:
        await asyncio.sleep(0)
        self._raise_for("read", f"read:{receipt.produced}")
        if call.resource.id not in self._held:
            self._settle(call.resource.id)
        made = self._resources.get(receipt.produced)
        return made.state if made else None

    async def allowed(self, account: str, operation: str, targets: Sequence[Resource]) -> Check:
        self.asked.append((account, operation, len(targets)))
        await self.answers.wait()
        if fault := self._fault("allowed"):
            return unknown(operation, account, targets, fault.error.message)
        if operation not in self._operations:
            return unknown(operation, account, targets, f"This cloud knows no operation {operation}.")
        ids = self._denied.get(operation)
        refused = [one for one in targets if ids is not None and (not ids or one.id in ids)]
        if refused:
            return denied(operation, account, refused, (operation,), "role fake")
        return allowed(operation, account, targets, "role fake")

    async def rights(self, account: str) -> tuple[Check, ...]:
        if self._fault("rights"):
            return ()
        whole = {name: self._denied.get(name) for name in self._operations}
        return tuple(
            of_all(name, account, "allowed" if ids is None else "denied", "role fake")
            for name, ids in whole.items()
            if ids is None or not ids
        )

    async def perform(self, call: Call) -> Receipt:
        await asyncio.sleep(0)
        self.performed.append(call)
        fault = self._fault(call.operation, call.resource.id)
        if fault and not fault.happened:
            raise fault.error
        receipt = self._accept(call)
        if fault:
            raise fault.error
        return receipt

    async def failure(self, call: Call, receipt: Receipt) -> str:
        del receipt
        return self.failures.get(call.resource.id, "")

    async def close(self) -> None:
        self.closed = True

    # How it works inside

    def _accept(self, call: Call) -> Receipt:
        operation = self._operations.get(call.operation)
        if operation is None:
            raise Rejected(f"This cloud knows no operation {call.operation}.", tried=call.operation, code="InvalidAction")
        now = self._resources.get(call.resource.id)
        if now is None:
            raise NotFound(f"{call.resource.name} is not there.", tried=call.operation, code="NotFound")
        if operation.states and now.state not in operation.states and not operation.repeatable:
            raise Rejected(f"{now.name} is {now.state}.", tried=call.operation, code="IncorrectState", answer=now.state)
        number = len(self.performed)
        made = f"{now.id}/produced-{number}" if "produced" in operation.promise else ""
        self._owed[now.id].append(lambda: self._keep_promise(operation, call, made))
        self._reads_since[now.id] = 0
        if not self.settles_after_reads and now.id not in self._held:
            self._settle(now.id)
        return Receipt(request_id=f"fake-{number}", produced=made)

    def _settle(self, resource_id: str) -> None:
        for effect in self._owed.pop(resource_id, []):
            effect()

    def _keep_promise(self, operation: Operation, call: Call, made: str) -> None:
        now = self._resources.get(call.resource.id)
        if now is None:
            return
        if operation.promise.get("gone"):
            del self._resources[now.id]
            return
        if made:
            state = str(_filled(operation.promise["produced"], call.arguments))
            snapshot = replace(now, id=made, name=made.rpartition("/")[2], type="snapshot", native_type=self._native_of(operation, call))
            self._resources[made] = replace(snapshot, state=state, properties={}, monthly_cost=0.0, metrics={})
        for path, value in operation.promise.items():
            if path != "produced":
                now = _with(now, path, _filled(value, call.arguments), call.arguments)
        self._resources[now.id] = now

    def _native_of(self, operation: Operation, call: Call) -> str:
        """The kind of what an operation makes: what its way back is for."""
        back = operation.inverse(call.resource, call.arguments) if operation.inverse else None
        undoing = self._operations.get(back.operation) if back else None
        return min(undoing.native_types) if undoing else "Fake::Snapshot"

    def _raise_for(self, *names: str) -> None:
        if fault := self._fault(*names):
            raise fault.error

    def _fault(self, *names: str) -> _Fault | None:
        for name in names:
            waiting = self._faults.get(name)
            if waiting:
                fault = waiting[0]
                fault.left -= 1
                if fault.left <= 0:
                    waiting.popleft()
                return fault
        return None


def _filled(value: ArgumentValue, arguments: Arguments) -> ArgumentValue:
    """The value with its argument in place; of states that would all do, the first."""
    if isinstance(value, str) and value.startswith("$"):
        return arguments.get(value[1:], "")
    return value.split("|")[0] if isinstance(value, str) else value


def _with(resource: Resource, path: str, value: ArgumentValue, arguments: Arguments) -> Resource:
    """The resource with `value` at the dotted path; for a tag, empty text means that the tag is not there."""
    part, _, key = path.partition(".")
    changed: dict[str, Any] = {part: value}
    if not key:
        return replace(resource, **changed)
    key = str(_filled(key, arguments))
    old: Mapping[str, Any] = getattr(resource, part)
    kept = {name: known for name, known in old.items() if name != key}
    changed[part] = kept if part == "tags" and value == "" else {**kept, key: value}
    return replace(resource, **changed)
