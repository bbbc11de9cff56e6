"""How commands ask what happened: of the bot that runs in this data folder, or of the library opened for the one question. Edge."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.calling import LIBRARY, of_the_bot, through
from bot.commands.session import errors, home, settings_from
from engine.clock import SystemClock
from engine.collections.questions import Row, asked
from engine.errors import SettingsError
from engine.wiring import open_library

SinceOption = Annotated[
    str, typer.Option("--since", help="Only what is newer: 7d, 24h, 30m, a date as 2026-11-20, or a date and time.", metavar="WHEN")
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")]
_AGO = re.compile(r"(\d{1,5})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


async def rows(name: str, question: Mapping[str, str], config: Path | None) -> AsyncIterator[Row]:
    """The rows of an answer, as they come. Raises EscherError; what is not taken in yet is told on standard error."""
    running = await through(home(), {"do": LIBRARY, "ask": name, **question})
    async for row in of_the_bot(running) if running is not None else _alone(name, question, config):
        if set(row) == {"behind"}:
            errors.print(f"{row['behind']} entries of the journal are still being taken in; what they tell is not here yet.")
        else:
            yield row


async def answer(name: str, question: Mapping[str, str], config: Path | None) -> list[Row]:
    """All rows of an answer. Raises EscherError."""
    return [row async for row in rows(name, question, config)]


def since(word: str, now: datetime) -> str:
    """When that is, as the library takes it; '' for ''. A date without a zone is this machine's. Raises SettingsError. Pure but for the zone."""
    if not word:
        return ""
    if ago := _AGO.fullmatch(word.strip().lower()):
        return (now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})).isoformat()
    try:
        return datetime.fromisoformat(word).astimezone(UTC).isoformat()
    except ValueError:
        raise SettingsError(f"--since {word}: that is no time.", hint="Say 7d, 24h, 30m, or a date as 2026-11-20.") from None


def since_now(word: str) -> str:
    """As `since`, from now."""
    return since(word, SystemClock().now())


def when(at: str) -> str:
    """A time for people: this machine's zone, to the minute."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")


async def _alone(name: str, question: Mapping[str, str], config: Path | None) -> AsyncIterator[Row]:
    settings = settings_from(config)
    async with open_library(home(), settings, os.environ) as library:
        with errors.status("Reading the journal …") as status:
            await library.catch_up(lambda done, of: status.update(f"Reading the journal: {done} of {of} entries"))
        if library.healed:
            errors.print(library.healed)
        async for row in asked(library, name, question):
            yield row
