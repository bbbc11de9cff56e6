"""The App Home: cards under one another, within what a view takes."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cards.card import Card
from bot.platforms.slack.home import home
from bot.platforms.slack.limits import check_view
from bot.platforms.slack.pressed import Context, recalled
from tests.bot.platforms import gallery, golden
from tests.bot.platforms.slack.cards import cards


def test_the_home_has_its_golden() -> None:
    view = home([gallery.home(), gallery.plan("plan-1"), gallery.progress()], "D0LENA")
    check_view(view)
    golden.check("slack/home-view.json", json.dumps(view, indent=1, ensure_ascii=False) + "\n")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(cards, max_size=3), st.sampled_from((1, 5)))
def test_no_cards_break_a_limit(some: list[Card], times: int) -> None:
    check_view(home(some * times, "D0LENA"))


def test_what_does_not_fit_is_counted() -> None:
    view = home([gallery.plan(f"plan-{number}") for number in range(40)], "D0LENA")
    check_view(view)
    last = view["blocks"][-1]["elements"][0]["text"]
    assert last.endswith("more, with /escher approvals.")
    shown = sum(block["type"] == "header" for block in view["blocks"])
    assert last.startswith(str(40 - shown))


def test_an_empty_home_says_so_and_knows_its_person() -> None:
    view = home([], "D0LENA")
    assert view["blocks"][0]["elements"][0]["text"] == "Nothing to show yet."
    assert recalled(view) == Context("D0LENA", "")
