"""A cloud in a folder: it outlives the process that calls it, as a real one does, and keeps the list of calls it was sent. Edge."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.clouds.aws.operations import OPERATIONS
from engine.clouds.operation import Call, Operation, Receipt
from engine.clouds.permission import Check, allowed
from engine.estate.resource import CloudName, Gap, Resource, Swept


class FileCloud:
    """Implements `engine.clouds.cloud.Cloud`; a change takes effect at once. `start` puts its first resources there."""

    name: CloudName = "aws"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def operations(self) -> Mapping[str, Operation]:
        return OPERATIONS

    def start(self, resources: list[Resource]) -> None:
        self._folder.mkdir()
        self._write({one.id: one.to_json() for one in resources})
        (self._folder / "calls").touch()

    def there(self) -> list[Resource]:
        """Everything as it is now."""
        return [Resource.from_json(known) for known in self._read().values()]

    def calls(self) -> list[dict[str, str]]:
        """Every call that arrived, in order."""
        return [json.loads(line) for line in (self._folder / "calls").read_text().splitlines()]

    async def sweep(self) -> AsyncIterator[Swept | Gap]:
        for known in self._read().values():
            found = Resource.from_json(known)
            yield Swept("aws", found.account, found.region, found.type, (found,))

    async def read(self, resource: Resource) -> Resource | None:
        known = self._read().get(resource.id)
        return Resource.from_json(known) if known else None

    async def produced(self, call: Call, receipt: Receipt) -> str | None:
        """By its id, or by the token of the call where the answer was lost, as AWS finds a tagged snapshot."""
        made = self._read().get(receipt.produced or _made(call))
        return str(made["state"]) if made else None

    async def failure(self, call: Call, receipt: Receipt) -> str:
        del call, receipt
        return ""

    async def allowed(self, account: str, operation: str, targets: Sequence[Resource]) -> Check:
        return allowed(operation, account, targets)

    async def perform(self, call: Call) -> Receipt:
        with (self._folder / "calls").open("a") as file:
            file.write(json.dumps({"operation": call.operation, "name": call.resource.name, "token": call.token}) + "\n")
        known = self._read()
        now = Resource.from_json(known[call.resource.id])
        made = ""
        for path, value in OPERATIONS[call.operation].promise.items():
            wanted = call.arguments[value[1:]] if isinstance(value, str) and value.startswith("$") else value
            if path == "produced":
                made = _made(call)
                known[made] = replace(now, id=made, state=str(wanted)).to_json()
            elif path == "state":
                now = replace(now, state=str(wanted))
            else:
                now = replace(now, properties={**now.properties, path.partition(".")[2]: wanted})
        known[now.id] = now.to_json()
        self._write(known)
        return Receipt(produced=made)

    async def close(self) -> None:
        pass

    def _read(self) -> dict[str, Any]:
        known: dict[str, Any] = json.loads((self._folder / "resources").read_text())
        return known

    def _write(self, known: dict[str, Any]) -> None:
        fresh = self._folder / "resources.new"
        fresh.write_text(json.dumps(known))
        fresh.replace(self._folder / "resources")


def _made(call: Call) -> str:
    return f"made-by-{call.token}"
