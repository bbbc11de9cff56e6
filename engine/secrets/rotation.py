"""The order in which a data key is replaced: add the new one, carry every part over, drop the old one. Edge (tasks, through the parts).

A kill between any two steps loses nothing: both keys stay in `data.key` until every part has said that nothing of the old one is left, and the
next call goes on where the last one stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

from engine.logs import Log
from engine.secrets.data_key import DataKeyFile
from engine.secrets.derive import Keys
from engine.secrets.ring import Ring

_TOLD_S = 0.2
_log = Log("escher.keys")
Progress = Callable[[int, int], None]
Told = Callable[[str, int, int], None]


@runtime_checkable
class Rotates(Protocol):
    """Something on the disk that is sealed with subkeys of the data key."""

    async def rotate(self, old: Keys, new: Keys, progress: Progress) -> None:
        """Seals everything with `new`, and answers only when nothing that needs `old` is left on the disk.

        It may be killed at any point and called again with the same keys; it stays readable and writable meanwhile, and writes with `new`
        from the start. `progress` takes how much is done and of how much.
        """
        ...


async def rotate(file: DataKeyFile, parts: Mapping[str, Rotates], told: Told) -> Ring:
    """Replaces the data key in every part, in their order; takes up a rotation under way. `told` takes a part's name and its progress.

    The parts must be all there are, and stand open with the ring that the file gives. Raises Refused when a rotation under way needs a part
    that is not here, and whatever a part raises; then both keys stay.
    """
    ring = await file.begin(tuple(parts))
    while (rotation := ring.rotation) and rotation.left:
        name = rotation.left[0]
        await parts[name].rotate(ring.of(rotation.old), ring.of(rotation.new), partial(told, name))
        ring = await file.through(name)
    return await file.end()


@dataclass(frozen=True, slots=True)
class Together:
    """Several as one part, in their order: what lies in one place on the disk and was always spoken of together."""

    members: Sequence[Rotates]

    async def rotate(self, old: Keys, new: Keys, progress: Progress) -> None:
        for member in self.members:
            await member.rotate(old, new, progress)


class Replacement:
    """One replacement of the data key at a time, that goes on whoever watches. For a process that works on meanwhile."""

    def __init__(self, file: DataKeyFile, parts: Mapping[str, Rotates]) -> None:
        self._file = file
        self._parts = parts
        self._work: asyncio.Task[Ring] | None = None
        self._told = Stage("", 0, 0)

    def begin(self) -> asyncio.Task[Ring]:
        """Begins, takes up what was interrupted, or joins what goes on; the task raises what `rotate` raises, and then nothing is lost."""
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(rotate(self._file, self._parts, self._note))
            self._work.add_done_callback(_seen)
        return self._work

    async def watched(self) -> AsyncIterator[Stage]:
        """`begin`, and how far it is for as long as it goes on; the last stage names no part but the new key. Raises what `rotate` raises."""
        work = self.begin()
        while not work.done():
            yield self._told
            await asyncio.wait({work}, timeout=_TOLD_S)
        yield Stage(work.result().current.id, 0, 0, over=True)

    async def stop(self) -> None:
        """Stops where it is; `begin` goes on, in this process or the next. Idempotent."""
        if self._work:
            self._work.cancel()
            await asyncio.wait({self._work})

    def _note(self, part: str, done: int, total: int) -> None:
        self._told = Stage(part, done, total)


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a replacement is: `done` of `total` of what a part counts; when it is `over`, `part` is the new key's id."""

    part: str
    done: int
    total: int
    over: bool = False


def _seen(work: asyncio.Task[Ring]) -> None:
    """A failure that nobody watches is in the log; the next start goes on."""
    if not work.cancelled() and (error := work.exception()):
        _log.error("the replacement of the data key stopped", why=str(error))
