"""A library over a journal that is a list, and what bot and engine write into one, made small. For tests of the collections."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from engine.clock import FakeClock
from engine.collections.chat_ids import chat_id
from engine.collections.generation import Sources
from engine.collections.library import Library
from engine.journal.entry import GENESIS, Entry, link
from engine.journal.journal import Journal
from engine.secrets.derive import Keys
from engine.store.memory import MemoryStore
from engine.store.store import Point, Store

KEYS = Keys(bytes(range(32)))
OTHER_KEYS = Keys(bytes(range(32, 64)))
START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class ListedJournal:
    """A journal in memory: what the library asks of one, by the same rules. Entries are a minute apart."""

    def __init__(self) -> None:
        self.listed: list[Entry] = []
        self.clock = FakeClock(START)

    @property
    def last(self) -> tuple[int, str]:
        return (self.listed[-1].sequence, self.listed[-1].hash) if self.listed else (0, GENESIS)

    def note(self, kind: str, body: Mapping[str, Any]) -> Entry:
        self.clock.advance(60)
        entry = link(self.last, self.clock.now().isoformat(), kind, body)
        self.listed.append(entry)
        return entry

    async def append(self, kind: str, body: Mapping[str, Any]) -> Entry:
        return self.note(kind, body)

    def entries(self, kinds: Collection[str] | None = None, *, after: int = 0) -> Iterator[Entry]:
        return (entry for entry in self.listed[after:] if kinds is None or entry.kind in kinds)


def journal() -> Journal:
    """A listed journal as the library is told."""
    return cast(Journal, ListedJournal())


def sources(folder: Path, journal: Journal, store: Store, **more: Any) -> Sources:
    """What a library is made of; the environment of a target is its `env` tag."""
    return Sources(store, journal, FakeClock(START), folder, lambda target: target["tags"].get("env", ""), **more)


@contextlib.asynccontextmanager
async def library(folder: Path, journal: Journal, store: Store | None = None, keys: Keys = KEYS, **more: Any) -> AsyncIterator[Library]:
    """A library that has caught up."""
    opened = await Library.open(sources(folder, journal, store or MemoryStore(), **more), keys)
    await opened.catch_up()
    try:
        yield opened
    finally:
        await opened.close()


async def points(library: Library) -> dict[str, tuple[Point, Any]]:
    """Every point with its record, by collection and id; payloads apart, since a nonce is never the same."""
    found: dict[str, tuple[Point, Any]] = {}
    for shelf in library._generation.shelves:
        records = {shelf._place(record.key): record async for record in shelf.records(check=True)}
        async for point in shelf._store.points(shelf.collection.name):
            found[f"{shelf.declared.name}/{point.id}"] = (_without_payload(point), records[point.id])
    return found


def _without_payload(point: Point) -> Point:
    return Point(point.id, {}, point.tokens, point.facets, point.grams, point.vector, point.order)


# What stands in a journal


def received(text: str, *, person: str = "eve", thread: str = "t1", number: int = 0, at: datetime = START) -> tuple[str, dict[str, Any]]:
    body = {"id": f"m{number}", "platform": "web", "channel": "general", "thread": thread, "login": person, "person": person, "text": text}
    return "message.received", {
        **body,
        "about": "",
        "edits": "",
        "chat": chat_id(at + timedelta(minutes=number), bytes([number % 256]) * 10),
    }


def answered(*said: str, thread: str = "t1", number: int = 0, plan: str = "") -> tuple[str, dict[str, Any]]:
    told = [
        {"chat": chat_id(START + timedelta(minutes=number), bytes([number % 256, part, *b"answered"])), "text": text}
        for part, text in enumerate(said)
    ]
    body = {"id": f"m{number}", "platform": "web", "channel": "general", "thread": thread, "about": "", "outcome": "plan", "plan": plan}
    return "message.answered", {**body, "said": told}


def target(name: str, env: str = "dev") -> dict[str, Any]:
    arn = f"arn:aws:ec2:us-east-1:444455556666:instance/i-{name}"
    return {"id": arn, "name": name, "account": "444455556666", "account_name": "acme-four", "region": "us-east-1", "tags": {"env": env}}


def started(run: str, *names: str, env: str = "dev", asked_by: str = "eve", **plan: Any) -> tuple[str, dict[str, Any]]:
    targets = [target(name, env) for name in names]
    steps = [
        {"id": f"s{number}", "operation": "ec2:StopInstances", "target": one["id"], "command": ["aws", "ec2", "stop-instances"],
         "inverse": {"operation": "ec2:StartInstances", "arguments": {}}, "no_way_back": ""}
        for number, one in enumerate(targets)
    ]  # fmt: skip
    facts = {"id": f"plan-of-{run}", "title": f"Stop {len(names)} instances", "message": "stop them", "asked_by": asked_by, "undoes": ""}
    body = {"run": run, "grant": "grant-1", "approved_by": ["mona"], "at": (START + timedelta(minutes=1)).isoformat()}
    return "run.started", {**body, "plan": {**facts, "targets": targets, "steps": steps, **plan}}


def sending(run: str, number: int = 0) -> tuple[str, dict[str, Any]]:
    return "step.sending", {"run": run, "step": f"s{number}", "attempt": 1}


def settled(run: str, number: int = 0, state: str = "done", detail: str = "") -> tuple[str, dict[str, Any]]:
    return "step.settled", {
        "run": run,
        "step": f"s{number}",
        "attempt": 1,
        "state": state,
        "detail": detail,
        "request_id": "req-1",
        "produced": "",
    }


def finished(run: str, minutes: int = 5) -> tuple[str, dict[str, Any]]:
    return "run.finished", {"run": run, "at": (START + timedelta(minutes=minutes)).isoformat(), "interrupted": False}


def changed(*changes: tuple[str, str, str, str], account: str = "444455556666") -> tuple[str, dict[str, Any]]:
    scope = {"cloud": "aws", "account": account, "region": "us-east-1", "type": "compute_instance"}
    return "estate.changed", {**scope, "changes": [list(change) for change in changes]}


def told(journal: Journal, *events: tuple[str, dict[str, Any]]) -> list[Entry]:
    """Writes entries into a listed journal."""
    return [cast(ListedJournal, journal).note(*event) for event in events]
