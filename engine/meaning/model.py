"""The embedding model as the engine sees it: in a process of its own, started when it is first needed, anew when it died. Edge."""

from __future__ import annotations

import asyncio
import base64
import struct
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from engine.errors import StoreError
from engine.meaning.embedding import ModelPlace
from engine.store.process import Gone, Process

WORKER = "engine.meaning.worker"
# Whoever asks a question while much is embedded waits for so many texts at most, of some 2 ms each.
_AT_ONCE = 4
_MOST_REMEMBERED = 512
# A process that says nothing for so long, even on a machine that swaps, will say nothing more.
_LONGEST_S = _LOADING_S = 60.0


class Model:
    """Texts to unit vectors of one length, turned by a secret rotation that keeps every cosine.

    A process that dies or hangs is replaced and asked once more; what cannot be loaded is not tried again (`away` says why).
    """

    def __init__(self, place: ModelPlace, rotation_key: bytes, longest_s: float = _LONGEST_S) -> None:
        self._place = place
        self._key = rotation_key
        self._longest_s = longest_s
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._remembered: OrderedDict[str, list[float]] = OrderedDict()
        self._size = 0
        self.away = ""

    async def size(self) -> int:
        """The length of a vector; loads the model when it was not needed before. Raises as `embed` does."""
        if not self._size:
            await self._asked("embed", {"texts": []})
        return self._size

    @property
    def fingerprint(self) -> str:
        """What tells this model's vectors from another's."""
        return self._place.fingerprint

    @property
    def pid(self) -> int | None:
        """The model's process, None when none runs."""
        return self._process.pid if self._process else None

    async def memory(self) -> int:
        """Resident bytes of the model's process; 0 when none runs."""
        return int(await self._asked("memory", {})) if self._process else 0

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A vector for each text, in order; for work that can wait: questions go first.

        Raises StoreError when the model cannot be loaded (then `away` says why) or its process dies again and again.
        """
        found: list[list[float]] = []
        for start in range(0, len(texts), _AT_ONCE):
            found += await self._vectors(texts[start : start + _AT_ONCE])
        return found

    async def query(self, text: str) -> list[float]:
        """The vector of what somebody asks; the last few hundred are remembered. Raises as `embed` does."""
        known = self._remembered.pop(text, None)
        if known is None:
            (known,) = await self._vectors([text])
        self._remembered[text] = known
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return known

    async def close(self) -> None:
        """Ends the process; who still waits is told. Idempotent."""
        self._closed = True
        for asking in self._under_way:
            asking.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)
        async with self._turn:
            await self._end()

    async def _vectors(self, texts: Sequence[str]) -> list[list[float]]:
        packed: list[str] = await self._asked("embed", {"texts": list(texts)})
        return [_unpacked(vector) for vector in packed]

    async def _asked(self, operation: str, arguments: dict[str, Any]) -> Any:
        """The answer, in the order of asking. Who stops waiting stops nothing: the answer comes and is dropped, and the next one fits."""
        asking = asyncio.create_task(self._in_turn(operation, arguments))
        self._under_way.add(asking)
        asking.add_done_callback(self._over)
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            us = asyncio.current_task()
            if asking.cancelled() and not (us and us.cancelling()):
                raise StoreError("The embedding model is closed.") from None
            raise

    def _over(self, asking: asyncio.Task[Any]) -> None:
        self._under_way.discard(asking)
        if not asking.cancelled():
            asking.exception()  # seen here, as nobody may wait for it any more

    async def _in_turn(self, operation: str, arguments: dict[str, Any]) -> Any:
        async with self._turn:
            try:
                return await self._exchanged(operation, arguments)
            except Gone:
                await self._end()
            try:
                return await self._exchanged(operation, arguments)
            except Gone:
                raise StoreError(f"The embedding model's process ended twice: {await self._end() or 'it said nothing'}.") from None

    async def _exchanged(self, operation: str, arguments: dict[str, Any]) -> Any:
        if self._closed:
            raise StoreError("The embedding model is closed.")
        if self._process is None:
            await self._start()
        return (await self._ask(operation, arguments, self._longest_s))["ok"]

    async def _start(self) -> None:
        if self.away:
            raise StoreError(self.away)
        self._process = await Process.start(WORKER)
        place = self._place
        told = {"name": place.name, "folder": place.folder, "cache": place.cache, "rotation_key": self._key.hex()}
        answer = await self._ask("open", told, _LOADING_S)
        if "told" in answer:
            self.away = answer["sentence"]
            await self._end()
            raise StoreError(self.away)
        self._size = int(answer["ok"])

    async def _ask(self, operation: str, arguments: dict[str, Any], longest_s: float) -> dict[str, Any]:
        """Raises Gone, for a process that hangs too."""
        assert self._process is not None
        try:
            async with asyncio.timeout(longest_s):
                return await self._process.ask(operation, arguments)
        except TimeoutError:
            raise Gone from None

    async def _end(self) -> str:
        process, self._process = self._process, None
        return await process.end() if process else ""


def _unpacked(vector: str) -> list[float]:
    data = base64.b64decode(vector)
    return list(struct.unpack(f"<{len(data) // 4}f", data))
