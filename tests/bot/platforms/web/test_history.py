"""The history: threads, replacing by subject, who sees what, and its bounds."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cards.card import Card
from bot.platforms.platform import Message, Place
from bot.platforms.web.history import Bounds, Entry, History

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def history(bounds: Bounds | None = None) -> History:
    return History(("general",), bounds or Bounds())


def place(thread: str = "m1", channel: str = "general") -> Place:
    return Place("web", channel, thread)


def said(id: str, thread: str = "") -> Message:  # noqa: A002
    return Message(id, place(thread or id), "lena", f"text of {id}")


def card(id: str, thread: str = "m1", subject: str = "", only: str = "", title: str = "T") -> Entry:  # noqa: A002
    return Entry(id, place(thread), AT, card=Card("text", title, subject=subject), only=only)


def titles(h: History, login: str) -> list[list[str]]:
    threads, _ = h.threads("general", login)
    return [[entry.card.title if entry.card else entry.text for entry in thread.entries] for thread in threads]


def test_a_message_begins_a_thread_and_cards_follow_in_order() -> None:
    h = history()
    h.said(said("m1"), AT)
    h.said(said("m2"), AT)
    h.shown(card("c1", title="one"))
    h.shown(card("c2", title="two"))
    h.said(said("m3", "m1"), AT)
    assert titles(h, "lena") == [["text of m1", "one", "two", "text of m3"], ["text of m2"]]


def test_a_subject_is_replaced_in_its_place_only() -> None:
    h = history()
    h.said(said("m1"), AT)
    assert h.shown(card("c1", subject="p", title="old")).added
    change = h.shown(card("c2", subject="p", title="new"))
    assert (change.added, change.entry.id) == (False, "c1")
    assert h.shown(card("c3", thread="m9", subject="p", title="elsewhere")).added
    assert titles(h, "lena") == [["text of m1", "new"], ["elsewhere"]]


def test_a_whisper_is_for_one_and_replaces_only_whispers() -> None:
    h = history()
    h.shown(card("c1", subject="p", title="public"))
    h.shown(card("c2", subject="p", only="omar", title="private"))
    h.shown(card("c3", subject="p", only="omar", title="private, again"))
    assert titles(h, "omar") == [["public", "private, again"]]
    assert titles(h, "lena") == [["public"]]


def test_a_card_without_a_thread_begins_one_and_is_found_again_both_ways() -> None:
    h = history()
    first = h.shown(card("c1", thread="", subject="alert"))
    assert first.entry.place.thread == "c1"
    assert not h.shown(card("c2", thread="", subject="alert")).added
    assert not h.shown(card("c3", thread="c1", subject="alert")).added
    assert h.home("alert", "lena") == place("c1")
    assert h.home("unknown", "lena") is None


def test_the_first_entry_somebody_sees_opens_the_thread_for_them() -> None:
    h = history()
    whisper = h.shown(card("c1", thread="t", only="omar")).entry
    public = h.shown(card("c2", thread="t")).entry
    assert h.opens_thread(whisper, "omar")
    assert not h.opens_thread(public, "omar")
    assert h.opens_thread(public, "lena")


def test_old_threads_and_entries_are_dropped_and_a_threads_head_stays() -> None:
    h = history(Bounds(threads=2, entries=3))
    for message_id in ("m1", "m2", "m3"):
        h.said(said(message_id), AT)
    for i in range(5):
        h.shown(card(f"c{i}", thread="m3", subject=f"s{i}", title=f"{i}"))
    assert titles(h, "lena") == [["text of m2"], ["text of m3", "3", "4"]]
    assert h.entry("m1") is None
    assert h.home("s0", "lena") is None
    assert not h.knows(place("m1"))
    assert h.shown(card("c9", thread="m3", subject="s0")).added


def test_earlier_threads_come_a_page_at_a_time() -> None:
    h = history()
    for i in range(7):
        h.said(said(f"m{i}"), AT)
    newest, more = h.threads("general", "lena", most=3)
    assert ([t.id for t in newest], more) == (["m4", "m5", "m6"], True)
    oldest, more = h.threads("general", "lena", before="m1", most=3)
    assert ([t.id for t in oldest], more) == (["m0"], False)


def test_a_new_channel_appears_when_something_is_shown_there() -> None:
    h = history()
    h.shown(Entry("c1", place("", "audit"), AT, card=Card("text", "x")))
    assert h.channels == ("general", "audit")
