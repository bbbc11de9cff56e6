"""Arbitrary cards for properties: texts of any length and any letters, many rows, many buttons. Pure."""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st

from bot.cards.card import Action, Card, CardKind, Code, Column, Facts, Field, File, Note, Progress, Step, StepState, Table, Text, Tone

# Lengths around Slack's limits, out of few letters: what counts is how long a text is, and that some of its letters are two UTF-16 units.
LENGTHS = (0, 1, 2, 23, 24, 25, 74, 75, 76, 149, 150, 151, 255, 256, 700, 1999, 2001, 2999, 3000, 3001, 4500, 13_000)
hostile = st.sampled_from(
    ("<!channel>", "<@U1>", "*b*", "<http://x|y>", "&amp;", "\x1b[2J", "\u202e", "`c`", "\ud800", ":tada:", " ", "\n")
)
texts = st.one_of(
    st.builds(lambda letter, length: letter * length, st.sampled_from(("a", "é", "🚀", "\n", " ", "<", "\x00")), st.sampled_from(LENGTHS)),
    st.text(max_size=60),
    st.builds(lambda start, end: start + end, hostile, st.text(max_size=20)),
)
tones: st.SearchStrategy[Tone] = st.sampled_from(get_args(Tone))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width, height = draw(st.integers(1, 6)), draw(st.sampled_from((0, 1, 2, 30, 400)))
    columns = tuple(Column(draw(texts), draw(st.booleans()), draw(texts)) for _ in range(width))
    cells = draw(st.lists(texts, min_size=1, max_size=8))
    rows = tuple(tuple(cells[(row + column) % len(cells)] for column in range(width)) for row in range(height))
    return Table(columns, rows, draw(texts), draw(st.integers(0, 400)), draw(st.integers(0, 2000)))


@st.composite
def progress(draw: st.DrawFn) -> Progress:
    states: st.SearchStrategy[StepState] = st.sampled_from(get_args(StepState))
    steps = draw(st.lists(st.builds(Step, texts, states, texts), max_size=5)) * draw(st.sampled_from((1, 30)))
    return Progress(draw(st.integers(-1, 50)), draw(st.integers(-1, 50)), tuple(steps))


blocks = st.one_of(
    st.builds(Text, texts, st.booleans()),
    st.builds(Note, texts, tones),
    st.builds(Facts, st.lists(st.tuples(texts, texts), max_size=6).map(tuple)),
    tables(),
    st.builds(Code, texts, texts),
    progress(),
)
choices = st.builds(
    lambda seeds, times: tuple((f"{value}{turn}", label, detail) for turn in range(times) for value, label, detail in seeds),
    st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=3),
    st.sampled_from((1, 4, 5, 40)),
)
fields = st.one_of(
    st.builds(Field, texts, texts, st.booleans(), st.booleans(), picked=st.lists(texts, max_size=1).map(tuple)),
    choices.flatmap(
        lambda offered: st.builds(
            Field,
            texts,
            texts,
            choices=st.just(offered),
            many=st.booleans(),
            picked=st.sets(st.sampled_from([value for value, _, _ in offered]), max_size=4).map(tuple),
        )
    ),
)
actions = st.builds(
    Action,
    texts,
    texts,
    texts,
    st.sampled_from(("plain", "primary", "danger")),
    st.lists(fields, max_size=2).map(tuple),
    st.booleans(),
)
cards = st.builds(
    Card,
    st.sampled_from(get_args(CardKind)),
    texts,
    tones,
    st.lists(blocks, max_size=60).map(tuple),
    st.one_of(st.lists(actions, max_size=4), st.builds(lambda one: [one] * 70, actions)).map(tuple),
    texts,
    texts,
    st.lists(st.builds(File, st.just("a.csv"), texts), max_size=1).map(tuple),
)
