"""What is offered: with orders only what carries them out, without what the words point at."""

from __future__ import annotations

import pytest

from ai_server.knowledge.knowledge import SAME_WISH
from ai_server.models.retrieval import MOST_OTHERS, MOST_PLAYBOOKS, candidates
from ai_server.wire import Order, PlanRequest
from tests.ai_server.asking import knowledge, vm
from tests.ai_server.models.requests import STOP, UNKNOWN


def test_orders_are_offered_what_carries_them_out_on_their_own_kinds():
    offered = candidates(STOP, knowledge())
    assert [book.id for book in offered.playbooks] == ["aws-ec2-stop"]
    assert offered.practices == offered.equivalents == ()
    assert offered.playbook("aws-ec2-stop") is offered.playbooks[0]
    assert offered.playbook("aws-ec2-start") is None


@pytest.mark.parametrize("action", ["delete", "terminate"])
def test_both_words_for_a_deletion_find_it(action):
    request = PlanRequest(message="x", orders=(Order(action=action, on=("g1",)),), groups=(vm("g1"),))
    assert {book.action for book in candidates(request, knowledge()).playbooks} <= {action, SAME_WISH[action]}
    assert candidates(request, knowledge()).playbooks


def test_a_native_type_under_another_cloud_is_offered_nothing():
    liar = STOP.model_copy(update={"groups": (vm("g1", "gcp", native_type="AWS::EC2::Instance"),)})
    assert candidates(liar, knowledge()).playbooks == ()


def test_words_find_their_playbooks():
    books = candidates(PlanRequest(message="restart the ec2 instance on aws, it hangs"), knowledge()).playbooks
    assert books[0].id == "aws-ec2-restart"


@pytest.mark.parametrize("message", ["", "qwertz", "\u202e\u200b", "[?] [?]"])
def test_words_that_say_nothing_are_offered_nothing(message):
    assert candidates(PlanRequest(message=message), knowledge()).rows == ()


def test_there_is_a_limit_and_an_order():
    everything = " ".join(word for book in knowledge().playbooks for word in (book.title, *book.asks))[:8000]
    request = PlanRequest(message=everything)
    offered = candidates(request, knowledge())
    assert len(offered.playbooks) == MOST_PLAYBOOKS
    assert len(offered.practices) <= MOST_OTHERS
    assert len(offered.equivalents) <= MOST_OTHERS
    assert candidates(request, knowledge()) == offered
    assert candidates(UNKNOWN, knowledge()).rows == (
        *candidates(UNKNOWN, knowledge()).playbooks,
        *candidates(UNKNOWN, knowledge()).practices,
        *candidates(UNKNOWN, knowledge()).equivalents,
    )
