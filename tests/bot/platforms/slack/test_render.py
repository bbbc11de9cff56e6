"""Cards as Slack messages: goldens, limits for any card, and nothing in a card ever becomes markup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cards.card import Action, Card, Code, Column, Facts, Note, Progress, Step, Table, Text
from bot.platforms.slack.limits import MESSAGE, check_message
from bot.platforms.slack.mrkdwn import harmless
from bot.platforms.slack.pressed import Press, read
from bot.platforms.slack.render import Rendered, notification, render
from tests.bot.platforms import gallery, golden
from tests.bot.platforms.slack.cards import cards
from tests.bot.platforms.slack.stage import drawn
from tests.bot.platforms.web.test_render import everywhere

THREAD = "1700000000.000100"
# Everything a rendered message may be made of. None of it is read as markup, and none can notify anybody.
KNOWN = {
    "header", "rich_text", "rich_text_section", "rich_text_list", "rich_text_preformatted", "text", "emoji", "context", "plain_text",
    "actions", "button",
}  # fmt: skip


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)
    elif isinstance(node, (list, tuple)):
        for one in node:
            yield from nodes(one)


def text(rendered: Rendered) -> str:
    return drawn({"blocks": list(rendered.blocks)})


@pytest.mark.parametrize("name", sorted(gallery.GALLERY))
def test_each_card_has_its_golden(name: str) -> None:
    rendered = render(gallery.GALLERY[name], THREAD)
    check_message(rendered.blocks, rendered.text)
    told = {"text": rendered.text, "blocks": rendered.blocks, "files": [file.name for file in rendered.files]}
    golden.check(f"slack/{name}.json", json.dumps(told, indent=1, ensure_ascii=False) + "\n")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(cards)
def test_no_card_breaks_a_limit(card: Card) -> None:
    rendered = render(card, THREAD)
    check_message(rendered.blocks, rendered.text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_text_is_never_markup(hostile: str) -> None:
    rendered = render(everywhere("<!channel> *x* <http://a|b> " + hostile), THREAD)
    assert {node["type"] for node in nodes(list(rendered.blocks)) if "type" in node} <= KNOWN
    assert all(node["emoji"] is False for node in nodes(list(rendered.blocks)) if node.get("type") == "plain_text")
    assert not set("<>") & set(rendered.text)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_text_stands_as_it_is(said: str) -> None:
    plain, odd = (render(Card("text", "t", blocks=(Text(one), Note(one, "danger"), Code(one)))) for one in ("x", "x" + said))
    assert text(odd).count(harmless("x" + said)) >= 3
    assert [node["type"] for node in nodes(list(odd.blocks)) if "type" in node] == [
        node["type"] for node in nodes(list(plain.blocks)) if "type" in node
    ]


def test_a_button_means_what_its_action_means() -> None:
    card = Card(
        "text", "t", actions=(Action("a", "s", "Go", "primary"), Action("b", "s", "Look", opens=True), *gallery.plan("p").actions[1:2])
    )
    (row,) = [block for block in render(card, THREAD).blocks if block["type"] == "actions"]
    assert [read(button["value"]) for button in row["elements"]] == [
        Press("a", "s", THREAD, "plain"),
        Press("b", "s", THREAD, "opens"),
        Press("deny", "p", THREAD, "form"),
    ]
    assert [button.get("style") for button in row["elements"]] == ["primary", None, "danger"]


def test_a_button_that_slack_cannot_carry_is_left_out_and_said_so() -> None:
    rendered = render(Card("text", "t", actions=(Action("a", "s" * 2000, "Too long"), Action("b", "s", "Fine"))))
    assert [node["text"]["text"] for node in nodes(list(rendered.blocks)) if node.get("type") == "button"] == ["Fine"]
    assert "the rest is in the file card.txt" in text(rendered)


def test_production_stands_on_top() -> None:
    assert (
        text(render(Card("plan", "Stop it", blocks=(Facts((("Environment", "production"),)),)))).splitlines()[1]
        == "⟦emoji red_circle⟧ Production"
    )
    assert "Production" not in text(render(Card("plan", "Stop it", blocks=(Facts((("Environment", "test"),)),))))


def test_what_all_rows_share_stands_once_and_the_rest_is_counted() -> None:
    columns = (Column("Name"), Column("Region"), Column("State"), Column("Cost", numeric=True, unit="USD"))
    rows = tuple((f"web-{number}", "eu-central-1", "running", f"{number}.00") for number in range(5))
    shown = text(render(Card("table", "t", blocks=(Table(columns, rows, "Machines", shown=2, total=40),))))
    assert shown.count("eu-central-1") == 1
    assert "web-1   1.00 USD" in shown
    assert "web-2" not in shown
    assert "and 38 more" in shown


def test_an_empty_table_says_so() -> None:
    assert "None." in text(render(Card("table", "t", blocks=(Table((Column("Name"),), (), "Machines"),))))


def test_long_code_ends_in_a_file() -> None:
    commands = "\n".join(f"aws ec2 stop-instances --instance-ids i-{number:017}" for number in range(200))
    rendered = render(Card("plan", "t", blocks=(Code(commands, "What will run"),)))
    assert [(file.name, file.text) for file in rendered.files] == [("code-1.txt", commands)]
    assert "All of it is in the file code-1.txt." in text(rendered)


def test_a_wall_of_text_ends_in_a_file() -> None:
    card = Card("text", "t", blocks=tuple(Text(f"{number} " + "x" * 2000) for number in range(20)), footer="the end")
    rendered = render(card)
    check_message(rendered.blocks, rendered.text)
    assert rendered.files[0].text.count("x" * 2000) == 20
    assert text(rendered).endswith("the end")


def test_failures_come_first_and_long_progress_is_cut() -> None:
    steps = (*(Step(f"m-{number}", "done") for number in range(12)), Step("broken", "failed", "denied"))
    shown = text(render(Card("progress", "t", blocks=(Progress(13, 13, steps),))))
    assert shown.index("broken") < shown.index("m-0")
    assert "13 of 13, 1 failed" in shown
    assert "and 3 more" in shown
    assert "░" not in shown


def test_a_long_title_stands_whole_below_the_header() -> None:
    title = "Stop " + "x" * 200
    assert title in text(render(Card("plan", title)))


def test_the_notification_says_what_and_how_it_stands() -> None:
    card = Card("refusal", "No <!here>", "danger", (Text("You may not.", strong=True),))
    assert notification(card) == "No &lt;!here&gt; · refused · You may not."
    assert notification(Card("text", "")) == "Escher"


def test_a_smaller_room_is_kept() -> None:
    room = replace(MESSAGE, blocks=4, chars=300)
    rendered = render(gallery.plan(), THREAD, room)
    assert len(rendered.blocks) <= 4
