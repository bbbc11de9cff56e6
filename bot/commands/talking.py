"""`escher ask`, `approve`, `deny`, `undo`, `chat` and `run`: the bot from a terminal. Edge."""

from __future__ import annotations

import asyncio
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.app import App, opened, web_platform
from bot.cards.card import Card
from bot.cards.plain import plain
from bot.commands.session import AsOption, ConfigOption, Exit, JsonOption, errors, home, person_in, run, say_json, settings_from
from bot.conversation import Spoken
from bot.platforms.console import ConsolePlatform
from bot.platforms.platform import Click, Place
from engine.clock import fresh_id


class Recorder:
    """A platform that keeps what is shown: for `--json`."""

    name = "console"

    def __init__(self) -> None:
        self.cards: list[Card] = []

    async def show(self, place: Place, card: Card) -> None:
        """Keeps a card; a later version of one replaces it."""
        del place
        self.cards = [one for one in self.cards if not card.subject or one.subject != card.subject] + [card]

    async def whisper(self, place: Place, login: str, card: Card) -> None:
        """Keeps a card for one person, as any."""
        del login
        await self.show(place, card)

    async def run(self, inbox: object) -> None:
        """Nothing comes in by itself."""


def ask(text: str, person: AsOption, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Say something to Escher: ask a question or ask for a change.

    A change that needs no approval runs and is followed to its end; one that waits exits with 4 and prints its id.
    """
    run(_say(text, person, config, as_json=as_json))


def approve(plan: str, person: AsOption, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Approve a waiting plan and follow its run to the end."""
    run(_click("approve", plan, person, config, as_json=as_json))


def deny(
    plan: str,
    person: AsOption,
    reason: Annotated[str, typer.Option(help="Why not; stands on the card.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Deny a waiting plan; nothing is touched."""
    run(_click("deny", plan, person, config, reason=reason, as_json=as_json))


def undo(
    run_id: Annotated[str, typer.Argument(metavar="RUN")], person: AsOption, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Take a finished run back, by the same rules of approval."""
    run(_say(f"undo {run_id}", person, config, as_json=as_json))


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


async def _say(text: str, person_id: str, config: Path | None, *, as_json: bool) -> Exit:
    settings = settings_from(config)
    person = person_in(settings, person_id)
    async with opened(home(), settings, os.environ) as app:
        platform = _platform(app, person.id, as_json=as_json)
        place = Place("console", "terminal", fresh_id("m"))
        spoken = await app.conversation.answer(person, place, text)
        for card in spoken.reply.cards:
            await platform.show(place, card)
        if spoken.filed is not None and spoken.filed.request.state == "approved":
            app.conversation.runs.start(spoken.filed.plan.id)
        await app.conversation.runs.settled()
        return _ended(platform, spoken, as_json=as_json)


async def _click(verb: str, plan_id: str, person_id: str, config: Path | None, *, reason: str = "", as_json: bool) -> Exit:
    settings = settings_from(config)
    person = person_in(settings, person_id)
    async with opened(home(), settings, os.environ) as app:
        platform = _platform(app, person.id, as_json=as_json)
        filed = app.engine.desk.find(plan_id.partition(".")[0])
        place = Place("console", "terminal", filed.plan.place.get("thread", "") if filed else "")
        subject = plan_id if "." in plan_id or filed is None else f"{plan_id}.{filed.plan.digest[:12]}"
        refused = await app.conversation.clicked(Click(fresh_id("c"), place, person.id, verb, subject, {"reason": [reason]}))
        if refused is not None:
            await platform.show(place, refused)
        await app.conversation.runs.settled()
        return _ended(platform, None, as_json=as_json)


def _platform(app: App, person_id: str, *, as_json: bool) -> Recorder | ConsolePlatform:
    platform: Recorder | ConsolePlatform = Recorder() if as_json else Watching(person_id)
    app.conversation.add(platform)
    return platform


class Watching(ConsolePlatform):
    """The terminal, remembering the last card, which decides the exit code."""

    def __init__(self, login: str) -> None:
        super().__init__(login, Console(highlight=False, markup=False, emoji=False))
        self.cards: list[Card] = []

    async def show(self, place: Place, card: Card) -> None:
        """Draws a card and remembers it."""
        self.cards.append(card)
        await super().show(place, card)


def _ended(platform: Recorder | ConsolePlatform, spoken: Spoken | None, *, as_json: bool) -> Exit:
    cards = platform.cards if isinstance(platform, Recorder | Watching) else []
    if as_json:
        say_json({"outcome": spoken.outcome if spoken else None, "cards": [_data(card) for card in cards]})
    return code_of(cards)


def code_of(cards: list[Card]) -> Exit:
    """The exit code that the last cards amount to."""
    if not cards:
        return Exit.DONE
    match cards[-1]:
        case Card(kind="refusal"):
            return Exit.REFUSED
        case Card(kind="error"):
            return Exit.FAILED
        case Card(kind="outcome", tone=tone):
            return Exit.DONE if tone == "good" else Exit.FAILED
        case Card(kind="plan", actions=actions) if any(action.verb == "approve" for action in actions):
            return Exit.WAITS
        case _:
            return Exit.DONE


def _data(card: Card) -> dict[str, Any]:
    return {**asdict(card), "text": plain(card)}


async def _chat(person_id: str, config: Path | None) -> Exit:
    settings = settings_from(config)
    person = person_in(settings, person_id)
    async with opened(home(), settings, os.environ) as app:
        terminal = ConsolePlatform(person.id)
        app.conversation.add(terminal)
        await terminal.run(app.conversation)
    return Exit.DONE


async def _serve(config: Path | None, port: int | None, *, scan: bool) -> Exit:
    settings = settings_from(config)
    async with opened(home(), settings, os.environ) as app:
        web = web_platform(app, port)
        web.open()
        await app.conversation.runs.recover()
        errors.print(f"Web chat: {web.address}")
        for person in settings.people:
            if "web" in person.logins:
                errors.print(f"  {person.name} signs in once with {web.login_link(person.id)}", soft_wrap=True)
        async with asyncio.TaskGroup() as group:
            if scan and settings.accounts:
                group.create_task(_scan(app))
            group.create_task(web.run(app.conversation))
    return Exit.DONE


async def _scan(app: App) -> None:
    tally = await app.engine.sweeper.sweep()
    app.office.scanned()
    errors.print(f"Scanned: {tally.resources} resources, {len(tally.gaps)} gaps.")
