"""The order in which a data key is replaced: add the new one, carry every part over, drop the old one. Pure but for the parts.

A kill between any two steps loses nothing: both keys stay in `data.key` until every part has said that nothing of the old one is left, and the
next call goes on where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol, runtime_checkable

from engine.secrets.data_key import DataKeyFile
from engine.secrets.derive import Keys
from engine.secrets.ring import Ring

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


async def resume(file: DataKeyFile, parts: Mapping[str, Rotates], told: Told) -> Ring | None:
    """Ends a rotation that was interrupted; None when none is under way. For the start, before anything is opened that it has not come to.

    Raises what `rotate` raises; then both keys stay, and the next start tries again.
    """
    record = await file.record()
    return await rotate(file, parts, told) if record and record.rotation else None
