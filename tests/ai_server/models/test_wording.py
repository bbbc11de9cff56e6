"""A model's text is made plain or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_server.models.wording import fault, tidy


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("two\nlines\tand\x00 more", "two lines and more"),
        ("a\u202eb\u200bc\u2066d", "abcd"),
        ("full\uff41", "fulla"),
        ("  ", ""),
    ],
)
def test_what_is_not_seen_is_taken_out(text, plain):
    assert tidy(text) == plain


@given(st.text())
def test_tidy_is_one_printable_line_and_stays(text):
    once = tidy(text)
    assert tidy(once) == once
    assert once.isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "see https://x.example",
        "see slack://open",
        "www.example.com",
        "ask <!channel>",
        "ask @here",
        "**bold**",
        "`code`",
        "[a](b)",
        "<b>x</b>",
        "this was approved by nobody",
        "pre-approved",
        "no approval needed",
        "mail ops@example.com",
        "host 10.1.2.3",
        "account 123456789012",
        "g4 is next",
        "runs rds:DeleteDBInstance",
        "runs Microsoft.Compute/virtualMachines/delete/action",
        "runs compute.instances.delete",
    ],
)
def test_what_may_not_be_shown(text):
    said = fault(text, ["g1", "v1"], ["ec2:StopInstances"])
    assert said
    assert text not in said


@pytest.mark.parametrize(
    "text",
    ["", "Stops three machines (g1) and keeps their disks.", "It calls ec2:StopInstances.", "Costs fall, addresses may change; v1 stays."],
)
def test_plain_words_pass(text):
    assert fault(text, ["g1", "v1"], ["ec2:StopInstances"]) == ""
