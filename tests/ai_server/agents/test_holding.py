"""No plan leaves that the commands' own description does not bear out: broken playbooks and broken steps are planted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ai_server.agents.holding import held_plan, unheld
from ai_server.agents.planner import reply
from ai_server.knowledge.commands.command import Command, Field
from ai_server.knowledge.grounds import Grounds
from ai_server.knowledge.knowledge import Knowledge
from ai_server.models.composing import Unsound, compose
from ai_server.models.opinion import Chosen, Opinion
from ai_server.models.retrieval import candidates
from ai_server.wire import Order, Plan, PlanRequest, Unknown, Value
from tests.ai_server.asking import knowledge, vm

STOP_COMMAND = Command(
    "aws", "ec2:StopInstances", "aws ec2 stop-instances", "ec2", "Stops instances.", "write",
    (Field("InstanceIds", "list", required=True, option="--instance-ids"), Field("Force", "boolean", option="--force")),
    permissions=("ec2:StopInstances",),
)  # fmt: skip
RESIZE_COMMAND = Command(
    "aws", "ec2:ModifyInstanceAttribute", "aws ec2 modify-instance-attribute", "ec2", "Changes an attribute.", "write",
    (Field("InstanceId", required=True, option="--instance-id"), Field("InstanceType", "structure", option="--instance-type")),
    permissions=("ec2:ModifyInstanceAttribute",),
)  # fmt: skip
START_COMMAND = replace(
    STOP_COMMAND, operation="ec2:StartInstances", command="aws ec2 start-instances", permissions=("ec2:StartInstances",)
)
COMMANDS = (STOP_COMMAND, RESIZE_COMMAND, START_COMMAND)
STOP = PlanRequest(message="stop g1", orders=[Order(action="stop", on=("g1",))], groups=[vm("g1")])
RESIZE = PlanRequest(
    message="resize g1 to v1",
    orders=[Order(action="resize", on=("g1",), values=("v1",))],
    groups=[vm("g1")],
    values=[Value(handle="v1", kind="size")],
)


def planted(id_: str, *, step: int = 0, commands: tuple[tuple[str, ...], ...] | None = None, **changes) -> Knowledge:
    """The library with one playbook changed: a step's fields, or what it shows."""
    whole = knowledge()
    book = next(book for book in whole.playbooks if book.id == id_)
    steps = [one.model_copy(update=changes) if place == step else one for place, one in enumerate(book.steps)]
    broken = book.model_copy(update={"steps": tuple(steps), "commands": commands or book.commands})
    books = tuple(broken if one.id == id_ else one for one in whole.playbooks)
    return replace(whole, playbooks=books, catalogue=COMMANDS, grounds=Grounds(books, COMMANDS))


def test_the_library_as_it_is_holds():
    assert isinstance(held_plan(STOP, planted("aws-ec2-stop")), Plan)
    assert isinstance(held_plan(RESIZE, planted("aws-ec2-resize")), Plan)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"operation": "ec2:HibernateInstances"}, "ec2:HibernateInstances is neither an operation nor a permission"),
        ({"arguments": {"gently": True}}, "no command of ec2:StopInstances takes gently"),
        ({"commands": (("aws", "ec2", "stop-instances", "--instance-ids", "<id>", "--hard"),)}, "there is no --hard"),
        ({"commands": (("aws", "ec2", "stop-instances", "--force"),)}, "--instance-ids is required, and is missing"),
        ({"commands": (("aws", "ec2", "halt-instances", "--instance-ids", "<id>"),)}, "begins with no command that is known"),
    ],
)
def test_a_broken_playbook_sends_no_plan_and_says_so_with_a_code(changes, says):
    said = reply(STOP, planted("aws-ec2-stop", **changes))
    assert isinstance(said, Unknown)
    assert said.code == "ungrounded"
    assert says in said.reason
    assert [citation.id for citation in said.citations] == ["aws-ec2-stop"]
    assert not isinstance(reply(RESIZE, planted("aws-ec2-stop", **changes)), Unknown), "other playbooks go on"


def test_a_command_that_only_reads_is_no_step():
    reading = replace(STOP_COMMAND, access="read")
    broken = replace(planted("aws-ec2-stop"), grounds=Grounds(knowledge().playbooks, (reading,)))
    assert "only reads" in reply(STOP, broken).reason


@pytest.mark.parametrize(
    ("update", "says"),
    [
        ({"operation": "ec2:TerminateInstances"}, "stands in no playbook of the plan"),
        ({"arguments": {"instance_type": "v2"}}, "wants a size of the request"),
        ({"arguments": {"instance_type": "m5"}}, "wants a size of the request"),
        ({"arguments": {"instance_type": True}}, "wants a size of the request"),
        ({"arguments": {"instance_type": "v1", "force": True}}, "stands in no playbook of the plan"),
    ],
)
def test_a_step_that_was_altered_on_its_way_does_not_hold(update, says):
    whole = planted("aws-ec2-resize")
    made = held_plan(RESIZE, whole)
    assert isinstance(made, Plan)
    place = next(place for place, step in enumerate(made.steps) if step.arguments)
    steps = [step.model_copy(update=update) if at == place else step for at, step in enumerate(made.steps)]
    assert says in unheld(made.model_copy(update={"steps": tuple(steps)}), RESIZE, whole)
    assert unheld(made, RESIZE, whole) == ""


def test_a_word_of_the_playbooks_own_stays_what_it_is():
    whole = planted("aws-ec2-stop", arguments={"Force": True})
    made = held_plan(STOP, whole)
    assert isinstance(made, Plan)
    other = made.model_copy(update={"steps": (made.steps[0].model_copy(update={"arguments": {"Force": 1}}),)})
    assert "sets Force to True" in unheld(other, STOP, whole)


def test_what_a_model_chooses_is_held_to_the_same():
    whole = planted("aws-ec2-stop", operation="ec2:HibernateInstances")
    grounded = Unknown(reason="nothing")
    opinion = Opinion(orders=(Chosen(playbook="aws-ec2-stop", groups=("g1",)),))
    with pytest.raises(Unsound, match="still no plan"):
        compose(STOP, grounded, opinion, candidates(STOP, whole), whole)


def test_without_commands_there_is_nothing_to_hold_against():
    bare = replace(planted("aws-ec2-stop", operation="ec2:HibernateInstances"), catalogue=(), grounds=Grounds())
    assert isinstance(held_plan(STOP, bare), Plan)
