"""The web chat as a platform: serves the chat and the console on loopback until it is cancelled. Edge."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bot.cards.card import Card
from bot.platforms.listening import serve, take
from bot.platforms.platform import Inbox, Message, Place
from bot.platforms.web import chat_routes, door_routes, file_routes, office_routes
from bot.platforms.web.doors import PLATFORM, Doors, Terms
from bot.platforms.web.guard import Guard
from bot.platforms.web.history import DIRECT, Bounds, Entry, History, direct_channel
from bot.platforms.web.office import Office
from bot.platforms.web.ring import Ring
from bot.platforms.web.room import Room, Texts
from bot.platforms.web.shelf import Shelf
from engine.clock import Clock, SystemClock, fresh_id
from engine.settings import Person


@dataclass(frozen=True, slots=True)
class WebConfig:
    """How the web chat is served.

    `port` 0 takes a free one. `key` signs sessions: with the same key they outlive a restart, empty means a new one each start.
    `hosts` are further names it may be addressed by, as in a container behind a proxy; loopback names always work.
    `ring` is how many happenings are kept for browsers that were away.
    """

    people: Sequence[Person]
    host: str = "127.0.0.1"
    port: int = 8765
    key: bytes = b""
    channels: tuple[str, ...] = ("general", "incidents")
    hosts: tuple[str, ...] = ()
    terms: Terms = field(default_factory=Terms)
    texts: Texts = field(default_factory=Texts)
    bounds: Bounds = field(default_factory=Bounds)
    ring: int = 1000


@dataclass(frozen=True, slots=True)
class Recalled:
    """Something shown before this process began, to be shown again: a message with a `login`, or a card, perhaps `only` for one login."""

    place: Place
    at: datetime
    login: str = ""
    text: str = ""
    card: Card | None = None
    only: str = ""


class WebPlatform:
    """The platform for people without Slack or Teams."""

    def __init__(self, config: WebConfig, office: Office, clock: Clock | None = None) -> None:
        self._config = config
        self._office = office
        self._clock = clock or SystemClock()
        self._doors = Doors(config.people, config.key or secrets.token_bytes(32), self._clock, config.terms)
        self._history = History(config.channels, config.bounds)
        self._names = {person.logins[PLATFORM]: person.name for person in config.people if PLATFORM in person.logins}
        self._shelf = Shelf()
        self._ring = Ring(secrets.token_hex(4), config.ring)
        self._socket: socket.socket | None = None
        self._port = config.port

    @property
    def name(self) -> str:
        return PLATFORM

    @property
    def address(self) -> str:
        """Where it is served. With port 0 the port is taken when this is first asked. Raises SettingsError when the port is taken."""
        host = f"[{self._config.host}]" if ":" in self._config.host else self._config.host
        return f"http://{host}:{self._port or self.open()}"

    def open(self) -> int:
        """Takes the port now, so that a port in use is known at once, and returns it. Raises SettingsError."""
        if self._socket is None:
            self._socket = take(self._config.host, self._port, "web_port")
            self._port = int(self._socket.getsockname()[1])
        return self._port

    def login_link(self, person_id: str) -> str:
        """An address that signs this person in, once. Raises SettingsError when the person is unknown or has no web login."""
        return f"{self.address}/login/{self._doors.new_link(person_id)}"

    def recall(self, shown: Sequence[Recalled]) -> None:
        """Puts back what was shown before a restart, oldest first; open browsers are told to look again."""
        for one in shown:
            if one.card is not None:
                self._history.shown(self._entry(one.place, one.card, one.only, one.at))
                continue
            fresh = fresh_id("m")
            message_id = fresh if self._history.knows(one.place) else one.place.thread or fresh
            self._history.said(Message(message_id, one.place, one.login, one.text), one.at)

    async def show(self, place: Place, card: Card) -> None:
        """Shows or replaces a card for everybody in the place."""
        self._put(place, card, only="")

    async def whisper(self, place: Place, login: str, card: Card) -> None:
        """Shows a card to one person only."""
        self._put(place, card, only=login)

    async def direct(self, login: str) -> Place | None:
        """The channel that only this person sees; None for somebody without a web login."""
        return Place(PLATFORM, direct_channel(login), "") if login in self._names else None

    def _put(self, place: Place, card: Card, only: str) -> None:
        change = self._history.shown(self._entry(place, card, only, self._clock.now()))
        self._ring.add(change.entry.id, added=change.added)

    def _entry(self, place: Place, card: Card, only: str, at: datetime) -> Entry:
        """A card for the history. Its files go on the shelf of the one person who sees it; what everybody sees keeps none."""
        person = only or (place.channel.removeprefix(DIRECT) if place.channel.startswith(DIRECT) else "")
        kept = self._shelf.put(person, card.files) if person else ()
        return Entry(fresh_id("m"), place, at, card=replace(card, files=()), only=only, kept=kept)

    async def run(self, inbox: Inbox) -> None:
        """Serves until cancelled. Raises SettingsError when the port is taken."""
        self.open()
        assert self._socket is not None
        taken, self._socket = self._socket, None
        await serve(build_app(self._room(inbox), self._config.hosts), taken, self._ring.close)

    def _room(self, inbox: Inbox) -> Room:
        return Room(
            doors=self._doors,
            history=self._history,
            ring=self._ring,
            shelf=self._shelf,
            office=self._office,
            inbox=inbox,
            clock=self._clock,
            names=self._names,
            cookie=f"escher-{self._port}",  # cookies do not tell ports apart
            texts=self._config.texts,
        )


def build_app(room: Room, hosts: Sequence[str] = ()) -> ASGIApp:
    """The application around a room."""
    static = Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app = Starlette(
        routes=[*door_routes.ROUTES, *chat_routes.ROUTES, *office_routes.ROUTES, *file_routes.ROUTES, static],
        exception_handlers={500: _broken},
    )
    app.state.room = room
    return Guard(app, hosts)


async def _broken(_request: Request, error: Exception) -> Response:
    """What a person sees of a defect; the server logs the rest."""
    return PlainTextResponse(
        f"Something broke inside Escher ({type(error).__name__}). What you wrote was kept; nothing else is known.", status_code=500
    )
