"""The conformance suite of the Platform Protocol, run over the web chat and the terminal with real connections and a real screen."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import Protocol

import pytest

from bot.cards.card import Action, Card, Text
from bot.platforms.console_render import harmless
from bot.platforms.platform import Click, Place, Platform
from bot.platforms.web.render import printable
from tests.bot.platforms import gallery
from tests.bot.platforms.typist import at_terminal
from tests.bot.platforms.web.fakes import FakeInbox
from tests.bot.platforms.web.running import Served, served
from tests.bot.platforms.web.test_render import Tags, everywhere

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "[bold red]x[/]",
    "\x1b[2Jgone",
    "{{7*7}}",
    "](javascript:alert(1))",
    "<!channel>",
    "a\u202eb",
)


class Stage(Protocol):
    """One platform with people in front of it and a scripted inbox behind it. `me` may speak, `other` is somebody else."""

    @property
    def platform(self) -> Platform: ...
    @property
    def inbox(self) -> FakeInbox: ...
    @property
    def me(self) -> str: ...
    @property
    def other(self) -> str: ...

    async def say(self, text: str) -> Place: ...
    async def press(self, place: Place, verb: str, subject: str) -> str: ...
    async def seen(self, login: str) -> str: ...
    def assert_harmless(self, seen: str, plain: str, text: str) -> None: ...


class WebStage:
    """Two browsers in front of the web chat."""

    me, other = "lena", "omar.h"

    def __init__(self, running: Served, stack: AsyncExitStack) -> None:
        self.platform, self.inbox, self._running, self._stack = running.platform, running.inbox, running, stack

    async def open(self) -> WebStage:
        self._browsers = {
            login: await self._stack.enter_async_context(self._running.browser(person))
            for login, person in (("lena", "lena"), ("omar.h", "omar"))
        }
        return self

    async def say(self, text: str) -> Place:
        await self._browsers[self.me].post("/say", data={"channel": "general", "text": text, "login": self.other})
        return self.inbox.messages[-1].place

    async def press(self, place: Place, verb: str, subject: str) -> str:
        forged = {"login": self.other, "person": "omar", "field.login": self.other, "id": "k-forged"}
        answer = await self._browsers[self.me].post(
            "/click", data={"verb": verb, "subject": subject, "channel": place.channel, "thread": place.thread, **forged}
        )
        return Tags(answer.text).text

    async def seen(self, login: str) -> str:
        return (await self._browsers[login].get("/c/general")).text

    def assert_harmless(self, seen: str, plain: str, text: str) -> None:
        assert printable(text) in Tags(seen).text
        assert Tags(seen).tags == Tags(plain).tags
        assert [name for name, _ in Tags(seen).attributes] == [name for name, _ in Tags(plain).attributes]
        assert not set("\x1b\u202e") & set(html.unescape(seen))


class ConsoleStage:
    """One person at one terminal; what others see of it is nothing but what stands on the screen of another login."""

    me, other = "lena", "omar.h"

    def __init__(self) -> None:
        self.platform, self._typist, self._screen = at_terminal(self.me)
        self.inbox = FakeInbox()
        self.inbox.platform = self.platform

    async def open(self) -> ConsoleStage:
        self.running = asyncio.create_task(self.platform.run(self.inbox))
        await self._typist.idle.wait()
        return self

    async def say(self, text: str) -> Place:
        await self._typist.type(text)
        return self.inbox.messages[-1].place

    async def press(self, place: Place, verb: str, subject: str) -> str:
        """A number, as a person types it; the button is looked up in what stands there."""
        self._screen.take()
        await self._typist.type("/again")
        number = re.findall(rf"\[(\d)\] {verb}\b", self._screen.take(), re.IGNORECASE)[-1]
        await self._typist.type(number)
        return self._screen.take()

    async def seen(self, login: str) -> str:
        self._screen.take()
        await self._typist.type("/again")
        return self._screen.take() if login == self.me else ""

    def assert_harmless(self, seen: str, plain: str, text: str) -> None:
        assert harmless(text) in seen
        assert not set("\x1b\u202e\x07\r") & set(seen)
        assert harmless(text) not in plain


@pytest.fixture(params=["web", "console"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        if request.param == "web":
            yield await WebStage(await stack.enter_async_context(served()), stack).open()
            return
        console = await ConsoleStage().open()
        yield console
        console.running.cancel()
        with suppress(asyncio.CancelledError):
            await console.running


def titled(title: str, subject: str = "") -> Card:
    return Card("text", title, blocks=(Text(f"about {title}"),), subject=subject)


def order(seen: str, titles: Sequence[str]) -> bool:
    places = [seen.find(title) for title in titles]
    return -1 not in places and places == sorted(places)


async def test_a_message_comes_with_a_proven_login_a_unique_id_and_a_thread(stage: Stage) -> None:
    first = await stage.say("one")
    await stage.say("two")
    assert [message.text for message in stage.inbox.messages] == ["one", "two"]
    assert {message.login for message in stage.inbox.messages} == {stage.me}
    assert len({message.id for message in stage.inbox.messages}) == 2
    assert first.platform == stage.platform.name
    assert first.thread == stage.inbox.messages[0].id


async def test_cards_of_one_place_appear_in_the_order_of_the_calls(stage: Stage) -> None:
    place = await stage.say("hello")
    titles = [f"card number {i:02}" for i in range(12)]
    for title in titles:
        await stage.platform.show(place, titled(title))
    assert order(await stage.seen(stage.me), titles)


async def test_show_may_be_called_from_many_tasks(stage: Stage) -> None:
    place = await stage.say("hello")
    await asyncio.gather(*(stage.platform.show(place, titled(f"card number {i:02}")) for i in range(20)))
    seen = await stage.seen(stage.me)
    assert all(f"card number {i:02}" in seen for i in range(20))


async def test_a_card_replaces_the_one_of_its_subject_where_that_stood(stage: Stage) -> None:
    place = await stage.say("hello")
    await stage.platform.show(place, titled("first version", "run-1"))
    await stage.platform.show(place, titled("something after"))
    await stage.platform.show(place, titled("second version", "run-1"))
    await stage.platform.show(place, titled("second version", "run-1"))
    seen = await stage.seen(stage.me)
    assert "first version" not in seen
    assert order(seen, ["second version", "something after"])
    assert seen.count("about second version") == 1


async def test_a_whisper_reaches_one_person_only(stage: Stage) -> None:
    place = await stage.say("hello")
    await stage.platform.whisper(place, stage.me, titled("for my eyes"))
    await stage.platform.whisper(place, stage.other, titled("for the other"))
    assert "for my eyes" in await stage.seen(stage.me)
    assert "nly you can see this" in await stage.seen(stage.me)
    assert "for the other" not in await stage.seen(stage.me)
    assert "for my eyes" not in await stage.seen(stage.other)


async def test_a_whisper_never_replaces_what_everybody_sees(stage: Stage) -> None:
    place = await stage.say("hello")
    await stage.platform.show(place, titled("the public one", "p-1"))
    await stage.platform.whisper(place, stage.me, titled("the private one", "p-1"))
    seen = await stage.seen(stage.me)
    assert "the public one" in seen
    assert "the private one" in seen


async def test_a_click_comes_with_the_login_the_platform_proved(stage: Stage) -> None:
    place = await stage.say("hello")
    await stage.platform.show(place, gallery.plan("plan-1"))
    await stage.press(place, "approve", "plan-1")
    (click,) = stage.inbox.clicks
    assert (click.login, click.verb, click.subject, click.place) == (stage.me, "approve", "plan-1", place)
    assert click.id != "k-forged"


async def test_unknown_verbs_pass_through_for_the_inbox_to_judge(stage: Stage) -> None:
    place = await stage.say("hello")
    card = Card("text", "odd", actions=(Action("frobnicate", "s-1", "Frobnicate"),))
    await stage.platform.show(place, card)
    await stage.press(place, "frobnicate", "s-1")
    assert [(click.verb, click.subject) for click in stage.inbox.clicks] == [("frobnicate", "s-1")]


async def test_what_a_click_answers_is_for_the_one_who_clicked(stage: Stage) -> None:
    stage.inbox.answers["approve"] = titled("not you")
    place = await stage.say("hello")
    await stage.platform.show(place, gallery.plan("plan-1"))
    assert "not you" in await stage.press(place, "approve", "plan-1")
    assert "not you" not in await stage.seen(stage.other)


async def test_text_never_becomes_markup(stage: Stage) -> None:
    place = await stage.say("hello")
    await stage.platform.show(place, everywhere("plain"))
    plain = await stage.seen(stage.me)
    for text in HOSTILE:
        await stage.platform.show(place, replace(everywhere(text), subject="plain"))
        stage.assert_harmless(await stage.seen(stage.me), plain, text)


def test_a_click_holds_nothing_but_what_was_pressed() -> None:
    assert set(Click.__dataclass_fields__) == {"id", "place", "login", "verb", "subject", "fields"}
