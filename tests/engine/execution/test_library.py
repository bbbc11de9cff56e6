"""What the public playbooks plan, the engine must be able to bind: each playbook's steps against the clouds' own tables."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from engine.advisor.replies import Draft, DraftStep
from engine.clouds.tables import TABLES
from engine.estate.resource import Resource
from engine.execution.binding import Limits, bind
from engine.request.reading import Given
from engine.request.seal import Wanted, seal
from tests.engine.execution.samples import vm

LIBRARY = Path(__file__).parents[3] / "playbooks"
BOOKS = sorted(path for cloud in TABLES for path in (LIBRARY / cloud).glob("*.yaml"))
OPERATIONS = {name: operation for table in TABLES.values() for name, operation in table.items()}
VALUES = {"tag_key": "team", "tag_value": "pay", "aws": "t3.small", "azure": "Standard_B2ms", "gcp": "e2-small"}


def value_for(book: dict, parameter: dict) -> Given:
    kind = parameter["kind"]
    if kind == "size":
        return Given("size", "db.t3.small" if "rds" in book["id"] else VALUES[book["cloud"]])
    if kind == "number":
        return Given("number", str(next(iter(parameter.get("choices") or ()), max(parameter.get("minimum") or 2, 2))))
    return Given(kind, VALUES[kind])


def known(path: Path) -> object:
    return pytest.param(path, id=f"{path.parent.name}/{path.stem}")


@pytest.mark.parametrize("path", [known(path) for path in BOOKS])
def test_a_playbook_can_be_bound(path):
    book = yaml.safe_load(path.read_text(encoding="utf-8"))
    target = a_target(book)
    given = tuple(value_for(book, parameter) for parameter in book.get("parameters") or ())
    handles = {parameter["name"]: f"v{number}" for number, parameter in enumerate(book.get("parameters") or (), start=1)}
    ids = {one["id"]: f"s{number}" for number, one in enumerate(book["steps"], start=1)}
    steps = tuple(
        DraftStep(
            ids[one["id"]], one["operation"], ("g1",),
            {name: handles[value[1:]] if isinstance(value, str) and value.startswith("$") else value for name, value in (one.get("arguments") or {}).items()},
            tuple(ids[name] for name in one.get("after") or ()), "",
        )
        for one in book["steps"]
    )  # fmt: skip
    bound = bind(
        Draft("t", steps), seal("x", [Wanted(book["action"], (target,), given)]), {target.id: target}, OPERATIONS, Limits(stamp="1")
    )
    assert [step.operation for step in bound.steps] == [one["operation"] for one in book["steps"]]


def a_target(book: dict) -> Resource:
    natives = frozenset.intersection(*(OPERATIONS[one["operation"]].native_types for one in book["steps"]))
    return vm("one", cloud=book["cloud"], native_type=min(natives), type=book["types"][0])
