"""A build writes packs that load, the same bytes each time, and takes no example that is not allowed."""

from __future__ import annotations

import gzip
import json

import pytest

from ai_server.knowledge.commands.loading import load_commands, load_manifest
from deploy.knowledge.__main__ import main
from deploy.knowledge.examples import allowed, bare, titles
from tests.deploy.knowledge.test_aws import LEVELS, ROWS
from tests.deploy.knowledge.test_azure import VM, field, row
from tests.deploy.knowledge.test_gcp import method, typed

WITH_EXAMPLES = [
    {**one, "examples": ["**To stop it**", "Example 2: To stop it"]} if "stop-instances" in one["command"] else one for one in ROWS
]
AZURE = [row("az vm show", [("GET", VM)], fields=[field("n", "--name")], examples=["Show it."]), row("az vm stop", examples=["Stop it."])]
READ = {
    "aws": {"versions": {"awscli": "1"}, "levels": LEVELS, "commands": WITH_EXAMPLES},
    "azure": {"versions": {"azure-cli": "2"}, "commands": AZURE},
    "gcp": {
        "versions": {"gcloud": "3"},
        "declared": {},
        "methods": [method("compute.instances.stop", "compute")],
        "commands": [typed("gcloud compute instances stop")],
    },
}


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    for cloud, document in READ.items():
        (folder / f"{cloud}.json").write_text(json.dumps(document))
    return folder


@pytest.fixture
def shared(tmp_path):
    folder = tmp_path / "shared" / "eval" / "commands"
    folder.mkdir(parents=True)
    with gzip.open(folder / "aws.jsonl.gz", "wt") as file:
        file.write(json.dumps({"service": "ec2", "operation": "StopInstances", "text": "x"}) + "\n")
    with gzip.open(folder / "azure.jsonl.gz", "wt") as file:
        file.write(json.dumps({"operation": "az vm stop", "text": "x"}) + "\n")
    return tmp_path / "shared"


def build(work, out, *more):
    return main(["--work", str(work), "--out", str(out), *map(str, more)])


def test_two_builds_are_the_same_bytes(work, shared, tmp_path):
    assert build(work, tmp_path / "one", "--shared", shared) == 0
    assert build(work, tmp_path / "two", "--shared", shared) == 0
    names = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert names == ["aws.pack", "azure.pack", "gcp.pack", "manifest.json"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_what_was_built_loads_and_is_described(work, shared, tmp_path):
    build(work, tmp_path / "out", "--shared", shared)
    found = load_commands(folder=tmp_path / "out")
    assert len(found) == len(ROWS) + len(AZURE) + 1
    manifest = load_manifest(tmp_path / "out")
    assert list(manifest["packs"]) == ["aws", "azure", "gcp"]
    assert manifest["build"] == "make knowledge"
    assert manifest["packs"]["azure"]["versions"] == {"azure-cli": "2"}
    assert manifest["packs"]["aws"]["operations"] == len(ROWS)


def test_only_allowed_examples_are_taken(work, shared, tmp_path):
    build(work, tmp_path / "out", "--shared", shared)
    assert {one.operation: one.examples for one in load_commands(folder=tmp_path / "out") if one.examples} == {
        "ec2:StopInstances": ("Stop it",),
        "az vm stop": ("Stop it",),
    }


def test_without_the_list_no_examples_are_taken(work, tmp_path):
    build(work, tmp_path / "out")
    assert not any(one.examples for one in load_commands(folder=tmp_path / "out"))


def test_one_cloud_leaves_the_others_as_they_are(work, tmp_path):
    build(work, tmp_path / "out")
    before = load_manifest(tmp_path / "out")["packs"]
    (work / "gcp.json").write_text(json.dumps({**READ["gcp"], "commands": []}))
    build(work, tmp_path / "out", "--only", "gcp")
    after = load_manifest(tmp_path / "out")["packs"]
    assert after["aws"] == before["aws"]
    assert after["gcp"] != before["gcp"]


def test_a_source_that_cannot_be_read_is_told(work, tmp_path, capsys):
    (work / "gcp.json").unlink()
    assert build(work, tmp_path / "out", "--only", "gcp", "--gcloud", tmp_path / "nowhere") == 1
    assert "nowhere/bin/gcloud is not there" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("**Example 1: To stop an instance**", "Stop an instance"),
        ("To list users.", "List users"),
        ("2) Show it", "Show it"),
        ("Tomorrow", "Tomorrow"),
        ("to", "To"),
        ("", ""),
    ],
)
def test_bare(title, said):
    assert bare(title) == said


def test_titles_and_permission(tmp_path):
    assert titles({("a",): ["X", "X", ""], ("b",): ["Y"]}, frozenset({("a",)})) == {("a",): ("X",)}
    assert allowed(None, "aws") == frozenset()
    assert allowed(tmp_path, "aws") == frozenset()
