"""Slack's text format, both ways."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack.mrkdwn import escaped, filled, harmless, said


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<@U0BOT> stop the shop", "stop the shop"),
        ("<@U0BOT|escher>  stop", "stop"),
        ("hey <@U0BOT> stop it", "hey stop it"),
        ("ask <@U1> and <@U2|omar>", "ask @U1 and @omar"),
        ("in <#C1|ops> and <#C2>", "in #ops and #C2"),
        ("<!here> <!subteam^S1|@sre> <!date^1^{date}|today>", "@here @sre today"),
        ("<!subteam^S1>", "@subteam"),
        ("<http://db-1.example.com|db-1.example.com> is slow", "db-1.example.com is slow"),
        ("<https://example.com>", "https://example.com"),
        ("<https://example.com/|example.com>", "example.com"),
        ("<https://example.com|this>", "this (https://example.com)"),
        ("<mailto:a@example.com|a@example.com>", "a@example.com"),
        ("cpu &gt; 5 &amp;&amp; &lt;b&gt;", "cpu > 5 && <b>"),
        ("&amp;lt;", "&lt;"),
        ("a < b > c", "a < b > c"),
        ("stop `orders-db`", "stop `orders-db`"),
        ("one\ntwo", "one\ntwo"),
        ("", ""),
    ],
)
def test_what_was_written_is_read_as_people_read_it(written: str, read: str) -> None:
    assert said(written, "U0BOT") == read


@given(st.text())
def test_escaped_text_holds_no_reference_and_reads_as_it_was(text: str) -> None:
    assert not set("<>") & set(escaped(text))
    assert said(escaped(text), "U0BOT") == re.sub(r"[ \t]{2,}", " ", harmless(text).replace("\u00a0", " ")).strip()


def test_what_cannot_be_seen_is_made_visible() -> None:
    assert harmless("a\x1b[2Jb\u202ec\ud800\td\ne") == "a\ufffd[2Jb\ufffdc\ufffd\td\ne"


def test_nothing_is_said_as_a_dash() -> None:
    assert (filled(""), filled(" \n"), filled("a")) == ("–", "–", "a")
