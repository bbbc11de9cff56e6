"""The running bot's door for `escher ask`, `approve`, `history` …: a socket in the data folder that its owner alone may open. Edge.

One JSON line in, JSON lines out: `{"text", "card", "kind", "tone", "waits"}` for each card, or `{"row"}` for each row of what was asked of the
library or the estate; then `{"end": outcome}`. Who may open the socket may act as anybody, exactly as who may open the data folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.app import App
from bot.cards.card import Card
from bot.cards.plain import plain
from bot.platforms.console_render import command_hint, render_text
from bot.platforms.platform import Click, Message, Place
from engine.clock import fresh_id
from engine.collections.questions import asked
from engine.errors import JournalError, Refused, SettingsError, StoreError
from engine.request import inquiries
from engine.settings import Person

SOCKET = "control.sock"
LIBRARY = "library"
ESTATE = "estate"
_LONGEST_LINE = 16 * 2**20


class Recorder:
    """The console as seen through the socket: keeps what is shown in the caller's thread, and passes it on."""

    name = "console"

    def __init__(self) -> None:
        self._listeners: dict[str, asyncio.Queue[Card]] = {}

    def listen(self, thread: str) -> asyncio.Queue[Card]:
        """Everything shown in a thread from now on."""
        return self._listeners.setdefault(thread, asyncio.Queue())

    def leave(self, thread: str) -> None:
        """Stops listening."""
        self._listeners.pop(thread, None)

    async def show(self, place: Place, card: Card) -> None:
        """Passes a card to whoever listens in its thread; nobody listening loses nothing, the journal has it."""
        if queue := self._listeners.get(place.thread):
            queue.put_nowait(card)

    async def whisper(self, place: Place, login: str, card: Card) -> None:
        """There is one person at each end of the socket."""
        del login
        await self.show(place, card)

    async def direct(self, login: str) -> None:
        """Nobody sits at a socket for long enough to be told something later."""

    async def run(self, inbox: object) -> None:
        """What comes in comes through the socket."""


async def perform(app: App, recorder: Recorder, wish: Mapping[str, str]) -> AsyncIterator[tuple[Card, str]]:
    """One wish done to its end: its cards as they come, each with the outcome so far. Raises SettingsError for an unknown person."""
    person = _person(app, wish.get("as", ""))
    plan_id = wish.get("plan", "").partition(".")[0]
    filed = app.engine.desk.find(plan_id) if plan_id else None
    thread = filed.plan.place.get("thread", "") if filed and filed.plan.place.get("platform") == "console" else fresh_id("m")
    place = Place("console", "terminal", thread)
    queue = recorder.listen(thread)
    try:
        async for told in _told(app, place, person, wish):
            yield told
        while not queue.empty():
            yield queue.get_nowait(), ""
    finally:
        recorder.leave(thread)


async def _told(app: App, place: Place, person: Person, wish: Mapping[str, str]) -> AsyncIterator[tuple[Card, str]]:
    if wish.get("do") == "say":
        spoken = await app.conversation.asked(Message(fresh_id("m"), place, person.id, wish.get("text", "")), person)
        for card in spoken.reply.cards:
            yield card, spoken.outcome
        if spoken.filed is not None and spoken.filed.request.state == "approved":
            await app.conversation.runs.start(spoken.filed.plan.id)
        return
    plan_id, _, short = wish.get("plan", "").partition(".")
    filed = app.engine.desk.find(plan_id)
    subject = f"{plan_id}.{short or (filed.plan.digest[:12] if filed else '')}"
    refused = await app.conversation.clicked(
        Click(fresh_id("c"), place, person.id, wish.get("do", ""), subject, {"reason": [wish.get("reason", "")]})
    )
    if refused is not None:
        yield refused, ""
    await app.conversation.runs.settled()


def _person(app: App, person_id: str) -> Person:
    found = next((person for person in app.engine.settings.people if person.id == person_id), None)
    if found is None:
        known = ", ".join(person.id for person in app.engine.settings.people) or "nobody yet"
        raise SettingsError(f"--as {person_id}: nobody is called so.", hint=f"People in the configuration: {known}.")
    return found


def line_of(card: Card, person_id: str, width: int, outcome: str) -> dict[str, Any]:
    """A card for the other end: as text to print, and as data."""
    text = render_text(card, width, lambda action: command_hint(action, person_id))
    waits = any(action.verb == "approve" for action in card.actions)
    return {
        "text": text,
        "card": {**asdict(card), "text": plain(card)},
        "kind": card.kind,
        "tone": card.tone,
        "waits": waits,
        "outcome": outcome,
    }


@contextlib.asynccontextmanager
async def door(app: App) -> AsyncIterator[None]:
    """The socket, open while the bot runs."""
    recorder = Recorder()
    app.conversation.add(recorder)
    path = app.engine.home / SOCKET

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, json.JSONDecodeError, ValueError):
            wish = json.loads(await reader.readline())
            await _answer(app, recorder, wish, writer)
        writer.close()

    with contextlib.suppress(FileNotFoundError):
        path.unlink()  # left by a kill; the journal's lock says that no other bot runs here
    before = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(serve, path, limit=_LONGEST_LINE)
    finally:
        os.umask(before)
    async with server:
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


async def _answer(app: App, recorder: Recorder, wish: Mapping[str, str], writer: asyncio.StreamWriter) -> None:
    async def send(data: Mapping[str, Any]) -> None:
        writer.write(json.dumps(data, ensure_ascii=False).encode() + b"\n")
        await writer.drain()

    try:
        if wish.get("do") == ESTATE:
            await send({"row": await inquiries.asked(app.engine.estate, wish.get("ask", ""), wish)})
        elif wish.get("do") == LIBRARY:
            async for row in asked(app.engine.library, wish.get("ask", ""), wish):
                await send({"row": row})
        else:
            async for card, outcome in perform(app, recorder, wish):
                await send(line_of(card, wish.get("as", ""), int(wish.get("width") or 80), outcome))
    except (SettingsError, Refused, StoreError, JournalError) as error:
        await send({"error": str(error), "refused": isinstance(error, Refused)})
    await send({"end": True})


async def through(home: Path, wish: Mapping[str, str]) -> AsyncIterator[dict[str, Any]] | None:
    """The running bot's answer to a wish, line by line; None when no bot runs in this data folder."""
    try:
        reader, writer = await asyncio.open_unix_connection(home / SOCKET, limit=_LONGEST_LINE)
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
