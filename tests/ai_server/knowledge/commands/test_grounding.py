"""Arguments that a command does not take, lacks, or that fit no type are told in sentences; right ones pass."""

from __future__ import annotations

import pytest

from ai_server.knowledge.commands.command import Command, Field
from ai_server.knowledge.commands.grounding import validate, validate_argv
from ai_server.knowledge.commands.index import CommandIndex
from ai_server.knowledge.commands.loading import load_commands

INDEX = CommandIndex(load_commands())
AWS = Command(
    "aws",
    "x:Do",
    "aws x do",
    "x",
    "",
    "write",
    (
        Field("Ids", "list", required=True, option="--ids"),
        Field("Size", "text", option="--size", choices=("small", "Big")),
        Field("Count", "integer", option="--count"),
        Field("Share", "number", option="--share"),
        Field("Force", "boolean", option="--force"),
        Field("Tags", "map", option="--tags"),
        Field("Hidden", "text", required=True, side="api"),
        Field("out-file", "text", required=True, side="cli"),
    ),
)
AZURE = Command(
    "azure",
    "az x do",
    "az x do",
    "x",
    "",
    "write",
    (
        Field("name", required=True, option="--name", aliases=("-n",), unless="--ids"),
        Field("ids", "list", option="--ids"),
        Field("no_wait", "boolean", option="--no-wait"),
    ),
)
GCLOUD = Command(
    "gcp",
    "x.y.do",
    "gcloud x do",
    "x",
    "",
    "write",
    (
        Field("project", required=True, side="api"),
        Field("names", "list", required=True, side="cli"),
        Field("labels", "map", option="--labels", side="cli"),
        Field("async", "boolean", option="--async", side="cli"),
        Field("port", "integer", option="--port", side="cli"),
    ),
)
FLAGS_ONLY = Command("azure", "az y", "az y do", "y", "", "write", ())


@pytest.mark.parametrize(
    ("line", "problems"),
    [
        ("aws x do --ids a b --size big out.bin --region eu-west-1", ["'out.bin'"]),
        ("aws x do out.bin --ids a b --size big --no-force --tags k=v,j=w --no-cli-pager", []),
        ("aws x do out.bin --ids <ids> --size <size> --count <n>", []),
        ("aws x do out.bin --ids=a --size=small", []),
        ("aws x do --cli-input-json file://x.json", []),
        ("aws x do --ids a", ["out-file is required"]),
        ("aws x do o", ["--ids is required"]),
        ("aws x do o --ids a --sise small", ["there is no --sise; did you mean --size?"]),
        ("aws x do o --ids a --whatever", ["there is no --whatever."]),
        ("aws x do o --ids a --size huge", ["--size is huge, not one of small, Big"]),
        ("aws x do o --ids a --count many --share -1.5", ["--count takes an integer, and is 'many'"]),
        ("aws x do o --ids a --share lots", ["--share takes a number"]),
        ("aws x do o --ids a --size", ["--size has no value"]),
        ("aws x do o --ids a --hidden x", ["there is no --hidden"]),
        ("az x do -n x --no-wait", []),
        ("az x do -n x --no-wait true -o json", []),
        ("az x do --no-wait sometimes -n x", ["--no-wait takes a boolean"]),
        ("az x do --ids a b", []),
        ("az x do", ["--name is required"]),
        ("gcloud x do a b --async --labels=k=v --port 22 --quiet --project p", []),
        ("gcloud x do a --no-async --port http", ["--port takes an integer"]),
        ("gcloud x do --labels k=v", ["names is required"]),
    ],
)
def test_a_command_line(line, problems):
    words = line.split()
    command = {"aws": AWS, "az": AZURE, "gcloud": GCLOUD}[words[0]]
    found = validate_argv(command, words)
    if problems == ["'out.bin'"]:  # it stands after --size, which takes one word
        assert found == []
        return
    assert len(found) == len(problems), found
    for said, expected in zip(found, problems, strict=True):
        assert expected in said


def test_what_takes_options_only_says_so():
    assert validate_argv(FLAGS_ONLY, ["az", "y", "do", "it"]) == ["az y do: 'it' stands alone, and it takes options only."]


@pytest.mark.parametrize(
    ("command", "arguments", "problems"),
    [
        (AWS, {"Ids": ["a"], "Hidden": "x"}, []),
        (AWS, {"--ids": ["a"], "Hidden": "x", "Force": True, "Tags": {"a": "b"}}, []),
        (AWS, {"Hidden": "$value", "Ids": "<ids>"}, []),
        (AWS, {"Ids": ["a"]}, ["Hidden is required"]),
        (AWS, {"Ids": {"a": 1}, "Hidden": "x"}, ["Ids takes a list"]),
        (AWS, {"Ids": ["a"], "Hidden": ["x"]}, ["Hidden takes a text"]),
        (AWS, {"Ids": ["a"], "Hidden": "x", "Count": True}, ["Count takes an integer, and is True"]),
        (AWS, {"Ids": ["a"], "Hidden": "x", "Force": {"Value": True}, "Tags": 7}, ["Tags takes a map"]),
        (AWS, {"Ids": ["a"], "Hidden": "x", "out-file": "f"}, ["there is no out-file"]),
        (AZURE, {"ids": ["x"]}, []),
        (AZURE, {}, ["name is required"]),
        (AZURE, {"nam": "x", "--ids": "i"}, ["did you mean name?"]),
        (GCLOUD, {"project": "p"}, []),
    ],
)
def test_arguments_by_name(command, arguments, problems):
    found = validate(command, arguments)
    assert len(found) == len(problems), found
    for said, expected in zip(found, problems, strict=True):
        assert expected in said


def test_many_choices_are_cut_short():
    field = Field("Kind", option="--kind", choices=tuple(f"c{n}" for n in range(20)))
    (said,) = validate(Command("aws", "a:B", "", "a", "", "write", (field,)), {"Kind": "z"})
    assert said.startswith("a:B: Kind is z")
    assert said.endswith("c11 and 8 more.")


@pytest.mark.parametrize(
    "line",
    [
        "aws ec2 stop-instances --instance-ids i-1 i-2 --region eu-west-1",
        "aws ec2 run-instances --image-id ami-1 --count 2 --instance-type t3.micro",
        "aws s3 cp a.txt s3://bucket/a.txt --recursive",
        "aws ec2 wait instance-running --instance-ids i-1",
        "az vm deallocate --resource-group g --name vm",
        "az vm deallocate --ids /subscriptions/x",
        "az vm create -n vm -g group --image Ubuntu2204 --generate-ssh-keys",
        "gcloud compute instances stop web-1 --zone europe-west1-b --project p",
        "gcloud compute disks snapshot d --snapshot-names s --zone z",
        "gcloud storage buckets update gs://b --public-access-prevention",
    ],
)
def test_real_lines_pass(line):
    words = line.split()
    found = INDEX.typed(words)
    assert found is not None
    assert validate_argv(found, words) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("aws ec2 stop-instances --instance-id i-1", "did you mean --instance-ids?"),
        ("aws rds stop-db-instance", "--db-instance-identifier is required"),
        ("az vm deallocate --name vm", "--resource-group is required"),
        ("gcloud compute instances set-machine-type --machine-type e2-small", "instance-name is required"),
        ("gcloud compute disks resize d --zone z", "--size is required"),
    ],
)
def test_real_lines_that_are_wrong_do_not(line, said):
    words = line.split()
    found = INDEX.typed(words)
    assert found is not None
    assert any(said in problem for problem in validate_argv(found, words))
