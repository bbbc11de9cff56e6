"""Slack's limits: every breach is found, and cutting never makes one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack.limits import Breach, chars, check_message, check_view, cut, pieces, size

TEXT = {"type": "plain_text", "text": "x", "emoji": False}


def plain(length: int) -> dict[str, Any]:
    return TEXT | {"text": "x" * length}


def button(**changed: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a", "text": TEXT, "value": "v"} | changed


def options(count: int, **changed: Any) -> list[dict[str, Any]]:
    return [{"text": TEXT, "value": f"v{number}"} | changed for number in range(count)]


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def rich(*texts: str) -> dict[str, Any]:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text} for text in texts]}],
    }


def asked(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "block_id": "b", "label": TEXT, "element": {"action_id": "a"} | element}


def view(*blocks: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"type": "modal", "callback_id": "c", "title": TEXT, "submit": TEXT, "blocks": list(blocks), "private_metadata": ""} | changed


GOOD = (
    {"type": "header", "text": plain(150)},
    rich("x" * 2999, "\n"),
    {"type": "context", "elements": [plain(2000)]},
    actions(*(button(action_id=f"a{number}", text=plain(75), value="v" * 2000) for number in range(25))),
    {"type": "divider"},
)
BAD = (
    {"type": "header", "text": plain(151)},
    {"type": "header", "text": TEXT | {"text": " "}},
    rich("x" * 3001),
    rich(""),
    {"type": "rich_text", "elements": []},
    {"type": "context", "elements": [plain(2001)]},
    {"type": "context", "elements": []},
    {"type": "context", "elements": [TEXT] * 11},
    actions(*(button(action_id=f"a{number}") for number in range(26))),
    actions(button(), button()),
    actions(button(text=plain(76))),
    actions(button(value="v" * 2001)),
    actions(button(value="")),
    actions(button(action_id="a" * 256)),
    actions({"type": "datepicker", "action_id": "a"}),
    {"type": "divider", "block_id": "b" * 256},
    {"type": "section", "text": TEXT},
)
BAD_INPUTS = (
    {"type": "checkboxes", "options": options(11)},
    {"type": "radio_buttons", "options": options(11)},
    {"type": "static_select", "options": options(101)},
    {"type": "static_select", "options": []},
    {"type": "static_select", "options": options(1) * 2},
    {"type": "static_select", "options": options(1, text=plain(76))},
    {"type": "static_select", "options": options(1, value="v" * 151)},
    {"type": "static_select", "options": options(1, description=plain(76))},
    {"type": "multi_static_select", "option_groups": [{"label": TEXT, "options": options(1)}] * 101},
    {"type": "multi_static_select", "option_groups": [{"label": plain(76), "options": options(1)}]},
    {"type": "plain_text_input", "initial_value": "x" * 3001},
)


def test_what_is_as_large_as_may_be_passes() -> None:
    check_message(GOOD, "x" * 4000)
    check_view(view(*GOOD, asked({"type": "checkboxes", "options": options(10)}), private_metadata="x" * 3000, title=plain(24)))
    check_view(view(asked({"type": "static_select", "options": options(100)})))


@pytest.mark.parametrize("block", BAD, ids=lambda block: str(block)[:60])
def test_what_is_larger_is_a_breach(block: dict[str, Any]) -> None:
    with pytest.raises(Breach):
        check_message([block], "text")
    with pytest.raises(Breach):
        check_view(view(block))


@pytest.mark.parametrize("element", BAD_INPUTS, ids=lambda element: str(element)[:60])
def test_inputs_are_held_to_their_limits(element: dict[str, Any]) -> None:
    with pytest.raises(Breach):
        check_view(view(asked(element)))


@pytest.mark.parametrize(
    ("blocks", "text"),
    [([{"type": "divider"}] * 51, "x"), ([rich("x" * 3000)] * 5, "x"), ([], ""), ([], "x" * 4001)],
)
def test_a_message_is_held_to_its_whole(blocks: list[dict[str, Any]], text: str) -> None:
    with pytest.raises(Breach):
        check_message(blocks, text)


@pytest.mark.parametrize(
    "broken",
    [
        view(*[{"type": "divider"}] * 101),
        view(private_metadata="x" * 3001),
        view(title=plain(25)),
        view(submit=plain(25)),
        view(callback_id="c" * 256),
        view(*[rich("é" * 3000)] * 20),
        {key: value for key, value in view(asked({"type": "plain_text_input"})).items() if key != "submit"},
    ],
    ids=("blocks", "metadata", "title", "submit", "callback", "bytes", "no submit"),
)
def test_a_view_is_held_to_its_whole(broken: dict[str, Any]) -> None:
    with pytest.raises(Breach):
        check_view(broken)


@given(st.text(max_size=40), st.integers(1, 40))
def test_cut_fits_and_keeps_the_beginning(text: str, most: int) -> None:
    kept = cut(text, most)
    assert size(kept) <= most
    assert kept == text or (kept.endswith("…") and text.startswith(kept[:-1]))


@given(st.text(alphabet="ab\n🚀", max_size=80), st.integers(2, 20))
def test_pieces_fit_and_are_the_whole(text: str, most: int) -> None:
    parts = list(pieces(text, most))
    assert "".join(parts) == text
    assert all(0 < size(part) <= most for part in parts)


def test_letters_outside_the_first_plane_count_twice() -> None:
    assert size("a🚀") == 3
    assert chars([rich("a🚀"), {"type": "header", "text": plain(4)}]) == 7
