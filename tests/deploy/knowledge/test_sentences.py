"""Documentation becomes short plain sentences."""

from __future__ import annotations

import pytest

from deploy.knowledge.sentences import cut, plain, sentences, short, summary_and_detail


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>Stops an <code>EBS</code>-backed&nbsp;instance.</p><p>More.</p>", "Stops an EBS-backed instance. More."),
        ("a<br/>b &lt;c&gt;", "a b <c>"),
        ("Set the [machine type](/compute/docs).", "Set the machine type."),
        ("See `the guide <https://x.example>`__ for *more*.", "See the guide for more."),
        ("", ""),
    ],
)
def test_plain(markup, words):
    assert plain(markup) == words


def test_abbreviations_end_no_sentence():
    assert sentences("Takes a name, e.g. Web. It stops. No. 5 is alive. Run 3 times? Yes!") == [
        "Takes a name, e.g. Web.",
        "It stops.",
        "No. 5 is alive.",
        "Run 3 times?",
        "Yes!",
    ]


def test_cut_ends_at_a_word():
    assert cut("one two three", 9) == "one two…"
    assert cut("onetwothree", 5) == "onet…"
    assert cut("one", 3) == "one"


def test_summary_detail_and_short():
    assert summary_and_detail("<p>First. Second. Third.</p>") == ("First.", "Second. Third.")
    assert summary_and_detail("") == ("", "")
    assert short("<p>The name of it. Longer talk.</p>") == "The name of it."
    assert short("") == ""
