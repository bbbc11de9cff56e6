"""`escher audit`: verify, show and export the journal. Edge."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.session import ConfigOption, Exit, JsonOption, home, out, run, say_json, settings_from
from engine.clock import SystemClock
from engine.journal.journal import Journal
from engine.journal.verify import verify
from engine.secrets.keys import open_ring
from engine.wiring import JOURNAL_FOLDER

audit = typer.Typer(help="The hash-chained journal.", no_args_is_help=True)


@audit.command("verify")
def audit_verify(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check every entry and the chain; a changed, missing or reordered entry is named."""
    run(_audit_verify(config, as_json=as_json))


@audit.command("export")
def audit_export(config: ConfigOption = None) -> None:
    """Print every entry, decrypted, one JSON object a line, with its hash."""
    run(_audit_lines(config, count=None))


@audit.command("show")
def audit_show(
    count: Annotated[int, typer.Option("--last", help="How many of the newest entries.")] = 20, config: ConfigOption = None
) -> None:
    """Print the newest entries."""
    run(_audit_lines(config, count=count))


async def _audit_verify(config: Path | None, *, as_json: bool) -> Exit:
    settings = settings_from(config)
    ring = await open_ring(settings.estate, home(), os.environ)
    verdict = await asyncio.to_thread(verify, home() / JOURNAL_FOLDER, ring.current.for_("journal"), ring.for_others("journal"))
    if as_json:
        say_json({"whole": verdict.whole, "says": str(verdict)})
    else:
        out.print(str(verdict))
    return Exit.DONE if verdict.whole else Exit.FAILED


async def _audit_lines(config: Path | None, *, count: int | None) -> Exit:
    settings = settings_from(config)
    ring = await open_ring(settings.estate, home(), os.environ)
    journal = await Journal.open(home() / JOURNAL_FOLDER, ring.current.for_("journal"), SystemClock(), older=ring.for_others("journal"))
    try:
        last, _ = journal.last
        for entry in journal.entries(after=0 if count is None else max(0, last - count)):
            say_json(entry.to_json())
    finally:
        await journal.close()
    return Exit.DONE
