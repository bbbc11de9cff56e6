"""The conformance suite of the Platform Protocol, run over every platform with real connections and a real screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Protocol, runtime_checkable

import pytest

from bot.cards.card import Action, Card, Text
from bot.platforms.platform import Click, Message, Place, Platform
from tests.bot.platforms import gallery
from tests.bot.platforms.slack.stage import SlackStage
from tests.bot.platforms.typist import ConsoleStage
from tests.bot.platforms.web.fakes import FakeInbox
from tests.bot.platforms.web.stage import WebStage
from tests.bot.platforms.web.test_render import everywhere
from tests.contracts import stage_teams

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
    """One platform with people in front of it and a scripted inbox behind it. `me` may speak, `other` is somebody else in the same places."""

    @property
    def platform(self) -> Platform: ...
    @property
    def inbox(self) -> FakeInbox: ...
    @property
    def me(self) -> str: ...
    @property
    def other(self) -> str: ...

    async def say(self, text: str) -> Place:
        """I write something new where `other` reads it too; returns when the inbox has it, and everything it says to it was shown."""
        ...

    async def press(self, place: Place, verb: str, subject: str) -> str:
        """I press a button of a card that stands in the place, forging what a client can forge; returns what I then see of the answer."""
        ...

    async def fill(self, place: Place, action: Action, fields: Mapping[str, Sequence[str]]) -> str:
        """I press a button that asks for something, fill that in and send it; returns what I then see of the answer."""
        ...

    async def seen(self, login: str) -> str:
        """Everything this person sees, what is for them alone included, after all that was shown has arrived."""
        ...

    async def fall(self) -> None:
        """The platform goes away from under the bot."""
        ...

    def assert_harmless(self, seen: str, plain: str, text: str) -> None:
        """`seen` shows the text as text; `plain` is what stood there for a harmless one."""
        ...


@runtime_checkable
class Editable(Protocol):
    """A stage of a platform where people change what they said."""

    async def edit(self, message: Message, text: str) -> None:
        """I change a message of mine."""
        ...

    async def delete(self, message: Message) -> None:
        """I delete a message of mine."""
        ...


Opens = Callable[[AsyncExitStack], Awaitable[Stage]]
STAGES: Mapping[str, Opens] = {
    "web": WebStage.open,
    "console": ConsoleStage.open,
    "slack": SlackStage.open,
    "teams": stage_teams.Stage.open,
}


@pytest.fixture(params=sorted(STAGES))
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        yield await STAGES[request.param](stack)


def titled(title: str, subject: str = "") -> Card:
    return Card("text", title, blocks=(Text(f"about {title}"),), subject=subject)


def order(seen: str, titles: Sequence[str]) -> bool:
    places = [seen.find(title) for title in titles]
    return -1 not in places and places == sorted(places)


# Messages


async def test_a_message_comes_with_a_proven_login_a_unique_id_and_a_thread(stage: Stage) -> None:
    first = await stage.say("one")
    await stage.say("two")
    messages = stage.inbox.messages
    assert [message.text for message in messages] == ["one", "two"]
    assert {message.login for message in messages} == {stage.me}
    assert len({message.id for message in messages}) == 2
    assert len({message.about for message in messages} - {""}) == 2
    assert {message.edits for message in messages} == {""}
    assert first.platform == stage.platform.name
    assert first.thread != ""


async def test_an_edit_and_a_deletion_name_the_message_they_are_about(stage: Stage) -> None:
    await stage.say("stop the dev vms")
    (first,) = stage.inbox.messages
    if not isinstance(stage, Editable):
        pytest.skip(f"nobody edits or deletes what they said on {stage.platform.name}")
    await stage.edit(first, "stop the test vms")
    _, second = stage.inbox.messages
    assert (second.text, second.edits, second.login, second.place) == ("stop the test vms", first.about, stage.me, first.place)
    assert second.id != first.id
    await stage.delete(first)
    (retraction,) = stage.inbox.retractions
    assert (retraction.of, retraction.login, retraction.place) == (first.about, stage.me, first.place)
    assert len(stage.inbox.messages) == 2


# Cards


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


async def test_text_never_becomes_markup(stage: Stage) -> None:
    place = await stage.say("hello")
    await stage.platform.show(place, everywhere("plain"))
    plain = await stage.seen(stage.me)
    for text in HOSTILE:
        await stage.platform.show(place, replace(everywhere(text), subject="plain"))
        stage.assert_harmless(await stage.seen(stage.me), plain, text)


async def test_a_platform_that_went_away_holds_nothing_up(stage: Stage) -> None:
    place = await stage.say("hello")
    await stage.platform.show(place, titled("before", "s-1"))
    await stage.seen(stage.me)
    await stage.fall()
    async with asyncio.timeout(3):
        for number in range(20):
            await stage.platform.show(place, titled(f"after {number}", "s-1"))
            await stage.platform.whisper(place, stage.me, titled(f"after {number}"))
        await stage.platform.show(place, gallery.progress())
        await stage.platform.whisper(place, stage.other, gallery.csv())


# For one person


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


async def test_a_direct_place_is_seen_by_its_person_alone(stage: Stage) -> None:
    await stage.say("hello")
    place = await stage.platform.direct(stage.me)
    assert place is not None
    assert place.platform == stage.platform.name
    await stage.platform.show(place, titled("for me alone", "n-1"))
    await stage.platform.show(place, titled("for me alone, again", "n-1"))
    seen = await stage.seen(stage.me)
    assert "for me alone, again" in seen
    assert seen.count("about for me alone") == 1
    assert "for me alone" not in await stage.seen(stage.other)
    theirs = await stage.platform.direct(stage.other)
    assert theirs != place
    if theirs is not None:
        await stage.platform.show(theirs, titled("for the other alone"))
        assert "for the other alone" in await stage.seen(stage.other)
        assert "for the other alone" not in await stage.seen(stage.me)


async def test_nobody_else_has_a_direct_place(stage: Stage) -> None:
    await stage.say("hello")
    for login in ("", "nobody", "nowhere/nobody", f"{stage.me}x", f"elsewhere/{stage.me.rpartition('/')[2]}"):
        assert await stage.platform.direct(login) is None


async def test_a_file_reaches_the_person_alone(stage: Stage) -> None:
    place = await stage.say("hello")
    await stage.platform.whisper(place, stage.me, gallery.csv())
    assert "resources.csv" in await stage.seen(stage.me)
    assert "resources.csv" not in await stage.seen(stage.other)


# Clicks


async def test_a_click_comes_with_the_login_the_platform_proved(stage: Stage) -> None:
    place = await stage.say("hello")
    await stage.platform.show(place, gallery.plan("plan-1"))
    await stage.press(place, "approve", "plan-1")
    (click,) = stage.inbox.clicks
    assert (click.login, click.verb, click.subject, click.place) == (stage.me, "approve", "plan-1", place)
    assert click.id != "k-forged"
    assert click.guest is False


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


async def test_a_form_comes_back_filled_in_and_its_answer_is_for_the_one_who_filled_it(stage: Stage) -> None:
    stage.inbox.answers["deny"] = titled("you may not deny")
    place = await stage.say("hello")
    card = gallery.plan("plan-1")
    await stage.platform.show(place, card)
    deny = next(action for action in card.actions if action.verb == "deny")
    assert "you may not deny" in await stage.fill(place, deny, {"reason": ("too risky, by 100 %",)})
    (click,) = stage.inbox.clicks
    assert (click.login, click.verb, click.subject, click.place) == (stage.me, "deny", "plan-1", place)
    assert {name: tuple(values) for name, values in click.fields.items()} == {"reason": ("too risky, by 100 %",)}
    assert "you may not deny" not in await stage.seen(stage.other)


async def test_two_clicks_are_two_clicks(stage: Stage) -> None:
    place = await stage.say("hello")
    await stage.platform.show(place, gallery.plan("plan-1"))
    await stage.press(place, "approve", "plan-1")
    await stage.press(place, "approve", "plan-1")
    assert len({click.id for click in stage.inbox.clicks}) == 2


def test_a_click_holds_nothing_but_what_was_pressed() -> None:
    assert set(Click.__dataclass_fields__) == {"id", "place", "login", "verb", "subject", "fields", "guest"}
