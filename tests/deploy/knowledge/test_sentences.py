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


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        (
            "<note><p>This operation is not supported for directory buckets.</p></note><p>Deletes the S3 bucket.</p>",
            "Deletes the S3 bucket.",
        ),
        ("This is AWS WAF Classic documentation. For more information, see AWS WAF Classic. Creates a rule.", "Creates a rule."),
        ("This API is in preview release for Connect and is subject to change. Describes it.", "Describes it."),
        ("<b>This API works with the following fleet types:</b> EC2, Anywhere, Container <p>Adds a script.</p>", "Adds a script."),
        ("NFS only. Create a hard link to the file.", "Create a hard link to the file."),
        ("We recommend that you use the other one. Imports an image.", "Imports an image."),
        (
            "End of support notice: As of October 1, 2025, it ends. If you attempt to use an ACL, it fails. Adds an object.",
            "Adds an object.",
        ),
        ("Deprecated. Gets the letter.", "Gets the letter. It is deprecated."),
        (
            "This operation is no longer current and may be deprecated in the future. GetMap is part of a previous API. Gets a map.",
            "Gets a map. It is deprecated.",
        ),
        ("Deprecated. Gets the deprecated letter.", "Gets the deprecated letter."),
        ("Deprecated.", "Deprecated."),
        ("This operation deletes a rule. This operation is not supported here.", "This operation deletes a rule."),
        ("Use this to stop a build. For more information, see the guide.", "Use this to stop a build."),
    ],
)
def test_the_first_sentence_is_one_that_tells_what_is_done(markup, told):
    assert summary_and_detail(markup)[0] == told


def test_a_long_first_sentence_leaves_room_for_the_warning():
    summary, _ = summary_and_detail("Deprecated. " + "Gets one thing after the other " * 20 + ".", first=100)
    assert len(summary) <= 100
    assert summary.endswith("… It is deprecated.")
