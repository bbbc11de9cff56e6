"""Reports: kept for good, chained, and proven to anybody without a key."""

from __future__ import annotations

import ast
import asyncio
import copy
import inspect
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.collections import immutable_reports
from engine.collections.immutable_reports import Chain, ImmutableReports
from engine.collections.report_proof import Header, chain_trouble, verify_export
from engine.collections.shelf import Shelf
from engine.errors import Refused
from tests.engine.collections.stage import journal, library

ROOT = Path(__file__).parents[3]
CONTENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6), lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
CONTENTS = st.lists(st.dictionaries(st.text(max_size=6), CONTENT, max_size=3), min_size=1, max_size=4)
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def exports(contents):
    """Reports with these contents, exported when all were made."""

    async def make():
        with tempfile.TemporaryDirectory() as folder:
            async with library(Path(folder), journal()) as made:
                ids = [(await made.reports.make("morning", f"Day {n}", content)).key for n, content in enumerate(contents)]
                await made.catch_up()
                return [json.loads(json.dumps(await made.reports.export(key))) for key in ids]

    return asyncio.run(make())


@SLOW
@given(CONTENTS)
def test_every_export_proves_itself_and_shows_no_other_report(contents):
    made = exports(contents)
    for number, export in enumerate(made, start=1):
        proven = verify_export(export)
        assert (proven.trouble, proven.number, proven.head) == ("", number, verify_export(made[-1]).id)
        assert "content" in export["report"]
        assert all(set(header) == {"number", "kind", "title", "made_at", "content", "previous"} for header in export["chain"])


def leaves(data, path=()):
    """Every place in JSON that holds a value."""
    if isinstance(data, dict):
        return [place for key, value in data.items() for place in leaves(value, (*path, key))]
    if isinstance(data, list) and data:
        return [place for number, value in enumerate(data) for place in leaves(value, (*path, number))]
    return [path]


@SLOW
@given(CONTENTS, st.data())
def test_whatever_is_changed_in_an_export_is_noticed(contents, data):
    export = data.draw(st.sampled_from(exports(contents)))
    path = data.draw(st.sampled_from(leaves(export)))
    changed = copy.deepcopy(export)
    inside = changed
    for step in path[:-1]:
        inside = inside[step]
    was = inside[path[-1]]
    inside[path[-1]] = data.draw(CONTENT.filter(lambda new: json.dumps(new) != json.dumps(was)))
    assert not verify_export(changed).whole


@SLOW
@given(CONTENTS, st.data())
def test_a_chain_without_one_of_its_links_is_broken(contents, data):
    export = exports([*contents, {}])[-1]
    gone = data.draw(st.integers(0, len(export["chain"]) - 2))
    del export["chain"][gone]
    assert not verify_export(export).whole
    assert chain_trouble([Header(**one) for one in export["chain"]])


@pytest.mark.parametrize("data", [None, [], {}, {"report": 1}, {"format": "escher report 1", "report": {"header": {}}}, "x", 7])
def test_what_is_no_export_is_said_so(data):
    assert verify_export(data).trouble == "This is not an exported report."


def test_another_format_is_named():
    (export,) = exports([{}])
    assert "escher report 9" in verify_export({**export, "format": "escher report 9"}).trouble


async def test_reports_are_found_by_kind_and_by_the_beginning_of_their_id(tmp_path):
    async with library(tmp_path, journal()) as made:
        first = await made.reports.make("morning", "Monday", {"cost": 12.5})
        second = await made.reports.make("compliance", "CIS", ["a"])
        await made.catch_up()
        assert [report.key for report in await made.reports.latest()] == [second.key, first.key]
        assert [report.key for report in await made.reports.latest("morning")] == [first.key]
        assert await made.reports.get(first.key[:8]) == first
        assert json.loads(first.content) == {"cost": 12.5}
        assert second.previous == first.key
        with pytest.raises(Refused, match="is no report"):
            await made.reports.get("0" * 64)


async def test_the_chain_goes_on_after_a_restart_and_with_two_at_once(tmp_path):
    kept = journal()
    async with library(tmp_path, kept) as made:
        first = await made.reports.make("morning", "Monday", {})
    async with library(tmp_path, kept) as made:
        both = await asyncio.gather(made.reports.make("morning", "Tuesday", {}), made.reports.make("morning", "Wednesday", {}))
        assert [report.number for report in both] == [2, 3]
        assert both[0].previous == first.key
        assert both[1].previous == both[0].key


def test_there_is_no_way_to_change_or_drop_a_report():
    own = {name for name, _ in inspect.getmembers(ImmutableReports, inspect.isfunction) if not name.startswith("_")}
    assert own == {"make", "latest", "get", "export"}
    assert {name for name, _ in inspect.getmembers(Chain, inspect.isfunction) if not name.startswith("_")} == {"made", "headers", "entry"}
    kept = next(iter(inspect.signature(ImmutableReports.__init__).parameters.values()))
    assert kept.name == "self"
    calls = called(ROOT / "engine/collections/immutable_reports.py")
    assert calls & {"latest", "append"} == {"latest", "append"}
    assert not calls & {"upsert", "delete", "remove", "clear", "put", "pop", "update", "project"}


def test_no_record_is_ever_deleted_and_collections_are_dropped_where_they_are_made_anew_alone():
    found = {path.name: called(path) for path in (ROOT / "engine/collections").glob("*.py")}
    assert [name for name, calls in found.items() if "delete" in calls] == []
    assert sorted(name for name, calls in found.items() if "remove" in calls) == ["generation.py", "library.py", "shelf.py"]
    assert [name for name, _ in inspect.getmembers(Shelf, inspect.isfunction) if "delete" in name or "update" in name] == []
    assert immutable_reports.IMMUTABLE_REPORTS.kinds == {"report.made"}


def called(path: Path) -> set[str]:
    """The names of all methods that a file calls."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {call.attr for call in calls if isinstance(call, ast.Attribute)}
