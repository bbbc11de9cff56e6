"""Options while somebody types in a modal: the right ones, for the right people, in time, within Slack's limits."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.card import Action, Card, Field
from bot.cards.sheets import find_card
from bot.platforms.platform import Suggestion
from bot.platforms.slack import modal, suggesting
from bot.platforms.slack.limits import OPTIONS, check_options
from bot.platforms.slack.suggesting import narrowed
from tests.bot.platforms.slack.server import CHANNEL, LENA, OMAR, TEAM
from tests.bot.platforms.slack.stage import SlackStage, buttons, slack_stage

LONG = "/subscriptions/0/" + "x" * 200
MANY = tuple((f"r{number}", f"machine-{number:03}", f"shop-{'dev' if number % 2 else 'prod'}, eu-central-1") for number in range(250))


@pytest.fixture
async def stage() -> AsyncIterator[SlackStage]:
    async with slack_stage() as running:
        yield running


async def opened(stage: SlackStage, card: Card) -> dict[str, Any]:
    """The modal that the card's one button opens."""
    place = await stage.say("hello")
    await stage.platform.show(place, card)
    await stage.settled()
    message = stage.server.messages[CHANNEL][-1]
    await stage.server.deliver(stage.server.pressed(message, next(buttons(message))))
    await stage.settled()
    return list(stage.server.views.values())[-1]


def typing(view: Mapping[str, Any], name: str, value: str, user: str = LENA, team: str = TEAM) -> dict[str, Any]:
    """The payload of somebody typing in a list, as Slack sends it."""
    block = next(block for block in view["blocks"] if block.get("element", {}).get("action_id") == name)
    return {
        "type": "block_suggestion", "user": {"id": user, "team_id": team}, "team": {"id": team}, "container": {"type": "view", "view_id": view["id"]},
        "action_id": name, "block_id": block["block_id"], "value": value, "view": dict(view),
    }  # fmt: skip


async def offered(stage: SlackStage, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    status, body = await stage.server.deliver(told)
    assert status == 200
    options: list[dict[str, Any]] = json.loads(body)["options"]
    check_options(options)
    return options


async def test_names_are_completed_and_what_was_picked_comes_back_as_the_exact_id(stage: SlackStage) -> None:
    view = await opened(stage, find_card())
    assert view["blocks"][-1]["element"]["type"] == "external_select"
    options = await offered(stage, typing(view, "row", "deve-worker-00"))
    assert [option["text"]["text"] for option in options][:2] == ["deve-worker-001", "deve-worker-002"]
    assert options[0]["description"]["text"] == "instance · shop-development · eu-central-1"
    assert options[0]["text"]["type"] == "plain_text"
    block = view["blocks"][-1]["block_id"]
    state = {block: {"row": {"type": "external_select", "selected_option": options[1]}}}
    await stage.server.deliver(stage.server.submitted(view, state))
    await stage.settled()
    assert stage.inbox.clicks[-1].fields["row"][0].endswith("i-0a1b2c3d4e0000002")


async def test_a_guest_and_a_stranger_get_none(stage: SlackStage) -> None:
    view = await opened(stage, find_card())
    stage.server.users[OMAR]["is_restricted"] = True
    assert await offered(stage, typing(view, "row", "deve", OMAR)) == []
    assert await offered(stage, typing(view, "row", "deve", "U1", "T-OTHER")) == []
    assert [login for _, login, _ in stage.inbox.completed] == []
    stage.inbox.strangers.add(f"{TEAM}/{LENA}")
    assert await offered(stage, typing(view, "row", "deve")) == []


async def test_an_inbox_that_hangs_means_no_options_in_time(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    view = await opened(stage, find_card())
    monkeypatch.setattr(suggesting, "OPTIONS_S", 0.1)

    async def never(platform: str, login: str, text: str) -> Sequence[Suggestion]:
        await asyncio.sleep(30)
        return ()

    monkeypatch.setattr(stage.inbox, "complete", never)
    began = time.monotonic()
    assert await offered(stage, typing(view, "row", "deve")) == []
    assert time.monotonic() - began < 10


async def test_more_choices_than_a_list_takes_are_found_by_typing(stage: SlackStage) -> None:
    field = Field("targets", "Which ones", choices=MANY, many=True)
    pick = Action("pick", "q-1", "Pick", form=(field,))
    stage.inbox.forms["pick"] = pick
    card = Card("clarification", "Which?", actions=(pick,))
    view = await opened(stage, card)
    assert view["blocks"][-1]["element"]["type"] == "multi_external_select"
    assert len(await offered(stage, typing(view, "targets", ""))) == OPTIONS
    found = await offered(stage, typing(view, "targets", "machine-24 dev"))
    assert [option["text"]["text"] for option in found] == [f"machine-{number}" for number in (241, 243, 245, 247, 249)]
    assert await offered(stage, typing(view, "targets", "<script>")) == []


async def test_ids_longer_than_slack_takes_are_remembered_and_forgotten_ones_are_told(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await opened(stage, find_card())

    async def long(platform: str, login: str, text: str) -> Sequence[Suggestion]:
        return (Suggestion(LONG, LONG, "vm <!channel> *x*", "detail " * 30),)

    monkeypatch.setattr(stage.inbox, "complete", long)
    (option,) = await offered(stage, typing(view, "row", "vm"))
    assert option["text"]["text"] == "vm <!channel> *x*"
    block = view["blocks"][-1]["block_id"]
    await stage.server.deliver(stage.server.submitted(view, {block: {"row": {"selected_option": option}}}))
    await stage.settled()
    assert stage.inbox.clicks[-1].fields == {"row": (LONG,)}
    _, body = await stage.server.deliver(stage.server.submitted(view, {block: {"row": {"selected_option": {"value": "#gone"}}}}))
    assert "not there any more" in body


async def test_a_view_that_is_none_of_ours_gets_none(stage: SlackStage) -> None:
    view = await opened(stage, find_card())
    assert await offered(stage, typing(view | {"private_metadata": "?"}, "row", "deve")) == []
    assert await offered(stage, typing(view, "row", "deve") | {"action_id": "another"}) == []


@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=300), st.text(max_size=200), st.text(max_size=200)), max_size=130), st.text(max_size=20)
)
def test_whatever_is_typed_the_options_keep_slacks_limits(choices: list[tuple[str, str, str]], typed: str) -> None:
    unique = tuple({modal.option_value(value): (value, name, detail) for value, name, detail in choices}.values())
    found = narrowed(Field("f", "F", choices=unique), typed)
    check_options([modal.option(*choice) for choice in found])
    assert all(word in f"{name} {detail} {value}".lower() for value, name, detail in found for word in typed.lower().split())
