"""Processes Escher starts beside itself: argument lists, a line that says ready, and a sure end. Edge."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import EscherError

READY_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Started:
    """A process that said it is ready; `said` is its ready line."""

    process: asyncio.subprocess.Process
    said: Mapping[str, object]

    @property
    def port(self) -> int:
        return int(str(self.said["port"]))

    async def stop(self) -> None:
        """Ends it: asked first, killed after three seconds. Idempotent."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), 3.0)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()


async def start(module: str, arguments: Sequence[str], env: Mapping[str, str] | None = None) -> Started:
    """`python -m module arguments`, ready. Raises EscherError when it does not get ready.

    Its standard input stays open as long as this process lives: the child can tell by it that we are gone, even after a kill.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), READY_WITHIN_S)
        return Started(process, json.loads(line))
    except (TimeoutError, json.JSONDecodeError):
        await _killed(process)
        raise EscherError(
            f"{module} did not start within {READY_WITHIN_S:g} s.", hint=f"Run `{sys.executable} -m {module}` to see why."
        ) from None
    except asyncio.CancelledError:
        await _killed(process)
        raise


async def _killed(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
        process.kill()
    await process.wait()


@contextlib.asynccontextmanager
async def ai_server() -> AsyncIterator[str]:
    """An AI server of our own on loopback; its address."""
    started = await start("ai_server", ["--host", "127.0.0.1", "--port", "0", "--until-stdin-ends"])
    try:
        yield f"http://127.0.0.1:{started.port}"
    finally:
        await started.stop()
