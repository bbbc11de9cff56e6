"""What is killed: a data key that is handed from one key file to a fresh one. Edge."""

from __future__ import annotations

from pathlib import Path

from engine.secrets.data_key import DataKeyFile
from engine.secrets.file import FileStore
from tests.engine.journal.rotating import clock


async def act(folder: Path) -> None:
    await DataKeyFile(folder, FileStore(folder), clock()).rewrap(FileStore(folder))
