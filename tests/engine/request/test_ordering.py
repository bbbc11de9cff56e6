"""Verbs and what they act on: one thing under two verbs, and what no verb may take for granted."""

from __future__ import annotations

import pytest

from engine.request.ordering import WHAT_IS_DELETED
from tests.engine.request.reading_room import reading


@pytest.mark.parametrize(
    ("message", "actions"),
    [
        ("drain and stop web-01", ("drain", "stop")),
        ("please drain, then stop the dev vms", ("drain", "stop")),
        ("snapshot and then delete the unattached volumes in dev", ("snapshot", "delete")),
        ("stop and start web-01", ("stop", "start")),
    ],
)
def test_two_verbs_share_what_stands_after_the_second(message, actions):
    first, second = reading(message).orders
    assert (first.action, second.action) == actions
    assert first.selection == second.selection
    assert not first.selection.empty
    assert not first.selection.doubt


@pytest.mark.parametrize("message", ["start and stop the dev vms", "tag and stop the dev vms", "resize and stop web-01"])
def test_verbs_that_nobody_means_together_share_nothing(message):
    assert reading(message).orders[0].selection.empty, "what it acts on is asked"


@pytest.mark.parametrize("message", ["kill everything idle in prod", "delete everything unattached", "nuke everything in dev"])
def test_everything_is_never_deleted_without_a_kind(message):
    for order in reading(message).orders:
        assert order.selection.doubt == WHAT_IS_DELETED


def test_a_kind_or_a_name_is_enough():
    for message in ("delete all unattached volumes", "delete everything called web-01"):
        assert all(order.selection.doubt != WHAT_IS_DELETED for order in reading(message).orders)
