"""What a file, a function and a name may be: held by a test so that nobody has to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "engine", "ai_server", "deploy")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 350, 50
FORBIDDEN_NAMES = {"utils", "helpers", "helper", "manager", "managers", "common", "base", "misc"}
# The four edges that turn any fault of ours into a value people see: a turn, a run, a sweep, a tick.
BROAD = {
    "bot/answering.py": 1,
    "bot/conversation.py": 1,
    "engine/clouds/azure/cloud.py": 1,
    "engine/clouds/gcp/cloud.py": 1,
    "engine/execution/effects.py": 1,
    "engine/execution/executor.py": 1,
    "engine/schedules/keeper.py": 1,
}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_keeps_the_manners(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    if path.name == "__init__.py":
        assert not text.strip(), "an __init__ is empty"
        return
    assert ast.get_docstring(tree), "a file says in one sentence what it is"
    assert text.count("\n") <= LONGEST_FILE
    assert path.stem not in FORBIDDEN_NAMES
    assert [(node.name, length(node)) for node in functions(tree) if length(node) > LONGEST_FUNCTION] == []


def test_functions_are_short_at_the_median() -> None:
    assert median(length(node) for path in FILES for node in functions(ast.parse(path.read_text()))) <= 9


def test_faults_are_caught_broadly_at_the_edges_only() -> None:
    found: dict[str, int] = {}
    for path in FILES:
        handlers = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ExceptHandler)]
        broad = sum(1 for one in handlers if one.type is None or (isinstance(one.type, ast.Name) and one.type.id == "Exception"))
        if broad:
            found[str(path.relative_to(ROOT))] = broad
    assert {name: count for name, count in found.items() if not _is_sweep(name)} == BROAD


def _is_sweep(name: str) -> bool:
    return name.startswith("engine/clouds/") and "sweep" in name


def test_no_shell_eval_or_pickle() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), path
            if isinstance(node, ast.keyword) and node.arg == "shell":
                raise AssertionError(f"{path} asks for a shell")
            if isinstance(node, ast.Import):
                assert not {"pickle", "marshal", "shelve"} & {alias.name for alias in node.names}, path
