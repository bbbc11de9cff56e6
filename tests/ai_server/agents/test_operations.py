"""Planning: every playbook, states, chains of orders, values, refusals."""

from __future__ import annotations

import pytest

from ai_server.wire import Clarification, Plan, Refusal, Unknown
from tests.ai_server.asking import ask, fitting, group, knowledge, order_for, vm

BOOKS = knowledge().playbooks


def operations(plan: Plan) -> list[str]:
    return [step.operation for step in plan.steps]


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.id)
def test_each_playbook_plans_its_own_steps_on_a_group_it_is_for(book):
    for state in book.states or ("active",):
        target = fitting(book, state=state)
        plan = order_for(book, [target])
        assert isinstance(plan, Plan), plan
        assert operations(plan) == [step.operation for step in book.steps if not step.states or state in step.states]
        assert all(step.on == ("g1",) for step in plan.steps)
        assert plan.left_out == ()
        assert [citation.id for citation in plan.citations] == [book.id]
        assert plan.rollback


@pytest.mark.parametrize("book", [book for book in BOOKS if book.already], ids=lambda book: book.id)
def test_each_other_state_is_left_out_with_its_reason(book):
    for state, reason in book.already.items():
        plan = order_for(book, [fitting(book, state=state)])
        assert isinstance(plan, Plan)
        assert plan.steps == ()
        assert [(row.group, row.reason) for row in plan.left_out] == [("g1", reason)]
        assert plan.title == "Nothing to do"
        assert plan.risk.level == "low"


@pytest.mark.parametrize("book", [book for book in BOOKS if book.parameters], ids=lambda book: book.id)
def test_what_is_missing_is_asked_for(book):
    reply = ask(f"{book.action} g1", [(book.action, "g1")], [fitting(book)])
    assert isinstance(reply, Clarification)
    assert reply.question == book.parameters[0].question
    assert [citation.id for citation in reply.citations] == [book.id]


@pytest.mark.parametrize(
    ("cloud", "operation"),
    [("aws", "ec2:StopInstances"), ("azure", "Microsoft.Compute/virtualMachines/deallocate/action"), ("gcp", "compute.instances.stop")],
)
def test_stop_means_each_clouds_own_stop(cloud, operation):
    assert operations(ask("stop g1", [("stop", "g1")], [vm("g1", cloud)])) == [operation]


def test_one_order_over_three_clouds_splits_by_state():
    groups = [vm("g1", count=5), vm("g2", "azure", environment="production"), vm("g3", "gcp", "stopped")]
    plan = ask("stop g1 g2 and g3", [("stop", "g1 g2 g3")], groups)
    assert [(step.operation, step.on) for step in plan.steps] == [
        ("ec2:StopInstances", ("g1",)),
        ("Microsoft.Compute/virtualMachines/deallocate/action", ("g2",)),
    ]
    assert [(row.group, row.reason) for row in plan.left_out] == [("g3", "already stopped")]
    assert plan.risk.level == "high"
    assert plan.title == "Stop 6 compute instances (AWS, Azure)"


def test_a_running_instance_is_stopped_resized_and_started_and_a_stopped_one_only_resized():
    plan = ask("resize g1 and g2 to v1", [("resize", "g1 g2", "v1")], [vm("g1"), vm("g2", state="stopped")], [("v1", "size")])
    assert [(step.id, step.operation, step.on, step.after) for step in plan.steps] == [
        ("s1", "ec2:StopInstances", ("g1",), ()),
        ("s2", "ec2:ModifyInstanceAttribute", ("g1",), ("s1",)),
        ("s3", "ec2:StartInstances", ("g1",), ("s2",)),
        ("s4", "ec2:ModifyInstanceAttribute", ("g2",), ()),
    ]
    assert plan.steps[1].arguments == plan.steps[3].arguments == {"instance_type": "v1"}


def test_stop_and_start_again_starts_what_was_stopped_and_nothing_else():
    groups = [vm("g1"), vm("g2", state="stopped")]
    for second in ("g1 g2", ""):
        plan = ask("stop g1 g2 and start them again", [("stop", "g1 g2"), ("start", second)], groups)
        assert [(step.operation, step.on, step.after) for step in plan.steps] == [
            ("ec2:StopInstances", ("g1",), ()),
            ("ec2:StartInstances", ("g1",), ("s1",)),
        ]
        assert [(row.group, row.reason) for row in plan.left_out] == [("g2", "already stopped")]
    assert plan.rollback.startswith("From the last change to the first:")


def test_what_an_earlier_order_could_not_do_holds_back_the_later_one():
    groups = [group("g1", "aws", "disk", "in_use"), group("g2", "aws", "disk", "deleting")]
    plan = ask("snapshot g1 g2 and delete them", [("snapshot", "g1 g2"), ("delete", "g1 g2")], groups)
    assert operations(plan) == ["ec2:CreateSnapshot"]
    assert [row.group for row in plan.left_out] == ["g2"]
    assert "still attached to an instance" in plan.explanation


def test_a_harmless_already_does_not_hold_back_a_tag():
    plan = ask(
        "stop g1 and tag it v1=v2",
        [("stop", "g1"), ("tag", "g1", "v1 v2")],
        [vm("g1", state="stopped")],
        [("v1", "tag_key"), ("v2", "tag_value")],
    )
    assert operations(plan) == ["ec2:CreateTags"]
    assert plan.left_out == ()


def test_nothing_is_done_to_what_is_gone_by_then():
    plan = ask("terminate g1 and start it", [("terminate", "g1"), ("start", "g1")], [vm("g1", state="stopped")])
    assert operations(plan) == ["ec2:TerminateInstances"]
    assert plan.title == "Terminate 1 compute instance (AWS)"
    assert "gone by then" in plan.explanation


def test_two_tags_make_two_steps_one_after_the_other():
    values = [("v1", "tag_key"), ("v2", "tag_value"), ("v3", "tag_key"), ("v4", "tag_value")]
    plan = ask("tag g1 with v1=v2 and v3=v4", [("tag", "g1")], [vm("g1", "gcp")], values)
    assert [(step.arguments, step.after) for step in plan.steps] == [
        ({"key": "v1", "value": "v2"}, ()),
        ({"key": "v3", "value": "v4"}, ("s1",)),
    ]


def test_a_tag_without_a_value_and_two_sizes_are_asked_back():
    assert ask("tag g1", [("tag", "g1")], [vm("g1")], [("v1", "tag_key")]).question.startswith("What value")
    assert ask("resize g1", [("resize", "g1")], [vm("g1")], [("v1", "size"), ("v2", "size")]).question.startswith("I can take one size")
    assert ask("tag g1", [("tag", "g1")], [vm("g1")], [("v1", "tag_key"), ("v2", "tag_key"), ("v3", "tag_value")]).kind == "clarification"


def test_a_size_belongs_to_one_cloud():
    reply = ask("resize g1 g2 to v1", [("resize", "g1 g2", "v1")], [vm("g1"), vm("g2", "gcp")], [("v1", "size")])
    assert isinstance(reply, Clarification)
    assert len(reply.choices) == len(reply.citations) == 2


def test_values_of_the_request_are_not_taken_when_orders_share_it():
    reply = ask("stop g1 and resize it", [("stop", "g1"), ("resize", "g1")], [vm("g1")], [("v1", "size")])
    assert isinstance(reply, Clarification)


def test_the_database_is_kept_in_a_snapshot_before_it_is_deleted():
    plan = ask("delete g1", [("delete", "g1")], [group("g1", "aws", "database_instance", "available")])
    assert [(step.operation, step.arguments, step.after) for step in plan.steps] == [
        ("rds:CreateDBSnapshot", {}, ()),
        ("rds:DeleteDBInstance", {"skip_final_snapshot": True}, ("s1",)),
    ]
    assert plan.rollback.startswith("Cannot be undone:")


def test_flags_decide_where_states_do_not():
    buckets = [group("g1", "aws", "object_storage", "active", flags=("public",)), group("g2", "aws", "object_storage", "active")]
    plan = ask("block public access on g1 g2", [("block_public_access", "g1 g2")], buckets)
    assert plan.steps[0].on == ("g1",)
    assert [(row.group, row.reason) for row in plan.left_out] == [("g2", "already blocked")]
    protected = ask("terminate g1", [("terminate", "g1")], [vm("g1", flags=("protected",))])
    assert protected.left_out[0].reason == "termination protection is on"


def test_delete_and_terminate_are_one_wish():
    assert operations(ask("delete g1", [("delete", "g1")], [vm("g1")])) == ["ec2:TerminateInstances"]
    assert operations(ask("destroy g1", [("terminate", "g1")], [group("g1", "gcp", "disk", "available")])) == ["compute.disks.delete"]


def test_what_a_cloud_has_not_is_refused_with_the_reason_or_left_out():
    azure, aws = group("g1", "azure", "database_instance", "online"), group("g2", "aws", "database_instance", "available")
    alone = ask("stop g1", [("stop", "g1")], [azure])
    assert isinstance(alone, Refusal)
    assert alone.reason.startswith("Azure SQL Database has no stop")
    both = ask("stop g1 g2", [("stop", "g1 g2")], [azure, aws])
    assert both.steps[0].on == ("g2",)
    assert both.left_out[0].reason.startswith("Azure SQL Database has no stop")


def test_what_nobody_wrote_down_is_unknown():
    reply = ask("stop g1", [("stop", "g1")], [group("g1", "aws", "role", "active", native_type="AWS::IAM::Role")])
    assert isinstance(reply, Unknown)
    assert "stop a role in AWS" in reply.reason


def test_handles_that_do_not_fit_together_are_refused():
    assert "g9" in ask("stop g9", [("stop", "g9")], [vm("g1")]).reason
    assert "twice" in ask("stop g1", [("stop", "g1")], [vm("g1"), vm("g1")]).reason
    assert "v7" in ask("resize g1 to v7", [("resize", "g1", "v7")], [vm("g1")]).reason
    assert ask("stop", [("stop", "")], [vm("g1")]) == Clarification(question="What should I stop?")


def test_a_native_type_of_another_cloud_is_not_believed():
    liar = vm("g1", "gcp", native_type="AWS::EC2::Instance")
    assert isinstance(ask("stop g1", [("stop", "g1")], [liar]), Unknown)


def test_more_steps_than_the_wire_carries_are_asked_back():
    values = [(f"v{number}", "tag_key" if number % 2 else "tag_value") for number in range(1, 17)]
    handles = " ".join(handle for handle, _ in values)
    groups = [fitting(book, f"g{number}") for number, book in enumerate([book for book in BOOKS if book.action == "tag"], start=1)]
    everything = " ".join(target.handle for target in groups)
    reply = ask(f"tag {everything}", [("tag", everything, handles)], groups, values)
    assert isinstance(reply, Clarification)
    assert "too many" in reply.question


@pytest.mark.parametrize("book", [book for book in BOOKS if book.preconditions], ids=lambda book: book.id)
def test_what_must_hold_and_no_state_tells_stands_on_the_plan(book):
    values = [(f"v{number}", parameter.kind) for number, parameter in enumerate(book.parameters, start=1)]
    handles = " ".join(handle for handle, _ in values)
    plan = ask(f"{book.action} g1", [(book.action, "g1", handles)], [fitting(book)], values)
    assert isinstance(plan, Plan)
    assert all(sentence in plan.explanation for sentence in book.preconditions)


@pytest.mark.parametrize("book", [book for book in BOOKS if book.states], ids=lambda book: book.id)
def test_for_later_every_step_is_planned_whatever_the_state(book):
    plan = order_for(book, [fitting(book, state="any")])
    assert isinstance(plan, Plan), plan
    assert operations(plan) == [step.operation for step in book.steps]
    assert plan.left_out == ()


def test_for_later_a_second_order_finds_what_the_first_leaves():
    plan = ask("stop g1 and start it again", [("stop", "g1"), ("start", "g1")], [vm("g1", state="any")])
    assert operations(plan) == ["ec2:StopInstances", "ec2:StartInstances"]
