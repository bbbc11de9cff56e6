""" "Drain web-01", "take web-01 out of the load balancer", "drain and stop": what is meant, and what never is. Pure."""

from __future__ import annotations

import pytest

from tests.engine.request.reading_room import reading


def ordered(message: str) -> list[tuple[str, tuple[str, ...], str]]:
    """Action, names and doubt of each order."""
    return [(one.action, tuple(one.selection.names), one.selection.doubt) for one in reading(message).orders]


@pytest.mark.parametrize(
    "message",
    [
        "drain web-01",
        "please drain web-01",
        "take web-01 out of the load balancer",
        "take web-01 out of its target groups",
        "take web-01 out of rotation",
        "pull web-01 out of rotation",
        "drain web-01 from the load balancer",
        "deregister web-01 from its target groups",
        "drain web-01 of its traffic",
        "would you mind taking web-01 out of the load balancer?",
    ],
)
def test_a_machine_is_taken_out_of_its_load_balancers(message):
    ((action, names, doubt),) = ordered(message)
    assert (action, len(names), doubt) == ("drain", 1, "")
    assert not reading(message).orders[0].selection.unread
    assert not reading(message).orders[0].selection.filters


@pytest.mark.parametrize("message", ["drain and stop web-01", "drain web-01 and stop it", "drain web-01, then stop it"])
def test_drained_first_and_then_stopped(message):
    first, second = reading(message).orders
    assert (first.action, second.action) == ("drain", "stop")
    assert first.selection.names
    assert second.selection.names == first.selection.names or second.selection.refers


@pytest.mark.parametrize("message", ["drain the queue", "drain the dev queues", "empty the queue"])
def test_a_queue_is_drained_of_its_messages(message):
    assert [one.action for one in reading(message).orders] == ["purge"]


@pytest.mark.parametrize(
    "message",
    [
        "remove web-01 from the load balancer",
        "delete web-01 from its target group",
        "remove web-01 out of the load balancer",
        "kill web-01 out of rotation",
    ],
)
def test_taking_a_machine_away_from_its_balancer_is_never_a_plain_deletion(message):
    for one in reading(message).orders:
        assert one.selection.unread, "what was not understood is asked about"


def test_taking_something_offline_stays_a_stop():
    assert [one.action for one in reading("take web-01 offline").orders] == ["stop"]
