"""Entries, threads and whole pages as HTML. Pure (reads only its own templates)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from bot.cards.card import Card
from bot.platforms.web.doors import Session
from bot.platforms.web.history import Entry, Thread
from bot.platforms.web.render import dom_id, render_card, template

PAGES = (("resources", "Resources"), ("executions", "Executions"), ("approvals", "Approvals"), ("journal", "Journal"))


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page: who looks, where, and from which mark on it wants to hear."""

    session: Session
    here: str
    channels: Sequence[str]
    mark: str
    names: Mapping[str, str]


def page(name: str, frame: Frame, **values: Any) -> str:
    """A whole page."""
    return str(template(name).render(frame=frame, pages=PAGES, view=_view(frame.names), **values))


def part(name: str, names: Mapping[str, str], **values: Any) -> str:
    """A piece of a page."""
    return str(template(name).render(view=_view(names), **values))


def plain_page(name: str, **values: Any) -> str:
    """A page for somebody who is not signed in."""
    return str(template(name).render(**values))


def thread_added(entry: Entry, names: Mapping[str, str]) -> str:
    """The event that puts a new thread, so far with one entry, at the end of the channel."""
    alone = Thread(entry.place.thread, entry.place.channel, (entry,))
    return f'<div hx-swap-oob="beforeend:#threads">{part("thread.html", names, thread=alone)}</div>'


def entry_added(entry: Entry, names: Mapping[str, str]) -> str:
    """The event that puts a new entry at the end of its thread."""
    return f'<div hx-swap-oob="beforeend:#r-{dom_id(entry.place.thread)}">{entry_html(entry, names)}</div>'


def entry_replaced(entry: Entry, names: Mapping[str, str]) -> str:
    """The event that puts an entry's new version where the old one stands."""
    return entry_html(entry, names, replaces=True)


def unread(channel: str) -> str:
    """The event that marks another channel in the navigation."""
    return f'<span id="unread-{dom_id(channel)}" class="unread" hx-swap-oob="true">new</span>'


def entry_html(entry: Entry, names: Mapping[str, str], *, replaces: bool = False) -> str:
    """One message or card with its author and time."""
    return part("entry.html", names, entry=entry, replaces=replaces)


def card_dialog(card: Card, key: str) -> str:
    """A card for one person, in a dialog."""
    return plain_page("dialog.html", card=card, key=dom_id(key), body=Markup(render_card(card, key)))  # noqa: S704 - render_card escapes


@dataclass(frozen=True, slots=True)
class View:
    """What templates may ask for."""

    names: Mapping[str, str]

    def author(self, entry: Entry) -> str:
        """Who wrote it, as a person's name."""
        return self.names.get(entry.login, entry.login) if entry.login else "Escher"

    def entry(self, entry: Entry) -> Markup:
        """The entry as HTML."""
        return Markup(entry_html(entry, self.names))  # noqa: S704 - the template escapes

    def thread(self, thread: Thread) -> Markup:
        """The thread as HTML."""
        return Markup(part("thread.html", self.names, thread=thread))  # noqa: S704 - the template escapes

    def card(self, card: Card, key: str) -> Markup:
        """The card as HTML."""
        return Markup(render_card(card, key))  # noqa: S704 - render_card escapes

    def say(self, entry: Entry) -> str:
        """What is read out when the entry arrives."""
        words = entry.card.title if entry.card else entry.text[:200]
        return f"{self.author(entry)}: {words}"


def _view(names: Mapping[str, str]) -> View:
    return View(names)
