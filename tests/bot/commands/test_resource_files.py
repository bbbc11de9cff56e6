"""Files of resources: every fault is named by line and field before anything is taken in, and what is written is for its owner alone."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.resource_files import ResourceFile, written
from engine.errors import SettingsError
from engine.estate.resource import Resource
from tests.engine.estate.samples import ALL, WEB_1


def lines(*rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def looked(path):
    return ResourceFile.looked_through(path, lambda _: None)


def test_everything_comes_back_part_by_part(tmp_path):
    path = tmp_path / "estate.ndjson"
    path.write_text("\n" + lines(*(one.to_json() for one in ALL)).replace("\n", "\n\n"), encoding="utf-8")
    file = looked(path)
    assert len(file) == len(ALL)
    for least in (1, 3, 100):
        parts = list(file.parts(least))
        found = [resource for part in parts for resource in part]
        assert sorted(found, key=lambda one: one.id) == sorted(ALL, key=lambda one: one.id)
        scopes = [{(one.cloud, one.account, one.region, one.type) for one in part} for part in parts]
        assert len(set().union(*scopes)) == sum(len(scope) for scope in scopes), "a part of the estate comes at once"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=5)), max_size=12))
def test_a_mixed_file_is_read_scope_by_scope(tmp_path_factory, made):
    path = tmp_path_factory.mktemp("mixed") / "f"
    resources = [
        Resource.from_json({**WEB_1.to_json(), "id": f"arn:{number}", "region": region, "name": name})
        for number, (region, name) in enumerate(made)
    ]
    path.write_text(lines(*(one.to_json() for one in resources)), encoding="utf-8")
    found = [resource for part in looked(path).parts(1) for resource in part]
    assert found == [one for region in dict.fromkeys(region for region, _ in made) for one in resources if one.region == region]


GOOD = WEB_1.to_json()
FAULTS = {
    "not JSON": ('{"id": ', r"not JSON \(Expecting value"),
    "not text": (b"\xff\xfe", "not JSON"),
    "a list": ("[1]", "an object with fields"),
    "a missing field": (json.dumps({key: value for key, value in GOOD.items() if key != "region"}), "'region'"),
    "a field of another kind": (json.dumps({**GOOD, "name": 7}), "'name'"),
    "an unknown field": (json.dumps({**GOOD, "colour": "red"}), "'colour'"),
    "an unknown cloud": (json.dumps({**GOOD, "cloud": "ibm"}), "'ibm'"),
    "tags that are none": (json.dumps({**GOOD, "tags": "env=dev"}), "'tags'"),
    "a tag that is no text": (json.dumps({**GOOD, "tags": {"env": 1}}), "'tags'"),
    "properties that are none": (json.dumps({**GOOD, "properties": [1]}), "'properties'"),
    "a metric that is no number": (json.dumps({**GOOD, "metrics": {"cpu": "low"}}), "'metrics'"),
    "a cost that is no number": (json.dumps({**GOOD, "monthly_cost": "12"}), "'monthly_cost'"),
    "a cost that is not one": (json.dumps({**GOOD, "monthly_cost": float("nan")}), "NaN is no number"),
}


@pytest.mark.parametrize(("line", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_line(tmp_path, line, said):
    path = tmp_path / "estate.ndjson"
    path.write_bytes(lines(GOOD).encode() + b"\n" + (line if isinstance(line, bytes) else line.encode()) + b"\n")
    with pytest.raises(SettingsError, match=rf"estate\.ndjson, line 3: .*{said}.*Nothing of the file was imported"):
        looked(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SettingsError, match="nothing cannot be read: No such file"):
        looked(tmp_path / "nothing")


def test_progress_is_told(tmp_path):
    path = tmp_path / "estate.ndjson"
    path.write_text(lines(GOOD) * 2_500, encoding="utf-8")
    told = []
    ResourceFile.looked_through(path, told.append)
    assert told == [1_000, 2_000]


def test_what_is_written_is_for_its_owner_alone_and_whole(tmp_path):
    path = tmp_path / "out"
    before = os.umask(0)
    try:
        with written(path, force=False) as stream:
            stream.write("one\n")
            assert not path.exists()
    finally:
        os.umask(before)
    assert path.read_text() == "one\n"
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SettingsError, match="exists"), written(path, force=False):
        pass
    with pytest.raises(TypeError), written(path, force=True) as stream:
        stream.writelines(["half", None])
    assert path.read_text() == "one\n"
    assert [file.name for file in tmp_path.iterdir()] == ["out"]
    with written(path, force=True) as stream:
        stream.write("two\n")
    assert path.read_text() == "two\n"
    with pytest.raises(SettingsError, match="cannot be written"), written(tmp_path / "no folder" / "out", force=True):
        pass
