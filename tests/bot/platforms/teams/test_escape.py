"""Text from outside never becomes markup, whatever it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.teams.escape import is_plain, line, paragraph, printable, run, said, unmarked

MARKED = (
    "**bold**",
    "_slanted_",
    "a [link](https://example.com)",
    "https://example.com",
    "www.example.com",
    "<at>Lena</at>",
    "`code`",
    "- a list",
    "1. a list",
    "# a head",
    "> a quote",
    "a &amp; b",
    "a | b",
    "~~gone~~",
    "{{DATE(2026-11-21T06:00:00Z,SHORT)}}",
    "first\n- second",
    "a\\*b",
)
PLAIN = (
    "prod-worker-001",
    "compute_instance",
    "shop-production (210987654321)",
    "412.50 USD a month",
    "10.0.0.1",
    "arn:aws:ec2",
    "a.b@c.d",
)


@pytest.mark.parametrize("text", MARKED)
def test_what_could_be_markup_is_not_plain_and_is_written_with_look_alikes(text):
    assert not is_plain(text)
    assert is_plain(unmarked(text))


@pytest.mark.parametrize("text", PLAIN)
def test_names_and_numbers_stay_as_they_are(text):
    assert is_plain(text)
    assert unmarked(text) == text


@given(st.text())
def test_a_label_is_plain_whatever_it_says(text):
    assert is_plain(unmarked(text))
    assert "\n" not in unmarked(text)


@given(st.text())
def test_nothing_unseen_is_left_and_every_network_takes_it(text):
    printable(text).encode()
    assert not set(printable(text)) & set("\x00\x1b\u202e\u2066\x7f\ufeff")


def test_dates_are_not_formatted_by_the_client():
    assert "{{" not in said("{{TIME(2026-11-21T06:00:00Z)}}")


def test_a_paragraph_is_a_block_a_line_and_a_run_is_one_line():
    blocks = paragraph("one\n\ntwo", weight="Bolder")
    assert [block["inlines"] for block in blocks] == [[run("one", weight="Bolder")], [run("two", weight="Bolder")]]
    assert run("a\nb\x1b{{c")["text"] == "a b\ufffd{\u2060{c"
    assert line(run("x"), spacing="None") == {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "x"}], "spacing": "None"}
