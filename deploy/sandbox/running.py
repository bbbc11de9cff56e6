"""A local cloud of the demo that is running, and how to end it. Edge."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio.subprocess import Process
from dataclasses import dataclass

from engine.settings import AccountSettings


@dataclass
class Running:
    """A process that plays a cloud. `accounts` are the settings that reach it at `endpoint`; `stop` is idempotent."""

    process: Process
    accounts: tuple[AccountSettings, ...]
    endpoint: str

    @property
    def pid(self) -> int:
        return self.process.pid

    async def stop(self) -> None:
        """Ends the process: asks first, insists after three seconds."""
        if self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), timeout=3)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):  # it ended just now
                self.process.kill()
            await self.process.wait()
