"""The team's own playbooks, whole, in all their versions. They are only kept here: nothing in this room runs or sends one. Edge (journal).

Made of `playbook.saved` (a new version) and `playbook.moved` (another storage strategy for a version).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from engine.collections import strategies
from engine.collections.record import Declared, Marks, Record
from engine.collections.shelf import Shelf
from engine.collections.strategies import Strategy
from engine.errors import Refused
from engine.journal.entry import Entry
from engine.journal.journal import Journal

SAVED, MOVED = "playbook.saved", "playbook.moved"
LONGEST_SCRIPT = 1_000_000
_MOST_VERSIONS = 10_000


@dataclass(frozen=True, slots=True)
class Written:
    """A playbook as somebody wrote it: what to save. `parameters` are the names of what it must be told."""

    name: str
    author: str
    script: str
    title: str = ""
    clouds: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookVersion(Record):
    """One version. `number` counts from 1, `content` is the script's SHA-256, `strategy` where it may be kept, as a word of `Strategy`."""

    name: str
    number: int
    author: str
    title: str
    clouds: tuple[str, ...]
    parameters: tuple[str, ...]
    script: str
    content: str
    strategy: str


def _touches(entry: Entry) -> tuple[str, ...]:
    return (_key(entry.body["name"], entry.body["number"]),)


def _project(entry: Entry, there: Mapping[str, PlaybookVersion]) -> Iterator[PlaybookVersion]:
    (key,) = _touches(entry)
    if entry.kind == SAVED:
        yield _saved(entry)
    elif known := there.get(key):
        yield replace(known, strategy=str(Strategy(entry.body["strategy"])), last=entry.sequence)


def _saved(entry: Entry) -> PlaybookVersion:
    body = entry.body
    return PlaybookVersion(
        key=_key(body["name"], body["number"]),
        at=entry.at,
        sequence=entry.sequence,
        last=entry.sequence,
        name=body["name"],
        number=body["number"],
        author=body["author"],
        title=body["title"],
        clouds=tuple(body["clouds"]),
        parameters=tuple(body["parameters"]),
        script=body["script"],
        content=body["content"],
        strategy=str(Strategy(body["strategy"])),
    )


def _key(name: str, number: int) -> str:
    return f"{name}@{number}"


def _marks(version: PlaybookVersion) -> Marks:
    text = " ".join((version.name, version.title, *version.clouds, *version.parameters))
    clouds = (("cloud", cloud) for cloud in version.clouds)
    return Marks(text, (("name", version.name), ("author", version.author), ("strategy", version.strategy), *clouds))


USER_PLAYBOOKS: Declared[PlaybookVersion] = Declared(
    "user_playbooks", frozenset({SAVED, MOVED}), PlaybookVersion.from_json, _project, _marks, _touches
)


class Versions:
    """All versions, as the journal tells them, which is never behind; the one place that makes a new one."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._turn = asyncio.Lock()

    async def save(self, written: Written, wanted: Strategy) -> PlaybookVersion:
        """See `UserPlaybooks.save`."""
        if len(written.script) > LONGEST_SCRIPT:
            raise Refused(f"The script of {written.name} is longer than {LONGEST_SCRIPT} characters.", hint="Save it in parts.")
        async with self._turn:
            newest = await asyncio.to_thread(self._newest, written.name)
            if newest is None or not _same(newest, written):
                return await self._added(written, strategies.begun(wanted), newest.number + 1 if newest else 1)
            if wanted == newest.strategy:
                return newest
            return await self._moved(newest, strategies.moved(Strategy(newest.strategy), wanted), written.author)

    async def _added(self, written: Written, wanted: Strategy, number: int) -> PlaybookVersion:
        body = {**asdict(written), "number": number, "strategy": str(wanted), "content": content_hash(written.script)}
        return _saved(await self._journal.append(SAVED, body))

    async def _moved(self, version: PlaybookVersion, wanted: Strategy, by: str) -> PlaybookVersion:
        body: dict[str, Any] = {"name": version.name, "number": version.number, "strategy": str(wanted), "by": by}
        entry = await self._journal.append(MOVED, body)
        return replace(version, strategy=str(wanted), last=entry.sequence)

    def _newest(self, name: str) -> PlaybookVersion | None:
        known: dict[str, PlaybookVersion] = {}
        for entry in self._journal.entries({SAVED, MOVED}):
            if entry.body["name"] == name:
                known |= {one.key: one for one in _project(entry, known)}
        return max(known.values(), key=lambda one: one.number, default=None)


class UserPlaybooks:
    """Keeping and reading the team's own playbooks. Versions are only ever added."""

    def __init__(self, shelf: Shelf[PlaybookVersion], versions: Versions) -> None:
        self._shelf = shelf
        self._versions = versions

    async def save(self, written: Written, wanted: Strategy = Strategy.LOCAL_ONLY) -> PlaybookVersion:
        """Keeps a playbook: a new version when its content is new, another strategy of the newest version when only that is.

        Where neither is, nothing is written. Raises Refused for a strategy it cannot have or a script too long, JournalError, DiskFull.
        """
        return await self._versions.save(written, wanted)

    async def latest(self) -> list[PlaybookVersion]:
        """The newest version of each playbook, by name. Raises StoreError."""
        newest: dict[str, PlaybookVersion] = {}
        async for version in self._shelf.records():
            if version.number > (newest[version.name].number if version.name in newest else 0):
                newest[version.name] = version
        return [newest[name] for name in sorted(newest)]

    async def versions(self, name: str) -> list[PlaybookVersion]:
        """All versions of a playbook, newest first. Raises Refused when there is none of that name."""
        found = await self._shelf.latest({"name": name}, _MOST_VERSIONS)
        if not found:
            raise Refused(f"There is no playbook {name!r} of yours.", hint="`escher playbook own` lists them.")
        return found

    async def get(self, name: str, number: int = 0) -> PlaybookVersion:
        """A version by its number, the newest for 0. Raises Refused when there is none."""
        versions = await self.versions(name)
        found = next((one for one in versions if number in (0, one.number)), None)
        if found is None:
            raise Refused(f"{name!r} has no version {number}.", hint=f"It has 1 to {versions[0].number}.")
        return found

    async def search(self, text: str, limit: int = 20) -> list[PlaybookVersion]:
        """Versions whose name, title, clouds or parameters say every word, newest first, then those that say something like it."""
        return await self._shelf.search(text, {}, limit)


def content_hash(script: str) -> str:
    """SHA-256 of a script, in hex."""
    return hashlib.sha256(script.encode()).hexdigest()


def _same(version: PlaybookVersion, written: Written) -> bool:
    told = (version.title, version.clouds, version.parameters)
    return version.content == content_hash(written.script) and told == (written.title, written.clouds, written.parameters)
