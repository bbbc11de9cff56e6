"""What a model may make of a request, and everything it may not."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ai_server.models.composing import CHOSEN, FOUND, WORDS_OF, noted
from ai_server.models.opinion import Chosen, Opinion
from ai_server.models.retrieval import Candidates, candidates
from ai_server.wire import RISK_ORDER, Answer, Clarification, Order, Plan, PlanReply, PlanRequest, Refusal, Unknown
from tests.ai_server.asking import knowledge, vm
from tests.ai_server.models.requests import SIZES, STOP, UNKNOWN, WHICH, chosen, composed, grounded, wrong


def test_the_requests_are_what_they_are_meant_to_be():
    assert isinstance(grounded(STOP), Plan)
    assert isinstance(grounded(WHICH), Clarification)
    assert isinstance(grounded(SIZES), Clarification)
    assert isinstance(grounded(UNKNOWN), Unknown)


@pytest.mark.parametrize("request_", [STOP, WHICH, UNKNOWN])
def test_an_empty_opinion_changes_nothing(request_):
    assert composed(request_, Opinion()) == grounded(request_)


def test_a_risk_is_raised_with_its_reason():
    plan = composed(STOP, Opinion(risk="critical", risk_reason="The turns speak of a release tonight."))
    assert plan.risk.level == "critical"
    assert plan.risk.reasons[-1] == "the model: The turns speak of a release tonight."
    assert plan.risk.reasons[:-1] == grounded(STOP).risk.reasons
    assert plan.steps == grounded(STOP).steps


@pytest.mark.parametrize("level", RISK_ORDER)
def test_a_risk_is_never_lowered(level):
    high = STOP.model_copy(update={"groups": (vm("g1", count=300, environment="production"),)})
    before = grounded(high).risk
    after = composed(high, Opinion(risk=level, risk_reason="Harmless, surely.")).risk
    assert RISK_ORDER.index(after.level) >= RISK_ORDER.index(before.level)
    if RISK_ORDER.index(level) <= RISK_ORDER.index(before.level):
        assert after == before, "not even its reason is taken"


def test_an_explanation_is_added_and_marked():
    plan = composed(STOP, Opinion(explanation="Three machines (g1)\nare switched off;\u202e disks stay."))
    assert plan.explanation == f"{grounded(STOP).explanation} {WORDS_OF}Three machines (g1) are switched off; disks stay."


def test_an_explanation_without_room_is_left_away():
    long = Opinion(explanation="word " * 120)
    full = grounded(STOP).model_copy(update={"explanation": "x" * 1900})
    from ai_server.models.composing import compose

    assert compose(STOP, full, long, Candidates(()), knowledge()).explanation == "x" * 1900


def test_chosen_playbooks_become_a_plan_by_the_same_code():
    plan = composed(WHICH, chosen())
    assert isinstance(plan, Plan)
    assert plan.explanation.startswith(CHOSEN)
    assert plan.model_copy(update={"explanation": ""}) == grounded(STOP).model_copy(update={"explanation": ""})


def test_a_chosen_value_is_used():
    plan = composed(SIZES, chosen("aws-ec2-resize", values=("v2",)))
    assert any(step.arguments.get("instance_type") == "v2" or "v2" in step.arguments.values() for step in plan.steps)


def test_orders_come_with_a_risk_too():
    both = chosen().model_copy(update={"risk": "high", "risk_reason": "It may be needed."})
    assert composed(WHICH, both).risk.level == "high"


@pytest.mark.parametrize(
    ("request_", "opinion", "says"),
    [
        (STOP, chosen(), "plan stands"),
        (STOP, Opinion(question="Really?"), "plan stands"),
        (STOP, Opinion(sources=("aws-ec2-stop",)), "plan stands"),
        (STOP, Opinion(risk="critical"), "wants a risk_reason"),
        (WHICH, chosen("aws-ec2-destroy-everything"), "not offered"),
        (WHICH, chosen("aws-ec2-terminate"), "not offered"),
        (WHICH, chosen("gcp-compute-stop"), "not offered"),
        (WHICH, chosen("aws-ec2-stop", "g2"), "does not have"),
        (WHICH, chosen("aws-ec2-stop", values=("v1",)), "does not have"),
        (SIZES, chosen("aws-ec2-resize"), "still no plan"),
        (WHICH, chosen().model_copy(update={"question": "Which?"}), "exactly one"),
        (WHICH, Opinion(risk="high", risk_reason="r"), "exactly one"),
        (WHICH, Opinion(question="Do it"), "question mark"),
        (WHICH, Opinion(question="Shall I look at https://evil.example/?"), "web address"),
        (WHICH, Opinion(question="Is it i-0061fe8164c9ccb6d?"), "AWS resource id"),
        (WHICH, Opinion(question="Is it g7?"), "g7"),
        (UNKNOWN, Opinion(sources=("made-up",)), "not offered"),
        (UNKNOWN, chosen("aws-ec2-restart"), "nobody ordered"),
        (STOP, Opinion(explanation="Already approved, no approval needed."), "approval"),
        (STOP, Opinion(explanation="Also runs ec2:TerminateInstances."), "operation"),
        (STOP, Opinion(explanation="Ask <@U123> or `rm`."), "mention"),
    ],
)
def test_whatever_breaks_a_rule_is_told(request_, opinion, says):
    assert says in wrong(request_, opinion)


def test_an_operation_of_the_plan_may_be_named():
    assert wrong(STOP, Opinion(explanation="It calls ec2:StopInstances once.")) == ""


def test_a_group_that_was_ordered_is_not_forgotten():
    two = PlanRequest(
        message="stop g1 and g2 and resize g1",
        orders=(Order(action="stop", on=("g1", "g2")), Order(action="resize", on=("g1",), values=())),
        groups=(vm("g1"), vm("g2")),
    )
    assert "g2" in wrong(two, chosen("aws-ec2-stop", "g1"))


def test_a_playbook_is_not_for_another_kind():
    other = WHICH.model_copy(update={"groups": (vm("g1"), vm("g2", "gcp"))})
    assert wrong(other, chosen("aws-ec2-stop", "g2")) == "aws-ec2-stop is not for g2."


def test_a_refusal_stands_whatever_a_model_says():
    dont = STOP.model_copy(update={"message": "do not stop g1"})
    assert isinstance(grounded(dont), Refusal)
    for opinion in (chosen(), Opinion(question="Sure?"), Opinion(risk="critical", risk_reason="r")):
        assert wrong(dont, opinion) == "Nothing may be added to this reply."


def test_a_model_cannot_talk_a_contradiction_away():
    """The orders a model writes are read against the message as anybody's."""
    delete = PlanRequest(message="how is the weather", orders=(Order(action="delete", on=()),), groups=(vm("g1"),))
    assert "no plan" in wrong(delete, chosen("aws-ec2-terminate")) or "Nothing may" in wrong(delete, chosen("aws-ec2-terminate"))


def test_an_answer_is_written_by_the_library():
    offered = candidates(UNKNOWN, knowledge())
    source = offered.playbooks[0]
    answer = composed(UNKNOWN, Opinion(sources=(source.id,)))
    assert isinstance(answer, Answer)
    assert answer.text.startswith(FOUND)
    assert source.steps[0].why in answer.text
    assert [citation.id for citation in answer.citations] == [source.id]
    assert answer.commands == tuple(" ".join(argv) for argv in source.commands)


def test_practices_and_equivalents_answer_too():
    backups = PlanRequest(message="hmm database backups, s3 buckets and blob storage, whatever")
    offered = candidates(backups, knowledge())
    rows = [row.id for row in (*offered.practices[:1], *offered.equivalents[:1])]
    assert len(rows) == 2
    unknown = Unknown(reason="r")
    from ai_server.models.composing import compose

    answer = compose(backups, unknown, Opinion(sources=tuple(rows)), offered, knowledge())
    assert [citation.kind for citation in answer.citations] == ["practice", "equivalent"]


@pytest.mark.parametrize("request_", [STOP, WHICH, UNKNOWN])
def test_a_note_stands_where_it_is_read(request_):
    before = grounded(request_)
    after = noted(before, "The model slept.")
    assert after.kind == before.kind
    assert "The model slept" in str(after)
    PlanReply(request_id="0" * 16, reply=after)


def test_a_note_without_room_is_left_away():
    assert noted(Unknown(reason="x" * 1000), "note") == Unknown(reason="x" * 1000)
    assert noted(Answer(text="t"), "note") == Answer(text="t")


TEXT = st.one_of(st.text(max_size=60), st.sampled_from(("It is risky.", "Which one?", "", "approved")))
OPINION = st.builds(
    Opinion,
    orders=st.lists(
        st.builds(
            Chosen,
            playbook=st.sampled_from([book.id for book in knowledge().playbooks] + ["made-up"]),
            groups=st.lists(st.sampled_from(("g1", "g2", "g9")), min_size=1, max_size=3).map(tuple),
            values=st.lists(st.sampled_from(("v1", "v2", "v9")), max_size=2).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    question=TEXT,
    sources=st.lists(st.sampled_from([book.id for book in knowledge().playbooks] + ["made-up"]), max_size=3).map(tuple),
    risk=st.sampled_from((None, *RISK_ORDER)),
    risk_reason=TEXT,
    explanation=TEXT,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from((STOP, WHICH, SIZES, UNKNOWN)), OPINION)
def test_whatever_a_model_says(request_, opinion):
    """What passes the check composes; a plan has known operations on the request's groups and no lower risk."""
    if wrong(request_, opinion):
        return
    before, after = grounded(request_), composed(request_, opinion)
    PlanReply.model_validate_json(PlanReply(request_id="0" * 16, reply=after).model_dump_json())
    if isinstance(after, Plan):
        ordered = {order.action for order in request_.orders}
        books = {citation.id for citation in after.citations}
        assert {book.action for book in knowledge().playbooks if book.id in books} <= ordered
        assert {handle for step in after.steps for handle in step.on} <= {group.handle for group in request_.groups}
    if isinstance(before, Plan):
        assert after.steps == before.steps
        assert RISK_ORDER.index(after.risk.level) >= RISK_ORDER.index(before.risk.level)
