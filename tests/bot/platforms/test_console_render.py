"""Cards as terminal text: one golden for each kind, and no escape sequence ever gets through."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.card import Action, Card, Code, Column, Facts, Note, Progress, Step, Table, Text
from bot.platforms.console_render import command_hint, harmless, render_change, render_text
from tests.bot.platforms import gallery, golden
from tests.bot.platforms.gallery import GALLERY


@pytest.mark.parametrize("kind", sorted(GALLERY))
def test_each_kind_has_its_golden(kind: str) -> None:
    golden.check(f"console/{kind}.txt", render_text(GALLERY[kind], 80))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "alink"),
        ("a\x1bPq...\x1b\\b", "ab"),
        ("a\x9b2Jb", "ab"),
        ("a\x1bcb", "ab"),
        ("a\rb\x08\x07", "a\ufffdb\ufffd\ufffd"),
        ("a\u202eb\u2066", "a\ufffdb\ufffd"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("a\x1b", "a\ufffd"),
    ],
)
def test_escape_sequences_are_taken_out(text: str, left: str) -> None:
    assert harmless(text) == left


@given(st.text(alphabet=st.sampled_from("\x1b\x9b\x9d\x90\x07\x9c[]P\\;0?1mKJ\r\x08aé\u202e"), max_size=30))
@settings(max_examples=200, deadline=None)
def test_nothing_that_moves_the_cursor_is_left(text: str) -> None:
    card = Card(
        "plan",
        text,
        "danger",
        (
            Text(text),
            Note(text, "warning"),
            Facts(((text, text),)),
            Table((Column(text),), ((text,),), text),
            Code(text, text),
            Progress(0, 1, (Step(text, "failed", text),)),
        ),
        (Action("approve", text, text),),
        text,
    )
    shown = render_text(card, 60)
    assert not set(shown) & set(map(chr, [*range(10), *range(11, 32), *range(127, 160), 0x202E]))


def test_markup_is_only_text() -> None:
    assert "[bold]x[/bold] [link=http://a]b[/link] :smile:" in render_text(
        Card("text", "[bold]x[/bold] [link=http://a]b[/link] :smile:"), 100
    )


def test_code_keeps_its_lines_whole() -> None:
    line = "aws ec2 stop-instances " + " ".join(f"i-{i:017}" for i in range(20))
    assert f"    {line}\n" in render_text(Card("plan", "x", blocks=(Code(line),)), 40)


def test_a_hint_quotes_what_it_repeats() -> None:
    assert command_hint(Action("approve", "plan-1", "Approve")) == "escher approve plan-1 --as NAME"
    assert command_hint(Action("undo", "a; rm -rf /", "Undo"), "omar") == "escher undo 'a; rm -rf /' --as omar"
    assert command_hint(Action("pick", "q", "Pick")) == ""


def test_a_change_tells_the_steps_that_moved() -> None:
    before, after = gallery.progress(3), gallery.progress(4)
    assert render_change(before, before) == ""
    (block,) = (one for one in after.blocks if isinstance(one, Progress))
    moved = next(step for step in block.steps if "worker-004" in step.label)
    assert render_change(before, after) == f"  4 of 8  done       {moved.label}  {moved.detail}"


def test_a_long_run_shows_its_failures_first() -> None:
    steps = tuple(Step(f"s{i}", "failed" if i == 29 else "done") for i in range(30))
    shown = render_text(Card("progress", "x", blocks=(Progress(30, 30, steps),)), 80)
    assert shown.index("s29") < shown.index("s0")
    assert "and 18 more" in shown


def test_a_short_row_stays_in_its_columns() -> None:
    table = Table((Column("A"), Column("B")), (("1",), ("2", "x"), ("3", "y", "extra")), "Rows")
    assert "extra" not in render_text(Card("table", "x", blocks=(table,)), 80)
