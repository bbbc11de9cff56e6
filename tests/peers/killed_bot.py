"""A whole bot on a local Slack that kills itself with signal 9 right after a kind of journal entry is on the disk. Edge (a process).

Arguments: the data folder, the folder of its cloud, Slack's API address, and the kind, e.g. `run.started`. Prints `ready` when it serves.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from engine.journal.entry import Entry
from engine.journal.journal import Journal
from tests.peers.whole_bot import settings_for, whole_bot
from tests.scenarios.file_cloud import FileCloud
from tests.scenarios.stage import ESTATE

AWS = tuple(one for one in ESTATE if one.cloud == "aws")


async def main(home: Path, cloud: Path, api_url: str, kind: str) -> None:
    append = Journal.append

    async def mortal(journal: Journal, written: str, body: Mapping[str, Any]) -> Entry:
        entry = await append(journal, written, body)
        if written == kind:
            os.kill(os.getpid(), signal.SIGKILL)
        return entry

    Journal.append = mortal  # type: ignore[method-assign]
    slack: Any = SimpleNamespace(api_url=api_url)
    clouds: Any = {"aws": FileCloud(cloud)}
    async with whole_bot(home, settings_for(slack), resources=AWS, clouds=clouds):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]))
