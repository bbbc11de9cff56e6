"""`escher knowledge find`: one text as a table and as data, many in a file, and what is refused."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from bot.cli import commands

OFF = "estate: {embeddings: none}\n"


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv("ESCHER_HOME", str(tmp_path / "home"))
    path = tmp_path / "escher.yaml"
    path.write_text(OFF)
    return str(path)


def find(*arguments):
    return CliRunner().invoke(commands(), ["knowledge", "find", *arguments])


def test_a_table_for_people(config):
    done = find("--config", config, "--cloud", "aws", "--service", "ec2", "--limit", "2", "delete a key pair")
    assert done.exit_code == 0, done.output
    assert "aws ec2 delete-key-pair" in done.output
    assert "likelihood" in done.output
    assert "switched off" in done.stderr
    assert "No command shares a word" in find("--config", config, "--cloud", "azure", "xyzzy").output
    assert "None of them is sure" in find("--config", config, "--cloud", "aws", "list").output


def test_data_for_programs(config):
    done = find("--config", config, "--cloud", "azure", "--json", "deallocate a VM")
    found = json.loads(done.stdout)
    assert found["hits"][0]["command"] == "az vm deallocate"
    assert found["hits"][0]["access"] == "write"


def test_many_in_a_file(config, tmp_path):
    cases, results = tmp_path / "cases.jsonl", tmp_path / "out" / "results.jsonl"
    results.parent.mkdir()
    cases.write_text('{"text": "delete a key pair", "service": "ec2"}\n')
    assert find("--config", config, "--cloud", "aws", "--cases", str(cases), "--out", str(results)).exit_code == 0
    assert json.loads(results.read_text())["operations"][0]["operation"] == "DeleteKeyPair"
    results.write_text("as it was")
    cases.write_text("{}\n")
    assert find("--config", config, "--cloud", "aws", "--cases", str(cases), "--out", str(results)).exit_code == 2
    assert results.read_text() == "as it was"
    assert [path.name for path in results.parent.iterdir()] == ["results.jsonl"]


def test_what_is_refused(config, tmp_path):
    assert find().exit_code == 2
    assert find("--cases", "x").exit_code == 2
    refused = find("--config", config, "--cloud", "aws", "--service", "lamda", "list functions")
    assert refused.exit_code == 2
    assert "lambda" in refused.stderr
    assert find("--config", config, "--cloud", "aws", "--cases", str(tmp_path), "--out", str(tmp_path / "no" / "out")).exit_code == 1
