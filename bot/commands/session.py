"""How every command opens the bot, says what went wrong, and ends: data folder, configuration, exit codes. Edge."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Coroutine
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from engine.errors import EscherError, Refused, SettingsError
from engine.settings import Person, Settings, load


class Exit(IntEnum):
    """What a command's exit code means."""

    DONE = 0
    FAILED = 1
    WRONG_USE = 2
    REFUSED = 3
    WAITS = 4


ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="The configuration file. [default: escher.yaml in ESCHER_HOME]", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print data for programs instead of text for people.")]
AsOption = Annotated[str, typer.Option("--as", help="The person (an id under `people`) who says or does this.", metavar="PERSON")]

out = Console(highlight=False, markup=False, emoji=False)
errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def home() -> Path:
    """The data folder: ESCHER_HOME, else ~/.escher."""
    return Path(os.environ.get("ESCHER_HOME") or Path.home() / ".escher")


def settings_from(config: Path | None) -> Settings:
    """The configuration a command works with. Raises SettingsError."""
    return load(config or home() / "escher.yaml")


def person_in(settings: Settings, person_id: str) -> Person:
    """A configured person. Raises SettingsError naming those there are."""
    found = next((person for person in settings.people if person.id == person_id), None)
    if found is None:
        known = ", ".join(person.id for person in settings.people) or "nobody yet"
        raise SettingsError(f"--as {person_id}: nobody is called so.", hint=f"People in the configuration: {known}.")
    return found


def run(work: Coroutine[Any, Any, Exit]) -> NoReturn:
    """Runs a command to its exit code; an error is a sentence on standard error."""
    try:
        code = asyncio.run(_stoppable(work))
    except SettingsError as error:
        errors.print(str(error))
        code = Exit.WRONG_USE
    except Refused as error:
        errors.print(str(error))
        code = Exit.REFUSED
    except EscherError as error:
        errors.print(str(error))
        code = Exit.FAILED
    except (KeyboardInterrupt, asyncio.CancelledError):
        errors.print("Stopped.")
        code = Exit.FAILED
    raise typer.Exit(code)


async def _stoppable(work: Coroutine[Any, Any, Exit]) -> Exit:
    """The work, which a polite kill or a closed terminal ends as Ctrl-C does: everything started is stopped."""
    task = asyncio.current_task()
    assert task is not None
    for told in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(told, task.cancel)
    return await work


async def until_stopped(work: Awaitable[Any]) -> None:
    """Work that has no end of its own: being told to stop is how it ends well."""
    try:
        await work
    except asyncio.CancelledError:
        errors.print("Stopped.")


def say_json(data: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, default=str) + "\n")


def print_rows(titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Rows under titles, for people."""
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*row)
    out.print(table)
