"""Where conversations are reached, remembered across restarts, so that Escher can speak first. Edge (posts).

All of it stands in the bot's `Posts` under places of this platform that no card is ever shown in:
- `(channel, "reference")`, subject `conversation`: a `Reference` as JSON
- `("people", login)`, subject `personal`: the id of the personal chat with that person
- `("service", "reference")`, subject `address`: the service address that was heard last, for chats that are yet to be opened
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from bot.platforms.platform import Place, Posts
from bot.platforms.teams.auth import served_by
from bot.platforms.teams.heard import CHANNEL, PERSONAL, PLATFORM, WHOLE, Heard

_SERVICE = Place(PLATFORM, "service", "reference")


@dataclass(frozen=True, slots=True)
class Reference:
    """How a conversation is spoken to. `style` is personal, groupChat or channel; `bot` is what the bot is called there."""

    service_url: str
    style: str
    bot: str


class References:
    """One for a platform. What was kept is believed only while `service_urls` still allow it."""

    def __init__(self, posts: Posts, service_urls: tuple[str, ...]) -> None:
        self._posts = posts
        self._allowed = service_urls
        self._unkept: dict[tuple[Place, str], str] = {}

    def note(self, heard: Heard) -> None:
        """Knows from now on the conversation that something was heard in, and whose it is. `keep` writes it down."""
        reference = Reference(heard.service_url, heard.conversation, heard.bot)
        self._note(_conversation(heard.place.channel), "conversation", json.dumps(asdict(reference)))
        self._note(_SERVICE, "address", json.dumps([heard.service_url, heard.bot]))
        if heard.conversation == PERSONAL and heard.person:
            self._note(_person(heard.login), "personal", heard.place.channel)

    def note_personal(self, login: str, conversation: str, like: Reference) -> None:
        """Knows from now on a personal chat that we opened; `like` is how it is reached."""
        self._note(_person(login), "personal", conversation)
        self._note(_conversation(conversation), "conversation", json.dumps(asdict(like)))

    async def keep(self) -> None:
        """Writes down what was noted. Separate, so that a message need not wait for it and be overtaken by the next one."""
        for (place, subject), text in list(self._unkept.items()):
            await self._posts.keep(place, subject, text)
            if self._unkept.get((place, subject)) == text:
                del self._unkept[place, subject]

    def of(self, channel: str) -> Reference | None:
        """How a conversation is spoken to; None when it was never heard of."""
        kept = self._find(_conversation(channel), "conversation")
        if not kept:
            return None
        reference = Reference(**json.loads(kept))
        return reference if served_by(reference.service_url, self._allowed) else None

    def personal(self, login: str) -> Place | None:
        """The personal chat with somebody, if it is known."""
        kept = self._find(_person(login), "personal")
        return Place(PLATFORM, kept, WHOLE) if kept else None

    def newest(self) -> Reference | None:
        """How a personal chat that is yet to be opened would be reached."""
        kept = self._find(_SERVICE, "address")
        if not kept:
            return None
        service_url, bot = json.loads(kept)
        return Reference(service_url, PERSONAL, bot) if served_by(service_url, self._allowed) else None

    def greeted(self, channel: str) -> bool:
        """Whether the conversation was greeted before; it counts as greeted from now on."""
        before = self._find(_conversation(channel), "greeted")
        self._note(_conversation(channel), "greeted", "yes")
        return bool(before)

    def _find(self, place: Place, subject: str) -> str:
        return self._unkept.get((place, subject)) or self._posts.find(place, subject)

    def _note(self, place: Place, subject: str, text: str) -> None:
        if self._find(place, subject) != text:
            self._unkept[place, subject] = text


def addressed(place: Place, reference: Reference) -> str:
    """The conversation id that a message for the place is sent to: a channel's thread has one of its own."""
    return f"{place.channel};messageid={place.thread}" if reference.style == CHANNEL and place.thread != WHOLE else place.channel


def _person(login: str) -> Place:
    """Ids are the same in any case, as they are written in settings and in Teams."""
    return Place(PLATFORM, "people", login.lower())


def _conversation(channel: str) -> Place:
    return Place(PLATFORM, channel, "reference")
