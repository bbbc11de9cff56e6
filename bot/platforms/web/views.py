"""Entries, threads and whole pages as HTML. Pure (reads only its own templates)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from bot.cards.card import Card
from bot.platforms.web.doors import Session
from bot.platforms.web.history import Entry, Kept, Thread, direct_channel
from bot.platforms.web.render import Download, dom_id, render_card, template
from bot.platforms.web.shelf import address

PAGES = (
    ("resources", "Resources"),
    ("executions", "Executions"),
    ("approvals", "Approvals"),
    ("schedules", "Schedules"),
    ("journal", "Journal"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page: what it is shown with, where it is, and from which mark on it wants to hear."""

    view: View
    here: str
    channels: Sequence[str]
    mark: str

    @property
    def session(self) -> Session:
        """Who looks."""
        return self.view.session

    @property
    def direct(self) -> str:
        """The channel that only this person sees."""
        return direct_channel(self.session.login)


def page(name: str, frame: Frame, **values: Any) -> str:
    """A whole page."""
    return str(template(name).render(frame=frame, pages=PAGES, view=frame.view, **values))


def part(name: str, view: View, **values: Any) -> str:
    """A piece of a page."""
    return str(template(name).render(view=view, **values))


def plain_page(name: str, **values: Any) -> str:
    """A page for somebody who is not signed in."""
    return str(template(name).render(**values))


def thread_added(entry: Entry, view: View) -> str:
    """The event that puts a new thread, so far with one entry, at the end of the channel."""
    alone = Thread(entry.place.thread, entry.place.channel, (entry,))
    return f'<div hx-swap-oob="beforeend:#threads">{part("thread.html", view, thread=alone)}</div>'


def entry_added(entry: Entry, view: View) -> str:
    """The event that puts a new entry at the end of its thread."""
    return f'<div hx-swap-oob="beforeend:#r-{dom_id(entry.place.thread)}">{entry_html(entry, view)}</div>'


def entry_replaced(entry: Entry, view: View) -> str:
    """The event that puts an entry's new version where the old one stands."""
    return entry_html(entry, view, replaces=True)


def unread(channel: str) -> str:
    """The event that marks another channel in the navigation."""
    return f'<span id="unread-{dom_id(channel)}" class="unread" hx-swap-oob="true">new</span>'


def entry_html(entry: Entry, view: View, *, replaces: bool = False) -> str:
    """One message or card with its author and time."""
    return part("entry.html", view, entry=entry, replaces=replaces)


def card_dialog(card: Card, key: str, downloads: Sequence[Download] = ()) -> str:
    """A card for one person, in a dialog."""
    body = Markup(card_inside(card, key, downloads))  # noqa: S704 - render_card escapes
    return plain_page("dialog.html", card=card, key=key, body=body)


def card_inside(card: Card, key: str, downloads: Sequence[Download] = ()) -> str:
    """What takes the place of the card in the dialog of this key."""
    return render_card(card, key, downloads, inside=True)


@dataclass(frozen=True, slots=True)
class View:
    """What templates may ask for, and for whom."""

    names: Mapping[str, str]
    session: Session

    def author(self, entry: Entry) -> str:
        """Who wrote it, as a person's name."""
        return self.names.get(entry.login, entry.login) if entry.login else "Escher"

    def entry(self, entry: Entry) -> Markup:
        """The entry as HTML."""
        return Markup(entry_html(entry, self))  # noqa: S704 - the template escapes

    def thread(self, thread: Thread) -> Markup:
        """The thread as HTML."""
        return Markup(part("thread.html", self, thread=thread))  # noqa: S704 - the template escapes

    def card(self, card: Card, key: str, kept: Iterable[Kept] = ()) -> Markup:
        """The card as HTML, with links to its files."""
        return Markup(render_card(card, key, self.downloads(kept)))  # noqa: S704 - render_card escapes

    def downloads(self, kept: Iterable[Kept]) -> tuple[Download, ...]:
        """The files as links that open for this session only."""
        return tuple(Download(one.name, one.size, address(self.session, one)) for one in kept)

    def say(self, entry: Entry) -> str:
        """What is read out when the entry arrives."""
        words = entry.card.title if entry.card else entry.text[:200]
        return f"{self.author(entry)}: {words}"
