"""`escher schedule`: what is done later or again and again, and what can be done to it. Edge.

A bot that runs in this data folder answers; where none runs, lists are read from the journal, and the rest is done by a bot opened for it.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.app import opened
from bot.calling import SCHEDULE, SCHEDULES, of_the_bot, through
from bot.commands.session import (
    AsOption,
    ConfigOption,
    Exit,
    JsonOption,
    errors,
    home,
    out,
    person_in,
    run,
    say_json,
    settings_from,
)
from bot.commands.talking import code_of
from bot.control import Recorder, line_of, perform, schedule_rows
from engine.clock import SystemClock
from engine.errors import EscherError, Refused, SettingsError
from engine.journal.journal import Journal
from engine.secrets.keys import open_ring
from engine.wiring import JOURNAL_FOLDER

schedule = typer.Typer(help="What is done later, or again and again.", no_args_is_help=True)
IdArgument = Annotated[str, typer.Argument(metavar="SCHEDULE", help="Its id, as `escher schedule list` prints it.")]
_DURATION = re.compile(r"(\d{1,5})\s?(m|h|d)")
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60}
Row = dict[str, Any]


@schedule.command("list")
def schedule_list(
    *,
    ended: Annotated[bool, typer.Option("--ended", help="Those that have ended as well.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List all schedules with their next run."""
    run(_listed(config, ended=ended, as_json=as_json))


@schedule.command("show")
def schedule_show(schedule_id: IdArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show one schedule: when it runs, what was asked, who approved it until when, and what became of the last time."""
    run(_shown(schedule_id, config, as_json=as_json))


@schedule.command("pause")
def schedule_pause(schedule_id: IdArgument, person: AsOption, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Pause a schedule: nothing runs until it is resumed."""
    run(_moved({"verb": "pause", "schedule": schedule_id, "as": person}, config, as_json=as_json))


@schedule.command("resume")
def schedule_resume(schedule_id: IdArgument, person: AsOption, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Resume a paused schedule."""
    run(_moved({"verb": "resume", "schedule": schedule_id, "as": person}, config, as_json=as_json))


@schedule.command("snooze")
def schedule_snooze(
    schedule_id: IdArgument,
    person: AsOption,
    by: Annotated[str, typer.Option("--by", help="For how long: 45m, 2h, 1d.", metavar="DURATION")] = "1h",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put the next run off, this time only."""
    run(_moved({"verb": "snooze", "schedule": schedule_id, "as": person, "by": by}, config, as_json=as_json))


@schedule.command("skip")
def schedule_skip(schedule_id: IdArgument, person: AsOption, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Leave the next run out, this time only."""
    run(_moved({"verb": "skip", "schedule": schedule_id, "as": person}, config, as_json=as_json))


@schedule.command("end")
def schedule_end(schedule_id: IdArgument, person: AsOption, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """End a schedule for good."""
    run(_moved({"verb": "end", "schedule": schedule_id, "as": person}, config, as_json=as_json))


@schedule.command("review")
def schedule_review(schedule_id: IdArgument, person: AsOption, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Ask for a fresh approval that takes in what matches today; exits with 4 while it waits."""
    run(_moved({"verb": "review", "schedule": schedule_id, "as": person}, config, as_json=as_json))


def minutes(word: str) -> int:
    """A duration in minutes. Raises SettingsError naming the word. Pure."""
    found = _DURATION.fullmatch(word.strip().lower())
    if found is None or not int(found[1]):
        raise SettingsError(f"--by {word}: that is no duration.", hint="Say 45m, 2h or 1d.")
    return int(found[1]) * _MINUTES[found[2]]


async def _rows(config: Path | None) -> list[Row]:
    """Every schedule, ended ones too, oldest first. Raises EscherError."""
    if (running := await through(home(), {"do": SCHEDULES})) is not None:
        return [row async for row in of_the_bot(running)]
    settings = settings_from(config)
    ring = await open_ring(settings.estate, home(), os.environ)
    journal = await Journal.open(home() / JOURNAL_FOLDER, ring.current.for_("journal"), SystemClock(), older=ring.for_others("journal"))
    try:
        return schedule_rows(journal)
    finally:
        await journal.close()


async def _listed(config: Path | None, *, ended: bool, as_json: bool) -> Exit:
    found = [row for row in await _rows(config) if ended or row["state"] != "ended"]
    if as_json:
        say_json(found)
    elif found:
        for row in found:
            out.print(
                f"{row['id']}  {row['state']:<8}  {_clock(row['next_at']) or '-':<20}  {row['title']}  ({row['when']})", soft_wrap=True
            )
    else:
        errors.print("Nothing is scheduled. Say when, as in: escher ask \u201cstop all dev instances at 8pm daily\u201d --as PERSON")
    return Exit.DONE


async def _shown(schedule_id: str, config: Path | None, *, as_json: bool) -> Exit:
    found = next((row for row in await _rows(config) if row["id"] == schedule_id), None)
    if found is None:
        raise SettingsError(f"{schedule_id}: there is no such schedule.", hint="`escher schedule list` names those there are.")
    if as_json:
        say_json(found)
        return Exit.DONE
    for name in ("id", "title", "message", "when", "next", "state", "asked_by", "approved_by", "approved_until", "last", "says"):
        value = _clock(found["next_at"]) if name == "next" else found[name]
        if value:
            said = ", ".join(value) if isinstance(value, list) else value
            out.print(f"{name.replace('_', ' '):>15}  {said}", soft_wrap=True)
    return Exit.DONE


def _clock(at: str) -> str:
    """A moment in this machine's zone."""
    return f"{datetime.fromisoformat(at).astimezone():%a %Y-%m-%d %H:%M}" if at else ""


async def _moved(wish: Mapping[str, str], config: Path | None, *, as_json: bool) -> Exit:
    by = {"by": str(minutes(wish["by"]))} if "by" in wish else {}
    asked = {**wish, **by, "do": SCHEDULE, "width": str(shutil.get_terminal_size((100, 24)).columns)}
    running = await through(home(), asked)
    said: list[Row] = []
    async for line in running if running is not None else _alone(asked, config):
        if "error" in line:
            raise (Refused if line.get("refused") else EscherError)(line["error"])
        said.append(line)
        if not as_json:
            sys.stdout.write(line["text"].rstrip("\n") + "\n\n")
    if as_json:
        say_json({"outcome": next((line["outcome"] for line in said if line["outcome"]), None), "cards": [line["card"] for line in said]})
    return code_of(said)


async def _alone(wish: Mapping[str, str], config: Path | None) -> AsyncIterator[Row]:
    settings = settings_from(config)
    person_in(settings, wish["as"])
    async with opened(home(), settings, os.environ) as app:
        recorder = Recorder()
        app.conversation.add(recorder)
        await app.conversation.runs.recover()
        async for card, outcome in perform(app, recorder, wish):
            yield line_of(card, wish["as"], int(wish["width"]), outcome)
