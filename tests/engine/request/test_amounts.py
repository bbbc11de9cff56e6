"""What number a change is told, and what the change then is."""

from __future__ import annotations

import pytest

from engine.request.lexicon import load
from engine.request.reader import read

KNOWN = {"web-asg": frozenset({"name"}), "vol-data": frozenset({"name"}), "orders": frozenset({"app"})}


def order(message: str):
    (only,) = read(message, load(), KNOWN).orders
    return only


@pytest.mark.parametrize(
    ("message", "action", "amount"),
    [
        ("scale web-asg to 5", "scale", "5"),
        ("scale the web-asg to 5 instances", "scale", "5"),
        ("scale down web-asg to 0", "scale", "0"),
        ("set the desired capacity of web-asg to 4", "scale", "4"),
        ("resize vol-data to 500 GB", "grow", "500"),
        ("resize vol-data to 500gb", "grow", "500"),
        ("grow vol-data to 1tb", "grow", "1024"),
        ("extend vol-data to 300", "grow", "300"),
        ("set the retention of web-asg to 2 weeks", "set_retention", "14"),
        ("keep the logs of web-asg for 30 days", "set_retention", "30"),
        ("enable backups for web-asg for 7 days", "enable_backups", "7"),
        ("turn on backups for web-asg with 14 days", "enable_backups", "14"),
    ],
)
def test_an_amount_is_taken_with_its_unit(message, action, amount):
    found = order(message)
    assert (found.action, [(given.kind, given.text) for given in found.given]) == (action, [("number", amount)])
    assert len(found.selection.names) == 1
    assert not found.selection.unread
    assert not found.selection.doubt


@pytest.mark.parametrize("message", ["grow vol-data", "scale out web-asg", "enable backups for web-asg"])
def test_without_an_amount_none_is_made_up(message):
    assert order(message).given == ()


def test_a_unit_that_does_not_belong_to_the_change_stays_unread():
    found = order("grow vol-data to 5 instances")
    assert found.given == ()
    assert found.selection != order("grow vol-data").selection


def test_a_number_before_the_things_counts_the_things():
    assert order("scale 2 web-asg").given == ()


@pytest.mark.parametrize("message", ["stop orders for 30 days", "stop the backups vm web-asg for 2 days"])
def test_other_changes_for_a_time_are_for_later(message):
    assert read(message, load(), KNOWN).when is not None


@pytest.mark.parametrize(
    ("message", "key"),
    [
        ("remove the owner tag from web-asg", "owner"),
        ("untag env from web-asg", "env"),
        ("remove the tag cost-center from web-asg", "cost-center"),
        ("delete label keep from web-asg", "keep"),
        ("remove the keep=yes tag from web-asg", "keep"),
    ],
)
def test_a_tag_is_taken_away_and_never_the_resource(message, key):
    found = order(message)
    assert (found.action, [(given.kind, given.text) for given in found.given]) == ("untag", [("tag_key", key)])
    assert found.selection.names == ("web-asg",)


@pytest.mark.parametrize("message", ["delete web-asg with tags", "delete web-asg and its tags from here"])
def test_talk_of_tags_that_says_no_key_deletes_nothing(message):
    found = order(message)
    assert found.action != "delete" or found.selection.unread or found.selection.doubt or found.selection.filters
