"""`escher ask`, `approve`, `deny`, `undo`, `chat` and `run`: the bot from a terminal. Edge.

A bot that runs in this data folder does it; otherwise one is opened for the one wish.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.calling import through
from bot.commands.session import (
    AsOption,
    ConfigOption,
    Exit,
    JsonOption,
    errors,
    home,
    person_in,
    run,
    say_json,
    settings_from,
    until_stopped,
)
from engine.errors import EscherError, SettingsError

if TYPE_CHECKING:
    from bot.app import App
    from bot.platforms.platform import Platform


def ask(text: str, person: AsOption, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Say something to Escher: ask a question or ask for a change.

    A change that needs no approval runs and is followed to its end; one that waits exits with 4 and prints its id.
    """
    run(_wish({"do": "say", "text": text, "as": person}, config, as_json=as_json))


def approve(plan: str, person: AsOption, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Approve a waiting plan and follow its run to the end."""
    run(_wish({"do": "approve", "plan": plan, "as": person}, config, as_json=as_json))


def deny(
    plan: str,
    person: AsOption,
    reason: Annotated[str, typer.Option(help="Why not; stands on the card.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Deny a waiting plan; nothing is touched."""
    run(_wish({"do": "deny", "plan": plan, "reason": reason, "as": person}, config, as_json=as_json))


def undo(
    run_id: Annotated[str, typer.Argument(metavar="RUN")], person: AsOption, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Take a finished run back, by the same rules of approval."""
    run(_wish({"do": "say", "text": f"undo {run_id}", "as": person}, config, as_json=as_json))


def chat(person: AsOption, config: ConfigOption = None) -> None:
    """Chat in this terminal until the input ends."""
    run(_chat(person, config))


def serve(
    config: ConfigOption = None,
    port: Annotated[int | None, typer.Option(help="Port of the web chat; 0 takes a free one.")] = None,
    scan: Annotated[bool, typer.Option(help="Scan the clouds at start.")] = True,
) -> None:
    """Run the bot: the web chat on 127.0.0.1, with a one-time sign-in link for each person."""
    run(_serve(config, port, scan=scan))


async def _wish(wish: Mapping[str, str], config: Path | None, *, as_json: bool) -> Exit:
    """One wish, done by the running bot or by one opened for it; its cards printed as they come."""
    asked = {**wish, "width": str(shutil.get_terminal_size((100, 24)).columns)}
    running = await through(home(), asked)
    lines = running if running is not None else _alone(asked, config)
    said: list[dict[str, Any]] = []
    async for line in lines:
        if "error" in line:
            raise SettingsError(line["error"])
        said.append(line)
        if not as_json:
            sys.stdout.write(line["text"].rstrip("\n") + "\n\n")
            sys.stdout.flush()
    if as_json:
        say_json({"outcome": next((line["outcome"] for line in said if line["outcome"]), None), "cards": [line["card"] for line in said]})
    return code_of(said)


async def _alone(wish: Mapping[str, str], config: Path | None) -> AsyncIterator[dict[str, Any]]:
    from bot.app import opened
    from bot.control import Recorder, line_of, perform

    settings = settings_from(config)
    person_in(settings, wish["as"])
    async with opened(home(), settings, os.environ) as app:
        recorder = Recorder()
        app.conversation.add(recorder)
        await app.conversation.runs.recover()
        async for card, outcome in perform(app, recorder, wish):
            yield line_of(card, wish["as"], int(wish["width"]), outcome)


def code_of(said: list[dict[str, Any]]) -> Exit:
    """The exit code that the last card amounts to."""
    last = said[-1] if said else {"kind": "", "tone": "", "waits": False}
    if last["kind"] == "refusal":
        return Exit.REFUSED
    if last["kind"] == "error" or (last["kind"] == "outcome" and last["tone"] != "good"):
        return Exit.FAILED
    return Exit.WAITS if last["waits"] else Exit.DONE


async def _chat(person_id: str, config: Path | None) -> Exit:
    from bot.app import opened
    from bot.platforms.console import ConsolePlatform

    settings = settings_from(config)
    person = person_in(settings, person_id)
    async with opened(home(), settings, os.environ) as app:
        terminal = ConsolePlatform(person.id)
        app.conversation.add(terminal)
        await app.conversation.recover()
        await terminal.run(app.conversation)
    return Exit.DONE


async def _serve(config: Path | None, port: int | None, *, scan: bool) -> Exit:
    from bot.app import chat_platforms, opened, web_platform
    from bot.control import door

    settings = settings_from(config)
    async with opened(home(), settings, os.environ) as app, door(app):
        web = web_platform(app, port)
        web.open()
        for note in app.engine.notes:
            errors.print(f"Warning: {note}")
        errors.print(f"Web chat: {web.address}")
        for person in settings.people:
            if "web" in person.logins:
                errors.print(f"  {person.name} signs in once with {web.login_link(person.id)}")
        platforms = (web, *await chat_platforms(app, os.environ))
        # What start-up made stays: looking through all of it for garbage again and again would hold up every answer.
        gc.collect()
        gc.freeze()
        await until_stopped(_served(app, platforms, scan=scan))
    return Exit.DONE


async def _served(app: App, platforms: Sequence[Platform], *, scan: bool) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(app.conversation.recover())
        group.create_task(app.notices.run())
        group.create_task(app.keep())
        if scan and app.engine.settings.accounts:
            group.create_task(_scan(app))
        for platform in platforms:
            group.create_task(_platform(app, platform))


async def _platform(app: App, platform: Platform) -> None:
    """One platform; when it must give up, that is told, and the others go on."""
    if platform.name != "web":
        errors.print(f"{platform.name.capitalize()}: connecting.")
    try:
        await platform.run(app.conversation)
    except EscherError as error:
        errors.print(f"{platform.name.capitalize()} stopped: {error}")


async def _scan(app: App) -> None:
    """Scans now and then again; a scan that fails is told, and the next one tried."""
    while True:
        try:
            tally = await app.engine.sweeper.sweep()
        except EscherError as error:
            errors.print(f"The scan failed: {error}")
        else:
            errors.print(f"Scanned: {tally.resources} resources, {len(tally.gaps)} gaps.")
        if not app.engine.settings.scan_minutes:
            return
        await app.engine.clock.sleep(app.engine.settings.scan_minutes * 60)
