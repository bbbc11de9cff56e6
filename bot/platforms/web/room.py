"""What every route of the web chat shares: the doors, the history, the office, the inbox. Edge (holds them)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from bot.platforms.platform import Inbox
from bot.platforms.web.doors import Doors, Session
from bot.platforms.web.history import Change, History
from bot.platforms.web.office import Office
from bot.platforms.web.ring import Ring
from bot.platforms.web.shelf import Shelf
from bot.platforms.web.views import View
from engine.clock import Clock


@dataclass(frozen=True, slots=True)
class Texts:
    """Sentences that depend on how this bot is run."""

    new_link: str = "Whoever runs Escher finds a fresh link for everybody in the terminal, each time “escher run” starts."


@dataclass(slots=True)
class Once:
    """Keys of what was already taken, so that a repeated send does nothing twice; the oldest are forgotten."""

    most: int = 2000
    _seen: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def first(self, key: str) -> bool:
        """True the first time a key comes; an empty key always counts as new."""
        if not key:
            return True
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > self.most:
            self._seen.popitem(last=False)
        return True


@dataclass(slots=True)
class Room:
    """The shared parts. `names` maps a login to the person's name as shown."""

    doors: Doors
    history: History
    ring: Ring
    shelf: Shelf
    office: Office
    inbox: Inbox
    clock: Clock
    names: Mapping[str, str]
    cookie: str
    texts: Texts
    once: Once = field(default_factory=Once)

    def publish(self, change: Change) -> None:
        """Tells every open browser."""
        self.ring.add(change.entry.id, added=change.added)

    def view(self, session: Session) -> View:
        """What a session's pages show things with."""
        return View(self.names, session)


def room_of(connection: HTTPConnection) -> Room:
    """The room an app was built around."""
    room = connection.app.state.room
    assert isinstance(room, Room)
    return room


def session_of(connection: HTTPConnection) -> Session | None:
    """Who is asking, or None."""
    room = room_of(connection)
    return room.doors.session(connection.cookies.get(room.cookie, ""))
