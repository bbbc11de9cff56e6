"""The walls: the contracts are kept, and each kind of violation, planted, is caught."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"]

PLANTED = {
    "a circle upwards": ("engine/estate/resource.py", "import engine.execution.plan  # noqa"),
    "the engine knows the bot": ("engine/execution/plan.py", "import bot.cards.card  # noqa"),
    "the server knows the engine": ("ai_server/routes.py", "import engine.errors  # noqa"),
    "a second door to the wire": ("engine/planning/planner.py", "import ai_server.wire  # noqa"),
    "a cloud knows another": ("engine/clouds/aws/cloud.py", "import engine.clouds.gcp.operations  # noqa"),
    "a platform knows another": ("bot/platforms/slack/render.py", "import bot.platforms.teams.escape  # noqa"),
    "a chat SDK outside its platform": ("bot/conversation.py", "import slack_bolt  # noqa"),
    "a renderer waits": ("bot/platforms/teams/render.py", "import asyncio  # noqa"),
    "an SDK outside its leaf": ("engine/execution/executor.py", "import boto3  # noqa"),
    "a pure file takes the time": ("engine/execution/machine.py", "import time  # noqa"),
    "a pure file reaches the loop": ("engine/approvals/states.py", "import asyncio  # noqa"),
    "the server starts processes": ("ai_server/app.py", "import subprocess  # noqa"),
    "a room without a place": ("engine/utils.py", "X = 1"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        LINT, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("bot", "engine", "ai_server"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_the_contracts_are_kept(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_violation_is_caught(copy: Path, name: str) -> None:
    file, line = PLANTED[name]
    path = copy / file
    path.write_text((path.read_text() if path.exists() else "") + f"\n{line}\n")
    done = lint(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
