"""The terminal as a platform: chatting, pressing numbered buttons, filling forms, and progress."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from bot.cards.card import Card, Field
from bot.platforms.console import ConsolePlatform, filled
from bot.platforms.platform import Place
from tests.bot.platforms import gallery
from tests.bot.platforms.typist import Screen, Typist, at_terminal
from tests.bot.platforms.web.fakes import FakeInbox

HERE = Place("console", "terminal", "m1")


@asynccontextmanager
async def chatting() -> AsyncIterator[tuple[ConsolePlatform, FakeInbox, Typist, Screen]]:
    platform, typist, screen = at_terminal()
    inbox = FakeInbox()
    inbox.platform = platform
    running = asyncio.create_task(platform.run(inbox))
    await typist.idle.wait()
    try:
        yield platform, inbox, typist, screen
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_lines_are_messages_of_one_thread_until_a_new_one_is_asked_for() -> None:
    async with chatting() as (_, inbox, typist, _):
        for line in ("one", "", "two", "/new", "three"):
            await typist.type(line)
    one, two, three = inbox.messages
    assert (one.login, one.text, one.place.thread) == ("lena", "one", one.id)
    assert two.place == one.place
    assert three.place.thread == three.id


async def test_a_number_presses_a_button_of_the_last_card_with_buttons() -> None:
    async with chatting() as (platform, inbox, typist, screen):
        inbox.answers["approve"] = gallery.refusal()
        await platform.show(HERE, gallery.plan())
        await platform.show(HERE, gallery.text())
        screen.take()
        await typist.type("1")
        shown = screen.take()
        await typist.type("9")
    assert "You may not approve this plan  (only you can see this)" in shown
    (click,) = inbox.clicks
    assert (click.login, click.verb, click.subject, click.place) == ("lena", "approve", "plan-7k2m9qhd", HERE)
    assert inbox.messages[0].text == "9"


async def test_a_decided_card_has_no_buttons_any_more() -> None:
    async with chatting() as (platform, inbox, typist, _):
        await platform.show(HERE, gallery.plan())
        await platform.show(HERE, gallery.plan().without_actions("Approved by Omar"))
        await typist.type("1")
    assert inbox.clicks == []


async def test_a_form_is_asked_field_by_field() -> None:
    async with chatting() as (platform, inbox, typist, screen):
        await platform.show(HERE, gallery.clarification())
        for line in ("1", "7", "1 2", "2", ""):
            await typist.type(line)
        shown = screen.take()
    assert "Write a number from 1 to 3." in shown
    assert "Choose one." in shown
    assert inbox.clicks[0].fields == {"target": ("r2",), "note": ()}


async def test_the_end_of_the_input_in_a_form_presses_nothing() -> None:
    platform, typist, screen = at_terminal()
    inbox = FakeInbox()
    inbox.platform = platform
    await platform.show(HERE, gallery.clarification())
    for line in ("1", None, None):
        typist.queue.put_nowait(line)
    await platform.run(inbox)
    assert inbox.clicks == []
    assert "Left as it was." in screen.take()


@pytest.mark.parametrize(
    ("field", "line", "values"),
    [
        (Field("a", "A"), " text ", ("text",)),
        (Field("a", "A", required=False), " ", ()),
        (Field("a", "A", choices=(("x", "X", ""), ("y", "Y", "")), many=True), "2, 1", ("y", "x")),
    ],
)
def test_what_a_line_means_for_a_field(field: Field, line: str, values: tuple[str, ...]) -> None:
    assert filled(field, line) == values


def test_a_required_field_wants_something() -> None:
    with pytest.raises(ValueError, match="needed"):
        filled(Field("a", "A"), "  ")


async def test_progress_into_a_file_tells_only_what_moved() -> None:
    platform, _, screen = at_terminal()
    await platform.show(HERE, gallery.progress(3))
    screen.take()
    await platform.show(HERE, gallery.progress(3))
    assert screen.take() == ""
    done = replace(gallery.outcome(), subject=gallery.progress().subject)
    await platform.show(HERE, done)
    assert "Stopped 7 of 8" in screen.take()


async def test_progress_on_a_terminal_is_redrawn_in_place() -> None:
    platform, _, screen = at_terminal(terminal=True)
    await platform.show(HERE, gallery.progress(3))
    screen.take()
    await platform.show(HERE, gallery.progress(5))
    again = screen.take()
    assert "\x1b[1A" in again
    assert "5 of 8" in again
    await platform.show(HERE, gallery.outcome())
    assert "Stopped 7 of 8" in screen.take()
    await platform.show(HERE, Card("text", "after"))
    assert "\x1b[1A" not in screen.take()


async def test_a_whisper_to_somebody_else_is_not_drawn() -> None:
    platform, _, screen = at_terminal("lena")
    await platform.whisper(HERE, "omar", gallery.refusal())
    assert screen.take() == ""
