"""The terminal as a platform: chatting, pressing numbered buttons, filling forms, and progress."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from rich.console import Console

from bot.cards.card import Card, Field, File
from bot.platforms.console import ConsolePlatform, filled
from bot.platforms.platform import Place
from tests.bot.platforms import gallery, shop
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
        await platform.show(HERE, gallery.plan("plan-1"))
        await platform.show(HERE, gallery.text())
        screen.take()
        await typist.type("1")
        shown = screen.take()
        await typist.type("9")
    assert "Refused  (only you can see this)" in shown
    (click,) = inbox.clicks
    assert (click.login, click.verb, click.subject, click.place) == ("lena", "approve", "plan-1", HERE)
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
        for line in ("1", "7", "1 2"):
            await typist.type(line)
        shown = screen.take()
        await platform.show(HERE, gallery.sheet())
        for line in ("4", "1 2", "1", "1", "deve", "-"):
            await typist.type(line)
        again = screen.take()
    picked, opened, sheet = inbox.clicks
    assert "Write numbers from 1 to 3." in shown
    assert picked.fields == {"targets": tuple(one.id for one in shop.databases()[:2])}
    assert "Choose one." in again
    assert opened.fields == {"row": (shop.machine(5, "development").id,)}
    assert sheet.fields == {"words": ("deve",), "sort": ()}
    assert "Enter keeps those with *, - takes it away" in again


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
        (Field("a", "A", required=False, picked=("x",)), " ", ("x",)),
        (Field("a", "A", required=False, picked=("x",)), "-", ()),
        (Field("a", "A"), "-", ("-",)),
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
    assert "Partly done: Stop 8" in screen.take()


async def test_progress_on_a_terminal_is_redrawn_in_place() -> None:
    platform, _, screen = at_terminal(terminal=True)
    await platform.show(HERE, gallery.progress(3))
    screen.take()
    await platform.show(HERE, gallery.progress(5))
    again = screen.take()
    assert "\x1b[1A" in again
    assert "5 of 8" in again
    await platform.show(HERE, gallery.outcome())
    assert "Partly done: Stop 8" in screen.take()
    await platform.show(HERE, Card("text", "after"))
    assert "\x1b[1A" not in screen.take()


async def test_a_whisper_to_somebody_else_is_not_drawn() -> None:
    platform, _, screen = at_terminal("lena")
    await platform.whisper(HERE, "omar", gallery.refusal())
    assert screen.take() == ""


async def test_the_terminal_is_the_place_of_its_own_person_alone() -> None:
    platform, _, screen = at_terminal("lena")
    place = await platform.direct("lena")
    assert place is not None
    await platform.show(place, gallery.notice())
    assert "Your approval is wanted" in screen.take()
    assert await platform.direct("omar") is None


async def test_a_short_file_is_printed_and_a_long_one_told_of() -> None:
    platform, _, screen = at_terminal()
    short, long = (File("a.csv", "name\r\n" + "x\x1b[2J\r\n" * lines, "text/csv") for lines in (39, 40))
    await platform.whisper(HERE, "lena", Card("details", "Rows", files=(short,)))
    shown = screen.take()
    assert "a.csv  279 bytes" in shown
    assert shown.count("    x\n") == 39
    await platform.whisper(HERE, "lena", Card("details", "Rows", files=(long,)))
    told = screen.take()
    assert "a.csv  286 bytes" in told
    assert "--json" in told
    assert "    x" not in told


async def test_an_answer_that_comes_while_somebody_types_gives_the_prompt_back() -> None:
    platform, typist, screen = at_terminal(terminal=True)
    inbox = FakeInbox()
    inbox.platform = platform
    inbox.reply["hello"] = (gallery.text(),)
    running = asyncio.create_task(platform.run(inbox))
    await typist.idle.wait()
    screen.take()
    await typist.type("hello")
    await inbox.answered()
    shown = screen.take()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert shown.startswith("\n")
    assert "Nothing to do" in shown
    assert shown.endswith("> ")


async def test_a_terminal_that_went_away_keeps_nothing_from_going_on() -> None:
    platform, _, screen = at_terminal()
    screen.close()
    for card in (gallery.text(), gallery.progress(3), gallery.progress(4)):
        await platform.show(HERE, card)


async def test_a_reader_that_went_away_keeps_nothing_from_going_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    closed = os.fdopen(write, "w")
    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)  # rich puts an empty device under standard output when a pipe is closed
        piped = ConsolePlatform("lena", Console(file=closed, force_terminal=True), Typist())
        for card in (gallery.progress(3), gallery.progress(4), gallery.text()):
            await piped.show(HERE, card)
    with suppress(BrokenPipeError):
        closed.close()


async def test_a_sign_that_the_output_does_not_know_is_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    written = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(written, encoding="ascii", write_through=True))
    await ConsolePlatform("lena").show(HERE, gallery.plan())
    assert b"? Stop 14 instances in production" in written.getvalue()
