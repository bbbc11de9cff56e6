"""A command's end of the running bot's door (`bot.control`): what is asked through the socket, and the rows of an answer. Edge.

It imports nothing of the bot, so that a command that only asks starts at once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from engine.errors import EscherError, Refused

SOCKET = "control.sock"
LIBRARY = "library"
ESTATE = "estate"
SCHEDULE = "schedule"  # something done to one
SCHEDULES = "schedules"  # all of them, a row each
KEY = "key"
LONGEST_LINE = 16 * 2**20


async def through(home: Path, wish: Mapping[str, str]) -> AsyncIterator[dict[str, Any]] | None:
    """The running bot's answer to a wish, line by line; None when no bot runs in this data folder."""
    try:
        reader, writer = await asyncio.open_unix_connection(home / SOCKET, limit=LONGEST_LINE)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    writer.write(json.dumps(wish).encode() + b"\n")
    await writer.drain()
    return _lines(reader, writer)


async def _lines(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> AsyncIterator[dict[str, Any]]:
    try:
        while line := await reader.readline():
            said = json.loads(line)
            if "end" in said:
                return
            yield said
    finally:
        writer.close()


async def of_the_bot(lines: AsyncIterator[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    """The rows that a running bot answers with. Raises Refused, EscherError with its sentence."""
    async for line in lines:
        if "error" in line:
            raise (Refused if line.get("refused") else EscherError)(line["error"])
        yield line["row"]
