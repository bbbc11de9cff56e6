"""Bytes in any request to the AI server that occur in the estate: over all cases, everything but words of the public vocabulary must be absent."""

from __future__ import annotations

from collections.abc import Iterable

from bot.measuring import measure, read_lines, read_resources
from engine.estate.resource import Resource
from tests.benchmarks.estates import folder
from tests.benchmarks.opened import bot

SHORTEST = 4
PUBLIC = frozenset({
    "production", "prod", "staging", "stage", "development", "test", "testing", "sandbox", "instance", "instances", "database", "databases", "storage", "stop",
    "start", "public", "running", "stopped", "idle", "snapshot", "restart", "terminate", "delete", "resize",
})  # fmt: skip


def secrets_of(resources: Iterable[Resource]) -> set[str]:
    """Every name, id, account, address and tag value of the estate with four characters or more, lower-case."""
    found: set[str] = set()
    for one in resources:
        found |= {one.id, one.name, one.account, one.account_name, *one.tags.values(), *one.id.replace(":", "/").split("/")}
        found |= {value for value in one.properties.values() if isinstance(value, str) and ("." in value or "-" in value)}
    native = {
        part
        for one in resources
        for part in (*one.native_type.replace(":", "/").replace(".", "/").split("/"), *one.native_type.split("/"), one.native_type)
    }
    kept = {value.lower() for value in found if len(value) >= SHORTEST}
    return (
        kept
        - PUBLIC
        - {part.lower() for part in native}
        - {"projects", "zones", "providers", "subscriptions", "resourcegroups", "compute.googleapis.com", "volume", "function"}
    )


async def main() -> None:
    resources = read_resources(folder() / "estate.ndjson")
    cases = read_lines(folder() / "requests.jsonl")
    async with bot(resources) as app:
        asked = [one async for one in measure(app.conversation, cases)]
        sent = [entry.body["sent"].lower() for entry in app.engine.journal.entries({"advisor.asked"})]
    values = secrets_of(resources)
    leaks = sorted({value for value in values for body in sent if value in body})
    print(
        f"{len(asked)} cases, {len(sent)} requests, {sum(map(len, sent)):,} bytes, {len(values):,} values of the estate looked for: {len(leaks)} found {leaks[:10]} (at least: 0)"
    )
