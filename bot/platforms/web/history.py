"""What was said and shown since the start: channels, threads and their entries, bounded, in memory. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.cards.card import Card
from bot.platforms.platform import Message, Place

DIRECT = "@"


def direct_channel(login: str) -> str:
    """The channel that only this person sees."""
    return DIRECT + login


def open_to(channel: str, login: str) -> bool:
    """Whether this person may read and write in a channel: everybody's, or their own."""
    return not channel.startswith(DIRECT) or channel == direct_channel(login)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file on the shelf, as a link tells of it. `id` cannot be guessed; `size` in bytes."""

    id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One message or card. `login` is who wrote it, empty for Escher; `only` is the one login that may see it, empty for everybody.

    `kept` are the card's files on the shelf; the card here carries none.
    """

    id: str
    place: Place
    at: datetime
    login: str = ""
    text: str = ""
    card: Card | None = None
    only: str = ""
    kept: tuple[Kept, ...] = ()

    def visible_to(self, login: str) -> bool:
        """Whether this person may see it."""
        return self.only in ("", login) and open_to(self.place.channel, login)


@dataclass(frozen=True, slots=True)
class Change:
    """What a call did to the history: a new entry, or another version of one."""

    entry: Entry
    added: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread as one person sees it."""

    id: str
    channel: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is kept: threads in a channel, entries in a thread."""

    threads: int = 300
    entries: int = 300


@dataclass(slots=True)
class History:
    """Everything a browser can see of the chat.

    A place without a thread begins one. A card replaces the one of the same subject in the same place and for the same eyes.
    """

    channels: tuple[str, ...]
    bounds: Bounds = field(default_factory=Bounds)
    _threads: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    _entries: dict[str, Entry] = field(default_factory=dict)
    _subjects: dict[tuple[str, str, str, str], str] = field(default_factory=dict)

    def said(self, message: Message, at: datetime) -> Change:
        """Takes a person's message."""
        return self._add(Entry(message.id, message.place, at, login=message.login, text=message.text))

    def shown(self, entry: Entry) -> Change:
        """Takes a card, as a new entry or in the place of the one with its subject."""
        card = entry.card
        if card is not None and card.subject:
            known = self._subjects.get(_key(entry.place.channel, entry.place.thread, card.subject, entry.only))
            if known is not None and known in self._entries:
                self._entries[known] = replace(self._entries[known], card=card, kept=entry.kept)
                return Change(self._entries[known], added=False)
        return self._add(entry)

    def entry(self, entry_id: str) -> Entry | None:
        """An entry as it stands now, or None when it was dropped."""
        return self._entries.get(entry_id)

    @property
    def shared(self) -> tuple[str, ...]:
        """The channels of everybody."""
        return tuple(channel for channel in self.channels if not channel.startswith(DIRECT))

    def has(self, channel: str, login: str) -> bool:
        """Whether there is such a channel for this person; their own always is."""
        return open_to(channel, login) and (channel in self.channels or channel == direct_channel(login))

    def knows(self, place: Place) -> bool:
        """Whether the place's thread is still here."""
        return place.thread in self._threads.get(place.channel, {})

    def home(self, subject: str, login: str) -> Place | None:
        """Where a subject was shown last to everybody, or to this person in their own channel; None when it was not."""
        for (channel, _, known, only), entry_id in reversed(self._subjects.items()):
            if known == subject and not only and open_to(channel, login) and entry_id in self._entries:
                return self._entries[entry_id].place
        return None

    def threads(self, channel: str, login: str, *, before: str = "", most: int = 40) -> tuple[Sequence[Thread], bool]:
        """The newest threads this person sees, oldest of them first, and whether there are earlier ones."""
        ids = list(self._threads.get(channel, {}))
        if before in ids:
            ids = ids[: ids.index(before)]
        seen = [thread for thread in (self.thread(channel, each, login) for each in ids) if thread.entries]
        return seen[-most:], len(seen) > most

    def thread(self, channel: str, thread_id: str, login: str) -> Thread:
        """One thread with what this person may see of it."""
        entries = (self._entries[entry] for entry in self._threads.get(channel, {}).get(thread_id, ()))
        return Thread(thread_id, channel, tuple(entry for entry in entries if entry.visible_to(login)))

    def opens_thread(self, entry: Entry, login: str) -> bool:
        """Whether this entry is the first this person sees of its thread."""
        seen = self.thread(entry.place.channel, entry.place.thread, login).entries
        return bool(seen) and seen[0].id == entry.id

    def _add(self, entry: Entry) -> Change:
        channel, thread = entry.place.channel, entry.place.thread or entry.id
        given = entry.place.thread
        entry = replace(entry, place=replace(entry.place, thread=thread))
        if channel not in self.channels:
            self.channels = (*self.channels, channel)
        self._entries[entry.id] = entry
        self._threads.setdefault(channel, {}).setdefault(thread, []).append(entry.id)
        if entry.card is not None and entry.card.subject:
            for known_as in {thread, given}:
                self._subjects[_key(channel, known_as, entry.card.subject, entry.only)] = entry.id
        self._trim(channel, thread)
        return Change(entry, added=True)

    def _trim(self, channel: str, thread: str) -> None:
        """Drops the oldest beyond the bounds; a thread's first entry stays, since the others answer it."""
        ids = self._threads[channel][thread]
        if len(ids) > self.bounds.entries:
            self._drop([ids.pop(1)])
        if len(self._threads[channel]) > self.bounds.threads:
            oldest = next(iter(self._threads[channel]))
            self._drop(self._threads[channel].pop(oldest))

    def _drop(self, ids: Iterable[str]) -> None:
        gone = set(ids)
        for entry_id in gone:
            del self._entries[entry_id]
        self._subjects = {key: entry_id for key, entry_id in self._subjects.items() if entry_id not in gone}


def _key(channel: str, thread: str, subject: str, only: str) -> tuple[str, str, str, str]:
    return channel, thread, subject, only
