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
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot import calling
from bot.cards.card import Card
from bot.cards.plain import plain
from bot.platforms.console_render import command_hint, render_text
from bot.platforms.platform import Click, Message, Place
from engine.clock import fresh_id
from engine.collections.questions import asked
from engine.errors import EscherError, Refused, SettingsError
from engine.journal.journal import Journal
from engine.request import inquiries
from engine.schedules.cadence import in_words
from engine.schedules.history import KINDS, Book
from engine.schedules.schedule import Schedule
from engine.secrets.rotation import Replacement
from engine.settings import Person

if TYPE_CHECKING:
    from bot.app import App


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
    if wish.get("do") == calling.SCHEDULE:
        yield await _of_schedule(app, person, wish)
        await app.conversation.runs.settled()
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


async def _of_schedule(app: App, person: Person, wish: Mapping[str, str]) -> tuple[Card, str]:
    """What is done to a schedule, as by somebody who says it in chat. Raises Refused."""
    schedules = app.conversation.schedules
    by = timedelta(minutes=int(wish.get("by") or 60))
    done = await schedules.said(wish.get("verb", ""), schedules.known(wish.get("schedule", "")), person, by)
    if isinstance(done, Card):
        return done, "answer"
    if done.request.state == "approved":
        await app.conversation.runs.start(done.plan.id)
    return await app.conversation.showing.draw(app.engine.desk.find(done.plan.id) or done), "schedule"


def schedule_rows(journal: Journal) -> list[dict[str, Any]]:
    """Every schedule, ended ones too, oldest first, as plain data for commands and programs; moments in UTC, ISO 8601, '' for none."""
    book = Book()
    for entry in journal.entries(KINDS):
        book.apply(entry)
    return [_schedule_row(one) for one in book.schedules.values()]


def _schedule_row(schedule: Schedule) -> dict[str, Any]:
    standing, last = schedule.standing, schedule.last
    return {
        "id": schedule.id,
        "title": schedule.title,
        "message": schedule.message,
        "when": in_words(schedule.cadence),
        "cron": schedule.cadence.cron,
        "run_at": schedule.cadence.run_at.isoformat() if schedule.cadence.run_at else "",
        "timezone": schedule.cadence.timezone,
        "state": schedule.state,
        "snoozed": schedule.snoozed,
        "next_at": schedule.next_at.isoformat() if schedule.next_at else "",
        "asked_by": schedule.asked_by,
        "made_at": schedule.made_at.isoformat(),
        "review": schedule.review,
        "approved_by": list(standing.approved_by) if standing else [],
        "approved_until": standing.until.isoformat() if standing else "",
        "last": last.result if last else "",
        "last_due": last.due.isoformat() if last else "",
        "says": last.says if last else "",
        "run": last.run if last else "",
    }


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
    path = app.engine.home / calling.SOCKET

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, json.JSONDecodeError, ValueError):
            wish = json.loads(await reader.readline())
            await _answer(app, recorder, wish, writer)
        writer.close()

    with contextlib.suppress(FileNotFoundError):
        path.unlink()  # left by a kill; the journal's lock says that no other bot runs here
    before = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(serve, path, limit=calling.LONGEST_LINE)
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
        async for line in _lines_of(app, recorder, wish):
            await send(line)
    except EscherError as error:
        await send({"error": str(error), "refused": isinstance(error, Refused)})
    await send({"end": True})


async def _lines_of(app: App, recorder: Recorder, wish: Mapping[str, str]) -> AsyncIterator[dict[str, Any]]:
    """What a wish is answered with, line by line. Raises EscherError."""
    match wish.get("do"):
        case calling.ESTATE:
            yield {"row": await inquiries.asked(app.engine.estate, wish.get("ask", ""), wish)}
        case calling.KEY:
            async for row in key_replaced(app.engine.replacement, app.engine.journal):
                yield {"row": row}
        case calling.SCHEDULES:
            for row in schedule_rows(app.engine.journal):
                yield {"row": row}
        case calling.LIBRARY:
            async for row in asked(app.engine.library, wish.get("ask", ""), wish):
                yield {"row": row}
        case _:
            async for card, outcome in perform(app, recorder, wish):
                yield line_of(card, wish.get("as", ""), int(wish.get("width") or 80), outcome)


async def key_replaced(replacement: Replacement | None, journal: Journal) -> AsyncIterator[dict[str, Any]]:
    """A replacement of the data key begun or joined, as rows `{"part", "done", "total"}`; the last is `{"key", "entries", "last_hash"}`.

    It goes on when nobody listens any more. Raises EscherError; then both keys stay, and the next call goes on.
    """
    if replacement is None:
        raise Refused("Nothing here is sealed with a data key of its own.")
    async for stage in replacement.watched():
        if stage.over:
            number, digest = journal.last
            yield {"key": stage.part, "entries": number, "last_hash": digest}
        else:
            yield {"part": stage.part, "done": stage.done, "total": stage.total}
