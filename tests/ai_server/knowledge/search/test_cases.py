import pytest

from ai_server.knowledge.search.cases import BadCases, Case, answer, read_cases
from tests.ai_server.knowledge.search.commands import AWS, COMMANDS


def test_lines_are_questions():
    lines = [
        '{"text": "stop it", "service": "ec2", "operation": "left alone"}',
        "",
        '{"text": "list", "cloud": "gcp"}',
        '{"text": "x", "service": null}',
    ]
    assert read_cases(lines, "aws") == (Case("stop it", "aws", "ec2"), Case("list", "gcp", ""), Case("x", "aws", ""))


def test_bad_lines_are_named_by_number_and_field():
    lines = ['{"text": "fine"}', "{", "[1]", '{"text": " "}', '{"text": "x", "service": 3}', '{"text": "x", "cloud": "ibm"}']
    with pytest.raises(BadCases) as caught:
        read_cases(lines, "aws")
    said = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in said] == ["line 2", "line 3", "line 4", "line 5", "line 6"]
    for line, word in zip(said, ("JSON", "object", "`text`", "`service`", "`cloud` is 'ibm'"), strict=True):
        assert word in line


def test_a_line_without_a_cloud_needs_one_given():
    with pytest.raises(BadCases, match="--cloud"):
        read_cases(['{"text": "x"}'], "")


def test_not_all_of_very_many_bad_lines_are_named():
    with pytest.raises(BadCases, match="and 5 more"):
        read_cases(["{"] * 25, "aws")


def test_operations_are_named_as_the_files_do():
    assert answer("x", AWS[5:6]) == {
        "text": "x",
        "operations": [{"operation": "StopDBInstance", "service": "rds", "command": "aws rds stop-db-instance"}],
    }
    azure = next(one for one in COMMANDS if one.cloud == "azure")
    assert answer("x", [azure])["operations"] == [{"operation": "az vm deallocate", "command": "az vm deallocate"}]
