"""Descriptions out of gcloud's help: what stands before a command line of this very command, in plain words. Pure."""

from __future__ import annotations

import pytest

from deploy.knowledge.gcloud_examples import Example, described, examples

STOP = """To stop an instance named `test-instance`, run:

  $ gcloud compute instances stop test-instance

To stop an instance that has a Local SSD, run:

    $ gcloud compute instances stop test-instance \\
        --discard-local-ssd=True

Using '--discard-local-ssd' without a value defaults to True.

  $ gcloud compute instances stop other

The last of them first lists what is there:

  $ gcloud compute instances list
"""


def node(*path: str, text: str = "", hidden: bool = False, **below):
    return {"path": list(path), "is_hidden": hidden, "sections": {"EXAMPLES": text} if text else {}, "commands": below}


def test_the_paragraph_before_a_command_line_says_what_it_does():
    tree = node("gcloud", stop=node("gcloud", "compute", "instances", "stop", text=STOP))
    assert list(examples(tree)) == [
        Example("stop an instance named test-instance", "gcloud compute instances stop"),
        Example("stop an instance that has a Local SSD", "gcloud compute instances stop"),
        Example("Using '--discard-local-ssd' without a value defaults to True", "gcloud compute instances stop"),
    ]


def test_each_once_in_order_and_nothing_of_what_is_hidden():
    twice = "To list all of it, run:\n\n  $ gcloud a list\n\nTo list all of it, run:\n\n  $ gcloud a list --x\n"
    tree = node(
        "gcloud",
        b=node("gcloud", "b", text="To do that now:\n\n  $ gcloud b", hidden=True),
        a=node("gcloud", "a", list=node("gcloud", "a", "list", text=twice)),
    )
    assert list(examples(tree)) == [Example("list all of it", "gcloud a list")]
    assert list(examples(node("gcloud", c=node("gcloud", "c")))) == []


@pytest.mark.parametrize(
    ("paragraph", "bare"),
    [
        ("To create a topic, run:", "create a topic"),
        ("For example, to create a `blue` topic, use the following command:", "create a blue topic"),
        ("This needs a role. To add one member of it run:", "add one member of it"),
        ("The following command deletes my-bucket:", "deletes my-bucket"),
        ("Lists all of them:", "Lists all of them"),
        ("Run:", ""),
        ("", ""),
        ("$X:", ""),
    ],
)
def test_what_is_said_without_how_to_type_it(paragraph, bare):
    assert described(paragraph) == (bare if len(bare.split()) > 2 else "")


def test_the_halves_are_by_command_and_about_equal():
    halves = [Example("x y z", f"gcloud a{number} list").half for number in range(400)]
    assert 160 < halves.count("first") < 240
    assert Example("one thing more", "gcloud a1 list").half == Example("another thing", "gcloud a1 list").half
