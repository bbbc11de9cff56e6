"""The shipped library is sound, and the linter sees what is not."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from ai_server.knowledge.knowledge import SAME_WISH
from ai_server.knowledge.lint import lint
from ai_server.knowledge.loading import BadKnowledge, load_absences, load_knowledge, load_playbooks, playbooks_folder
from ai_server.knowledge.playbook import CLOUDS, Playbook
from ai_server.schema import PLAYBOOK, WIRE, playbook_schema, wire_schema

BOOKS = load_playbooks()
ABSENT = load_absences()
ONE = next(book for book in BOOKS if book.id == "aws-ec2-resize")


def test_the_shipped_library_is_sound():
    assert lint(BOOKS, ABSENT) == []


def test_each_file_is_named_for_its_playbook_and_fits_the_schema():
    schema = json.loads(PLAYBOOK.read_text(encoding="utf-8"))
    for path in sorted(path for cloud in CLOUDS for path in (playbooks_folder({}) / cloud).glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        jsonschema.validate(data, schema)
        assert data["id"] == f"{path.parent.name}-{path.stem}"


def test_the_committed_schemas_are_those_of_the_models():
    assert WIRE.read_text(encoding="utf-8") == wire_schema()
    assert PLAYBOOK.read_text(encoding="utf-8") == playbook_schema()


def _with(**changed: object) -> list[str]:
    broken = Playbook.model_validate({**ONE.model_dump(), **changed})
    return lint([broken if book.id == ONE.id else book for book in BOOKS], ABSENT)


STEPS = [step.model_dump() for step in ONE.steps]


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"asks": ["one", "one", "two"]}, "2 different asks"),
        ({"rollback": " "}, "no rollback"),
        ({"risk": {**ONE.risk.model_dump(), "deletes": True}}, "promises a way back"),
        ({"parameters": []}, "$instance_type is no parameter"),
        ({"parameters": [ONE.parameters[0].model_dump(), {**ONE.parameters[0].model_dump(), "name": "spare"}]}, "spare is never used"),
        ({"steps": [{**STEPS[0], "after": ["start"]}, *STEPS[1:]]}, "in a circle"),
        ({"steps": [{**STEPS[0], "after": ["nobody"]}, *STEPS[1:]]}, "which is no step"),
        ({"steps": [STEPS[1], STEPS[0], STEPS[2]]}, "stands before stop"),
        ({"steps": [*STEPS, STEPS[2]]}, "two steps are called start"),
        ({"commands": [["aws", "two words"]]}, "blank"),
        ({"permissions": ["ec2:StopInstances"]}, "permission for ec2:ModifyInstanceAttribute"),
        ({"already": {"running": "already so"}}, "both taken and left out"),
        ({"steps": [{**step, "states": ["running"]} for step in STEPS]}, "nothing is done in the state stopped"),
        ({"states": ["running"], "steps": [{**STEPS[0], "states": ["stopped"]}, *STEPS[1:]]}, "which is never taken"),
        ({"id": "azure-x"}, "does not begin with aws"),
        ({"native_types": ["AWS::RDS::DBInstance"]}, "2 playbooks for resize"),
        ({"id": "aws-ec2-stop"}, "2 playbooks have this id"),
    ],
)
def test_the_linter_sees(changed, finding):
    assert any(finding in line for line in _with(**changed)), _with(**changed)


def test_the_linter_wants_every_capability_everywhere_or_a_reason():
    fewer = [row for row in ABSENT if not (row.action == "snapshot" and row.cloud == "azure" and "database_instance" in row.types)]
    assert lint(BOOKS, fewer) == ["snapshot of database_instance: azure has no playbook, and absent/ does not say why"]
    lying = [*ABSENT, ABSENT[0].model_copy(update={"action": "stop", "types": ("compute_instance",), "cloud": "azure"})]
    assert lint(BOOKS, lying) == ["azure-vm-stop: absent/ says it is absent"]
    assert any("2 times" in line for line in lint(BOOKS, [*ABSENT, ABSENT[0]]))


@pytest.mark.parametrize(
    "action", ["start", "stop", "restart", "terminate", "resize", "tag", "untag", "snapshot", "delete", "block_public_access"]
)
def test_the_daily_work_is_covered_in_every_cloud(action):
    there = {book.cloud for book in BOOKS if book.action in (action, SAME_WISH.get(action))}
    assert there == set(CLOUDS)


def test_the_tables_are_as_large_as_they_should_be():
    knowledge = load_knowledge()
    assert len(knowledge.equivalents) >= 40
    assert len(knowledge.practices) >= 20
    assert all(set(row.services) == set(row.aliases) == {"aws", "azure", "gcp"} for row in knowledge.equivalents)
    names = [(name.rows, cloud) for name, _, cloud in knowledge.names]
    assert len({row.id for row in knowledge.equivalents}) == len(knowledge.equivalents)
    assert len(names) == len(set(names)) + sum(names.count(name) - 1 for name in set(names))


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(BadKnowledge, match="holds no playbooks"):
        load_playbooks(tmp_path)
    (tmp_path / "aws").mkdir()
    bad = tmp_path / "aws" / "x.yaml"
    bad.write_text("id: [", encoding="utf-8")
    with pytest.raises(BadKnowledge, match=r"x\.yaml is not YAML"):
        load_playbooks(tmp_path)
    bad.write_text("id: aws-x\ncolour: red\n", encoding="utf-8")
    with pytest.raises(BadKnowledge, match=r"x\.yaml: title"):
        load_playbooks(tmp_path)
    with pytest.raises(BadKnowledge, match=r"absent.aws\.yaml"):
        load_absences(tmp_path)


def test_the_folder_is_what_the_environment_says(tmp_path):
    assert playbooks_folder({"ESCHER_PLAYBOOKS": str(tmp_path)}) == tmp_path
    assert (playbooks_folder({}) / "absent").is_dir()
