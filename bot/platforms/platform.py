"""What Escher asks of a chat platform, and what a platform hands to Escher. Pure (Protocols and values).

A platform turns its events into `Message` and `Click`, hands them to the `Inbox`, and shows `Card`s. It knows nothing of plans or approvals:
who may click what is decided behind the inbox, each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.cards.card import Card


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said. `thread` is the id of the thread's first message, and never empty once a message was received."""

    platform: str
    channel: str
    thread: str


@dataclass(frozen=True, slots=True)
class Message:
    """Something a person wrote. `login` is the platform's own id of the person, proven by the platform; `id` is unique per platform."""

    id: str
    place: Place
    login: str
    text: str


@dataclass(frozen=True, slots=True)
class Click:
    """A pressed button, with the form's fields if it had one. Nothing in here is trusted but `login`, which the platform proved."""

    id: str
    place: Place
    login: str
    verb: str
    subject: str
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Inbox(Protocol):
    """The bot behind a platform. Both calls return quickly; replies come through the platform's own `show`."""

    async def received(self, message: Message) -> None:
        """Takes a message. Never raises: what goes wrong becomes a card."""
        ...

    async def clicked(self, click: Click) -> Card | None:
        """Takes a click. What is returned is for the clicking person alone: a refusal, or a card to show in a modal."""
        ...


class Platform(Protocol):
    """A place where people talk to Escher.

    Laws: `show` with a card whose `subject` was shown before in the same place replaces what stands there, for everybody; cards for
    one place appear in the order of the calls. `show` and `whisper` may be called from any task, and may be repeated.
    Every implementation is held to `tests/contracts/test_platform.py`.
    """

    @property
    def name(self) -> str: ...

    async def show(self, place: Place, card: Card) -> None:
        """Shows or replaces a card for everybody in the place."""
        ...

    async def whisper(self, place: Place, login: str, card: Card) -> None:
        """Shows a card to one person only."""
        ...

    async def run(self, inbox: Inbox) -> None:
        """Serves until cancelled."""
        ...
