"""Questions that are no wish: about the estate, about a plan, about commands; and how surely each was understood."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from ai_server.agents.planner import consider
from ai_server.knowledge.commands.command import Command, Field
from ai_server.wire import Answer, Information, PlanRequest, Query, Unknown
from tests.ai_server.asking import knowledge, vm

LIST_SQL = Command(
    cloud="gcp",
    operation="sql.instances.list",
    command="gcloud sql instances list",
    service="sql",
    summary="Lists instances under a given project.",
    access="list",
    permissions=("cloudsql.instances.list",),
)
DESCRIBE_KEY = Command(
    cloud="aws",
    operation="kms:DescribeKey",
    command="aws kms describe-key",
    service="kms",
    summary="Provides detailed information about a KMS key",
    access="read",
    fields=(Field("KeyId", required=True, option="--key-id"), Field("GrantTokens", kind="list", option="--grant-tokens")),
)
ROTATE = replace(DESCRIBE_KEY, operation="kms:RotateKeyOnDemand", command="aws kms rotate-key-on-demand", access="write", fields=())
NAMELESS = replace(ROTATE, operation="kms:Old", command="")


@dataclass(frozen=True)
class Hit:
    command: Command
    margin: float


@dataclass(frozen=True)
class Shelf:
    """A finder that gives what it was made with and keeps what it was asked."""

    hits: tuple[Hit, ...]
    asked: list[tuple[str, str | None]]

    def find(self, text, cloud=None, service=None, limit=10):
        self.asked.append((text, cloud))
        return tuple(hit for hit in self.hits if cloud in (None, hit.command.cloud))[:limit]


def ask(message: str, *hits: Hit, **more):
    shelf = Shelf(hits, [])
    found = consider(PlanRequest(message=message, **more), replace(knowledge(), finder=shelf))
    return found, shelf


@pytest.mark.parametrize(
    ("message", "query"),
    [
        ("how many production databases do we have in aws", Query(measure="count", types=("database_instance",), clouds=("aws",), environments=("production",))),
        ("show me stopped machines by region", Query(types=("compute_instance",), states=("stopped",), by="region")),
        ("are there public buckets in gcp", Query(types=("object_storage",), clouds=("gcp",), flags=("public",))),
        ("what do we spend on disks per account, show it", Query(measure="cost", types=("disk",), by="account")),
        ("list idle rds instances", Query(types=("database_instance",), clouds=("aws",), flags=("idle",))),
    ],
)  # fmt: skip
def test_a_question_about_the_estate_becomes_a_query(message, query):
    found, _ = ask(message)
    assert isinstance(found.reply, Information)
    assert found.reply.query == query
    assert (found.understood.intent, found.understood.family, found.understood.confidence) == ("estate", "reading", 0.9)


def test_without_a_kind_of_thing_there_is_no_query():
    found, _ = ask("show me the money")
    assert isinstance(found.reply, Unknown)
    assert found.understood.intent == "unknown"
    assert found.understood.confidence < 0.5


@pytest.mark.parametrize("message", ["explain the plan", "why is that needed", "what would happen to it", "can it be undone?"])
def test_a_plan_is_explained_from_its_operations(message):
    found, _ = ask(message, operations=("ec2:StopInstances", "ec2:ModifyInstanceAttribute", "ec2:StartInstances"))
    assert isinstance(found.reply, Answer)
    first, *_ = found.reply.text.splitlines()
    assert first.startswith("ec2:StopInstances: ")
    assert "aws-ec2-stop" in {citation.id for citation in found.reply.citations} or "aws-ec2-resize" in {
        citation.id for citation in found.reply.citations
    }
    assert found.understood.intent == "explanation"


def test_what_an_operation_is_comes_from_its_command_where_there_is_one():
    with_command = replace(knowledge(), catalogue=(replace(ROTATE, summary="Initiates rotation.", permissions=("kms:Rotate",)),))
    found = consider(PlanRequest(message="explain it", operations=("kms:Rotate", "nobody:Knows")), with_command)
    assert isinstance(found.reply, Answer)
    assert found.reply.text == "kms:Rotate: Initiates rotation."
    assert [citation.id for citation in found.reply.citations] == ["kms:RotateKeyOnDemand"]


def test_an_unknown_operation_is_not_explained_away():
    found, _ = ask("explain it", operations=("nobody:KnowsThis",))
    assert isinstance(found.reply, Unknown)


def test_a_sure_command_is_given_alone_with_what_it_needs():
    found, shelf = ask("which command lists the cloud sql instances in gcp", Hit(LIST_SQL, 0.8), Hit(LIST_SQL, 0.1))
    assert isinstance(found.reply, Answer)
    assert found.reply.commands == ("gcloud sql instances list",)
    assert "Needs nothing. It changes nothing; it is checked as cloudsql.instances.list." in found.reply.text
    assert found.reply.citations[0].kind == "command"
    assert shelf.asked == [("lists the cloud sql instances in", "gcp")]


def test_the_closest_commands_are_given_where_none_is_sure():
    found, _ = ask("how do i describe one of our keys", Hit(DESCRIBE_KEY, 0.3), Hit(ROTATE, 0.2), Hit(NAMELESS, 0.1))
    assert isinstance(found.reply, Answer)
    assert found.reply.text.startswith("I am not sure")
    assert found.reply.commands == ("aws kms describe-key --key-id <KeyId>", "aws kms rotate-key-on-demand", "kms:Old")
    assert "It changes something" in found.reply.text
    assert found.understood.confidence == 0.6


@pytest.mark.parametrize("message", ["how do i", "how do i frobnicate the gromit"])
def test_a_guess_is_not_given(message):
    found, _ = ask(message, Hit(DESCRIBE_KEY, 0.05))
    assert isinstance(found.reply, Unknown)
    assert found.understood.confidence == 0.2


def test_a_wish_is_understood_as_its_family():
    request = PlanRequest(message="stop g1", orders=[{"action": "stop", "on": ["g1"]}], groups=[vm("g1", "azure")])
    understood = consider(request, knowledge()).understood
    assert (understood.intent, understood.family, understood.clouds, understood.confidence) == ("plan", "power", ("azure",), 0.9)
    silent = request.model_copy(update={"message": "g1"})
    assert consider(silent, knowledge()).understood.confidence == 0.6


def test_what_has_no_playbook_comes_with_the_command_to_type():
    shelf = Shelf((Hit(DESCRIBE_KEY, 0.9),), [])
    request = PlanRequest(message="purge g1", orders=[{"action": "purge", "on": ["g1"]}], groups=[vm("g1")])
    reply = consider(request, replace(knowledge(), finder=shelf)).reply
    assert isinstance(reply, Unknown)
    assert "By hand it is `aws kms describe-key --key-id <KeyId>`" in reply.reason
    assert reply.citations[0].id == "kms:DescribeKey"
    assert shelf.asked == [("purge", "aws")]
    unsure = consider(request, replace(knowledge(), finder=Shelf((Hit(DESCRIBE_KEY, 0.4),), []))).reply
    assert isinstance(unsure, Unknown)
    assert "By hand" not in unsure.reason
