"""What Escher asks of a chat platform, and what a platform hands to Escher. Pure (Protocols and values).

A platform turns its events into `Message`, `Retraction` and `Click`, hands them to the `Inbox`, and shows `Card`s. It knows nothing of plans
or approvals: who may click what is decided behind the inbox, each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.cards.card import Action, Card


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said. `thread` is the id of the thread's first message, and never empty once a message was received."""

    platform: str
    channel: str
    thread: str


@dataclass(frozen=True, slots=True)
class Message:
    """Something a person wrote. `login` is the platform's own id of the person, proven by the platform.

    `id` names the delivery, is unique per platform, and is the same when the platform delivers again. `about` is the platform's name of the
    message itself, by which an edit or a deletion refers to it later; `edits` is the `about` of the message that this one takes the place of.
    """

    id: str
    place: Place
    login: str
    text: str
    about: str = ""
    edits: str = ""


@dataclass(frozen=True, slots=True)
class Retraction:
    """A message was deleted. `of` is its `Message.about`; `id` names the delivery, as in `Message`."""

    id: str
    place: Place
    login: str
    of: str


@dataclass(frozen=True, slots=True)
class Click:
    """A pressed button, with the form's fields if it had one. Nothing in here is trusted but `login` and `guest`, which the platform proved.

    `id` names the delivery, as in `Message`. `guest` is true for guests of the workspace, people of other organisations, and bots.
    """

    id: str
    place: Place
    login: str
    verb: str
    subject: str
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    guest: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to pick while typing. `value` is what is meant (a resource's exact id), `says` what to write for it, `name` and `detail` what
    is shown: the detail tells it from others of that name.
    """

    value: str
    says: str
    name: str
    detail: str


class Inbox(Protocol):
    """The bot behind a platform. No call raises: what goes wrong becomes a card. Second deliveries of one id are dropped, after a restart too."""

    async def received(self, message: Message) -> None:
        """Takes a message. Returns when it is written down, before it is answered; replies come through the platform's own `show`."""
        ...

    async def retracted(self, retraction: Retraction) -> None:
        """Takes note that a message was deleted: what still waits because of it is withdrawn."""
        ...

    async def clicked(self, click: Click) -> Card | None:
        """Acts on a click. What is returned is for the clicking person alone: a refusal, or a card to show in a modal."""
        ...

    async def form(self, click: Click) -> Action | Card:
        """What a button with a form asks for now: the button with its form made afresh, or a refusal when it means nothing any more."""
        ...

    async def complete(self, platform: str, login: str, text: str) -> Sequence[Suggestion]:
        """The resources whose names somebody may be typing, best first; none for a stranger, and none where the estate is away."""
        ...

    @property
    def rooms(self) -> Mapping[str, str]:
        """The words that show a standing view (`status`, `approvals`, …), each with what it shows. `home` is the first."""
        ...

    async def enter(self, place: Place, login: str, room: str, words: str = "") -> Sequence[Card]:
        """A standing view for one person alone; `words` is what was said after the room's name. Unknown rooms answer with the help."""
        ...


class Posts(Protocol):
    """Which card stands where, remembered across restarts. `reference` is the platform's own name of a message it posted, any short text."""

    def find(self, place: Place, subject: str) -> str:
        """The reference kept for a subject in a place; '' when there is none."""
        ...

    async def keep(self, place: Place, subject: str, reference: str) -> None:
        """Remembers where a subject stands; it is on disk when this returns. Never raises."""
        ...


class Platform(Protocol):
    """A place where people talk to Escher.

    Laws: `show` with a card whose `subject` was shown before in the same place replaces what stands there, for everybody, after a restart
    too; cards for one place appear in the order of the calls, though a version that was overtaken by a newer one may never appear. `show` and
    `whisper` may be called from any task, may be repeated, never raise, and do not wait for the platform.
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

    async def direct(self, login: str) -> Place | None:
        """The place where this person alone is spoken to; None where the platform has none or cannot reach them."""
        ...

    async def run(self, inbox: Inbox) -> None:
        """Serves until cancelled."""
        ...
