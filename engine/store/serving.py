"""The worker's end of the socket: answers frames in turn, and ends when the other side closes, so it cannot outlive the engine. Edge."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.store.frames import LENGTH, length_of, pack, unpack

Answer = Callable[[str, Mapping[str, Any]], Any]


class Told(Exception):
    """What the other side is told instead of an answer: a word for the kind of trouble, and a sentence."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


def serve(descriptor: int, answer: Answer) -> None:
    """Answers until the other side closes. Anything `answer` raises but Told ends the process: the engine sees that and starts another."""
    # A Ctrl-C or a service manager's stop reaches the whole group; when to end is the engine's to say, by closing the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as connection:
        try:
            while start := _received(connection, LENGTH.size):
                body = _received(connection, length_of(start))
                if not body:
                    return
                connection.sendall(pack(_answered(answer, unpack(body))))
        except (BrokenPipeError, ConnectionResetError):
            return


def memory() -> int:
    """Resident bytes of this process; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except FileNotFoundError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _answered(answer: Answer, message: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"ok": answer(message["op"], message["with"])}
    except Told as told:
        return {"told": told.kind, "sentence": str(told)}


def _received(connection: socket.socket, count: int) -> bytes:
    """Exactly so many bytes; b"" when the other side closed."""
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(min(count - len(parts), 1 << 20))
        if not part:
            return b""
        parts += part
    return bytes(parts)
