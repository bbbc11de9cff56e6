"""The consultant over a speaker that says what a test tells it: what is asked about, what is done without an answer, what is counted."""

from __future__ import annotations

from typing import get_args

import pytest

from ai_server.metrics import MODEL_OUTCOMES, Metrics
from ai_server.models.consulting import FAILURES_IN_A_ROW, GROUNDED, REST_S, Consultant, consultant
from ai_server.models.opinion import Opinion
from ai_server.models.speaking import Lost, NoOpinion, Spoken
from ai_server.settings import BadSettings, Settings
from ai_server.wire import Answer, Plan, Refusal
from tests.ai_server.asking import knowledge, vm
from tests.ai_server.models.requests import STOP, UNKNOWN, WHICH, chosen, grounded


class Says:
    """A speaker with a fixed opinion, or a failure; keeps what it was asked."""

    def __init__(self, says: Opinion | Lost) -> None:
        self.says = says
        self.asked: list[str] = []

    async def opinion(self, prompt, check):
        self.asked.append(prompt)
        if isinstance(self.says, str):
            raise NoOpinion(self.says, 7)
        assert check(self.says) == ""
        return Spoken(self.says, 11)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def consulted(says: Opinion | Lost) -> tuple[Consultant, Says, Metrics, Clock]:
    speaker, metrics, clock = Says(says), Metrics(), Clock()
    return Consultant("test:model", speaker, knowledge(), metrics, clock), speaker, metrics, clock


@pytest.mark.parametrize(
    ("request_", "opinion", "outcome"),
    [
        (STOP, Opinion(risk="critical", risk_reason="Release tonight."), "raised"),
        (STOP, Opinion(), "nothing"),
        (WHICH, chosen(), "chosen"),
        (UNKNOWN, Opinion(question="Which machine?"), "chosen"),
    ],
)
async def test_what_comes_of_it_is_counted(request_, opinion, outcome):
    made, speaker, metrics, _ = consulted(opinion)
    reply = await made.considered(request_, grounded(request_))
    assert (reply == grounded(request_)) == (outcome == "nothing")
    assert metrics.models == {outcome: 1}
    assert metrics.model_tokens == 11
    assert len(speaker.asked) == 1


@pytest.mark.parametrize("why", get_args(Lost))
@pytest.mark.parametrize("request_", [STOP, WHICH, UNKNOWN])
async def test_without_an_opinion_the_playbooks_stand_and_it_is_said(request_, why):
    made, _, metrics, _ = consulted(why)
    reply = await made.considered(request_, grounded(request_))
    assert reply.kind == grounded(request_).kind
    assert GROUNDED.rstrip(".") in str(reply)
    if isinstance(reply, Plan):
        assert (reply.steps, reply.risk) == (grounded(request_).steps, grounded(request_).risk)
    assert metrics.models == {why: 1}
    assert metrics.model_tokens == 7
    assert why in MODEL_OUTCOMES


@pytest.mark.parametrize("reply", [Refusal(reason="no"), Answer(text="t")])
async def test_refusals_and_answers_are_not_asked_about(reply):
    made, speaker, _, _ = consulted("timeout")
    assert await made.considered(STOP, reply) is reply
    assert speaker.asked == []


async def test_a_plan_that_changes_nothing_is_not_asked_about():
    stopped = STOP.model_copy(update={"groups": (vm("g1", state="stopped"),)})
    made, speaker, _, _ = consulted("timeout")
    assert await made.considered(stopped, grounded(stopped)) == grounded(stopped)
    assert speaker.asked == []


async def test_a_model_that_is_away_is_left_alone_for_a_while():
    made, speaker, _, clock = consulted("unreachable")
    for _ in range(FAILURES_IN_A_ROW + 2):
        assert GROUNDED in (await made.considered(STOP, grounded(STOP))).explanation
    assert len(speaker.asked) == FAILURES_IN_A_ROW
    clock.now += REST_S
    speaker.says = Opinion()
    assert await made.considered(STOP, grounded(STOP)) == grounded(STOP)
    assert len(speaker.asked) == FAILURES_IN_A_ROW + 1


async def test_nonsense_is_no_reason_to_leave_it_alone():
    made, speaker, _, _ = consulted("unsound")
    for _ in range(FAILURES_IN_A_ROW + 2):
        await made.considered(STOP, grounded(STOP))
    assert len(speaker.asked) == FAILURES_IN_A_ROW + 2


async def test_one_good_answer_forgives_the_failures_before(caplog):
    made, speaker, _, _ = consulted("timeout")
    for says in ("timeout", "timeout", Opinion(), "timeout", "timeout", "timeout"):
        speaker.says = says
        await made.considered(STOP, grounded(STOP))
    assert len(speaker.asked) == 6


async def test_the_log_has_an_outcome_and_no_content(caplog):
    made, _, _, _ = consulted(Opinion(explanation="whispered words"))
    with caplog.at_level("INFO", logger="escher.ai_server"):
        await made.considered(STOP.model_copy(update={"message": "stop g1 whispered"}), grounded(STOP))
    facts = [record.__dict__["facts"] for record in caplog.records]
    assert facts == [{"outcome": "raised", "ms": 0.0, "tokens": 11}]


def test_none_is_configured():
    assert consultant(Settings(), knowledge(), Metrics()) is None


def test_what_cannot_be_is_said():
    with pytest.raises(BadSettings, match="PROVIDER:NAME"):
        consultant(Settings(model="nobody:x"), knowledge(), Metrics())
