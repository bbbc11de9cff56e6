"""Slack's windows end to end: opened in time, filled in, narrowed, answered in their place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards.card import Action, Card, Field, File
from bot.platforms.slack import modal, presses
from tests.bot.platforms import gallery
from tests.bot.platforms.slack.acts import LONG, answer, button, opened, shown_plan, slow, submit
from tests.bot.platforms.slack.server import Trouble
from tests.bot.platforms.slack.stage import SlackStage, drawn


async def test_a_form_that_means_nothing_any_more_is_refused_in_its_place(stage: SlackStage) -> None:
    stage.inbox.forms["deny"] = answer("Decided already")
    view = await opened(stage)
    assert view["callback_id"] == modal.SHEET
    assert "Decided already" in drawn(view)


async def test_a_slow_answer_opens_a_window_in_time_and_fills_it_later(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presses, "TRIGGER_S", 0.1)
    stage.inbox.answers["details"] = answer("Everything")
    message = await shown_plan(stage)
    slow(stage, 0.5)
    await stage.server.deliver(stage.server.pressed(message, button(message, "details")))
    await stage.settled()
    assert [arguments["view"]["callback_id"] for arguments in stage.server.called("views.open")] == [modal.WAIT]
    (view,) = stage.server.views.values()
    assert "Everything" in drawn(view)


@pytest.mark.parametrize(("verb", "said"), [("details", "Everything"), ("deny", "That took too long")])
async def test_where_no_window_opens_the_answer_is_whispered(stage: SlackStage, verb: str, said: str) -> None:
    stage.inbox.answers["details"] = replace(answer("Everything"), files=(File("all.csv", "a\n"),))
    message = await shown_plan(stage)
    payload = stage.server.pressed(message, button(message, verb))
    stage.server.triggers.clear()
    await stage.server.deliver(payload)
    await stage.settled()
    assert [said in drawn(one) for one in stage.server.ephemerals] == [True]
    assert [file["name"] for file in stage.server.files.values()] == (["all.csv"] if verb == "details" else [])


async def test_a_form_says_what_it_is_about_and_closes_when_it_was_taken(stage: SlackStage) -> None:
    view = await opened(stage)
    assert view["blocks"][0]["text"]["text"] == gallery.plan("plan-1").title
    told = await submit(stage, view, {"reason": ("no",)})
    assert told == {"response_action": "clear"}
    assert {name: tuple(given) for name, given in stage.inbox.clicks[0].fields.items()} == {"reason": ("no",)}


async def test_a_form_that_takes_long_closes_and_its_answer_is_whispered(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presses, "SUBMIT_S", 0.1)
    stage.inbox.answers["deny"] = answer("Not you")
    view = await opened(stage)
    slow(stage, 0.5)
    assert await submit(stage, view, {"reason": ("no",)}) == {"response_action": "clear"}
    await stage.settled()
    assert ["Not you" in drawn(one) for one in stage.server.ephemerals] == [True]


def narrowing(*targets: str) -> Action:
    return Action(
        "fewer",
        "plan-1",
        "Choose targets",
        form=(Field("targets", "Targets", choices=tuple((one, one[-9:], "") for one in targets), many=True),),
    )


async def test_long_choices_come_back_whole_and_never_as_another(stage: SlackStage) -> None:
    stage.inbox.forms["fewer"] = narrowing(LONG + "1", LONG + "2")
    message = await shown_plan(stage, Card("plan", "t", actions=(narrowing(LONG),)))
    await stage.server.deliver(stage.server.pressed(message, button(message, "fewer")))
    await stage.settled()
    (view,) = stage.server.views.values()
    chosen = (modal.option_value(LONG + "2"),)
    assert await submit(stage, view, {"targets": chosen}) == {"response_action": "clear"}
    assert {name: tuple(given) for name, given in stage.inbox.clicks[0].fields.items()} == {"targets": (LONG + "2",)}
    stage.inbox.forms["fewer"] = narrowing(LONG + "1", LONG + "3")
    told = await submit(stage, view, {"targets": chosen})
    assert told["errors"] == {"field-0": presses.CHANGED}
    stage.inbox.forms["fewer"] = answer("Decided already")
    assert "Decided already" in drawn((await submit(stage, view, {"targets": chosen}))["view"])
    assert len(stage.inbox.clicks) == 1


async def test_a_button_in_a_modal_is_answered_in_its_place(stage: SlackStage) -> None:
    stage.inbox.answers["details"] = Card(
        "sheet", "Rows", actions=(Action("next", "s", "Next"), Action("gone", "s", "Gone"), narrowing("r1"), narrowing("r2"))
    )
    stage.inbox.answers["next"] = answer("Page 2")
    stage.inbox.forms["fewer"] = narrowing("r1")
    view = await opened(stage, "details")
    await stage.server.deliver(stage.server.pressed_in_view(view, button(view, "fewer")))
    await stage.settled()
    assert [arguments["view"]["callback_id"] for arguments in stage.server.called("views.push")] == [modal.FORM]
    await stage.server.deliver(stage.server.pressed_in_view(view, button(view, "next")))
    await stage.settled()
    assert "Page 2" in drawn(stage.server.views[view["id"]])
    await stage.server.deliver(stage.server.pressed_in_view(view, button(view, "gone")))
    await stage.settled()
    assert "Done" in drawn(stage.server.views[view["id"]])
    assert {click.place for click in stage.inbox.clicks} == {stage.inbox.messages[0].place}


async def test_where_a_window_cannot_be_laid_upon_another_it_takes_its_place(stage: SlackStage) -> None:
    stage.inbox.answers["details"] = Card("sheet", "Rows", actions=(narrowing("r1"), narrowing("r2")))
    stage.inbox.forms["fewer"] = narrowing("r1")
    view = await opened(stage, "details")
    stage.server.troubles["views.push"] = [Trouble(error="push_limit_reached")]
    await stage.server.deliver(stage.server.pressed_in_view(view, button(view, "fewer")))
    await stage.settled()
    assert stage.server.views[view["id"]]["callback_id"] == modal.FORM


async def test_where_a_window_is_gone_the_answer_is_whispered(stage: SlackStage) -> None:
    stage.inbox.answers["details"] = Card("sheet", "Rows", actions=(Action("next", "s", "Next"),))
    stage.inbox.answers["next"] = answer("Page 2")
    view = await opened(stage, "details")
    stage.server.troubles["views.update"] = [Trouble(error="not_found")]
    await stage.server.deliver(stage.server.pressed_in_view(view, button(view, "next")))
    await stage.settled()
    assert ["Page 2" in drawn(one) for one in stage.server.ephemerals] == [True]
