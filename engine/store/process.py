"""A worker process of ours and the socket to it: started clean, asked one question at a time, gone when we are. Edge."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from engine.errors import StoreError
from engine.store.frames import LENGTH, length_of, pack, unpack

# The libraries of the model report how they are used to their makers unless told not to; nothing of ours leaves.
SILENT = {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1"}
# What the process inherits; credentials and tokens in the engine's environment are none of its business.
INHERITED = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "VIRTUAL_ENV")
_ROOT = Path(__file__).resolve().parents[2]
_LONGEST_WORDS = 300
_END_S = 10.0
# So large a question is written in one go where the system allows it; else the loop comes back to it several times.
_BUFFER = 1 << 20


class Gone(Exception):
    """The process is not there any more."""


def question(operation: str, arguments: Any) -> bytes:
    """What is asked, as it goes over the socket."""
    return pack({"op": operation, "with": arguments})


class Process:
    """One running worker, a module of ours that is given the number of its socket as only argument."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, words: IO[bytes]
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._words = words

    @property
    def pid(self) -> int:
        return self._process.pid

    @classmethod
    async def start(cls, module: str) -> Process:
        """Raises StoreError when the system starts no process."""
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        words = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        environment = {key: os.environ[key] for key in INHERITED if key in os.environ} | {"PYTHONPATH": str(_ROOT)} | SILENT
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                module,
                str(theirs.fileno()),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                env=environment,
            )
        except OSError as error:
            ours.close()
            words.close()
            raise StoreError(f"The process {module} cannot be started: {error.strerror}.") from error
        finally:
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours)
        return cls(process, reader, writer, words)

    async def ask(self, operation: str, arguments: Any) -> dict[str, Any]:
        """One question, one answer. Raises Gone."""
        return await self.answer(question(operation, arguments))

    async def answer(self, question: bytes) -> dict[str, Any]:
        """What a question that was made before is answered. Raises Gone."""
        try:
            self._writer.write(question)
            await self._writer.drain()
            length = length_of(await self._reader.readexactly(LENGTH.size))
            answer: dict[str, Any] = unpack(await self._reader.readexactly(length))
        except (ConnectionError, asyncio.IncompleteReadError):
            raise Gone from None
        return answer

    async def end(self) -> str:
        """Closes the connection, which ends the process; gives its last words."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
        try:
            await asyncio.wait_for(self._process.wait(), timeout=_END_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._words.seek(0)
        said = self._words.read().decode(errors="replace").strip().splitlines()
        self._words.close()
        return said[-1][:_LONGEST_WORDS] if said else ""
