"""The process that owns the shards and the embedding model. Edge.

    python -m engine.estate.edge.worker FD

It reads frames from the inherited socket FD, answers each in turn, and ends when the other side closes, so it cannot outlive the engine.
It never has the payload key: what it stores is sealed already. Anything unforeseen ends it; the engine sees that and starts another.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.estate.edge.frames import LENGTH, length_of, pack, unpack
from engine.estate.edge.shard import Shard

if TYPE_CHECKING:
    from engine.estate.edge.text_model import TextModel

DEFAULT_SIZE = 384
_LOCK_SECONDS = 1.5
_OF_A_SHARD = frozenset({"delete", "retrieve", "scroll", "nearest_grams", "count", "facet", "known", "inventory", "flush", "optimise"})


class Busy(Exception):
    """Another process has the store."""


class Worker:
    """The operations by name; each takes and gives JSON."""

    def __init__(self) -> None:
        self._shards: dict[str, Shard] = {}
        self._model: TextModel | None = None
        self._lock = -1
        self.operations: Mapping[str, Callable[..., Any]] = {
            "open": self.open,
            "collection": self.collection,
            "upsert": self.upsert,
            "nearest_text": self.nearest_text,
            "embed": self.embed,
            "memory": self.memory,
            "close": self.close,
        }

    def answer(self, message: Mapping[str, Any]) -> Any:
        name, arguments = message["op"], message["with"]
        if name in self.operations:
            return self.operations[name](**arguments)
        if name not in _OF_A_SHARD:
            raise ValueError(f"{name!r} is no operation")
        shard = self._shards[arguments.pop("collection")]
        return getattr(shard, name)(**arguments)

    def open(self, folder: str, model: Mapping[str, str] | None, rotation_key: str) -> dict[str, Any]:
        """Takes the lock and loads the model; `size` is the vectors' length, `away` why there is no model."""
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _locked(Path(folder) / "lock")
        if model is None:
            return {"size": DEFAULT_SIZE, "away": ""}
        from engine.estate.edge.text_model import ModelAway, TextModel

        try:
            self._model = TextModel(model["name"], model["folder"], model["cache"], bytes.fromhex(rotation_key))
        except ModelAway as error:
            return {"size": DEFAULT_SIZE, "away": str(error)}
        return {"size": self._model.size, "away": ""}

    def collection(self, name: str, folder: str, size: int) -> None:
        """Opens a collection. A model whose vectors have another length than those stored is not used."""
        self._shards[name] = Shard(Path(folder), size)
        if self._model and self._model.size != size:
            self._model = None

    def upsert(self, collection: str, points: list[dict[str, Any]]) -> None:
        texts = sorted({point["text"] for point in points} - {""})
        vectors = dict(zip(texts, self._model.embed(texts), strict=True)) if self._model else {}
        self._shards[collection].upsert(points, {text: vector.tolist() for text, vector in vectors.items()})

    def nearest_text(self, collection: str, text: str, condition: Mapping[str, Any], limit: int) -> list[Any]:
        if self._model is None:
            return []
        (vector,) = self._model.embed([text])
        return self._shards[collection].nearest_vector(vector.tolist(), condition, limit)

    def embed(self, texts: list[str]) -> list[list[float]]:
        """Rotated vectors; none without a model."""
        return [vector.tolist() for vector in self._model.embed(texts)] if self._model else []

    def memory(self) -> int:
        """Resident bytes of this process; 0 where the system does not tell."""
        try:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        except FileNotFoundError:
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")

    def close(self) -> None:
        for shard in self._shards.values():
            shard.flush()
            shard.close()
        self._shards.clear()


def _locked(path: Path) -> int:
    """The store's lock, waited for as long as a dying owner may take. Raises Busy."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise Busy(f"The estate in {path.parent} is in use by another Escher.") from None
            time.sleep(0.05)
        else:
            return file


def _received(connection: socket.socket, count: int) -> bytes:
    """Exactly so many bytes; b"" when the other side closed."""
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(min(count - len(parts), 1 << 20))
        if not part:
            return b""
        parts += part
    return bytes(parts)


def serve(connection: socket.socket) -> None:
    """Answers until the other side closes."""
    worker = Worker()
    while start := _received(connection, LENGTH.size):
        body = _received(connection, length_of(start))
        if not body:
            break
        message = unpack(body)
        try:
            answer: dict[str, Any] = {"ok": worker.answer(message)}
        except Busy as error:
            answer = {"busy": str(error)}
        connection.sendall(pack(answer))
    worker.close()


def main(arguments: list[str]) -> int:
    # A Ctrl-C or a service manager's stop reaches the whole group; when to end is the engine's to say, by closing the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with socket.socket(fileno=int(arguments[0])) as connection:
        try:
            serve(connection)
        except (BrokenPipeError, ConnectionResetError):
            return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
