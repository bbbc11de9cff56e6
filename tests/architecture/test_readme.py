"""Every command of the README is run, in a folder of its own with a home of its own."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
FENCED = [line.strip() for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line.strip()]
INLINE = sorted(
    {
        code
        for code in re.findall(r"`(escher [^`]+)`", README)
        if "RUN" not in code and not code.startswith(("escher demo", "escher run", "escher chat"))
    }
)
COMMANDS = [command for command in FENCED if "escher" in command] + [f".venv/bin/{command}" for command in INLINE]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout as a newcomer has it after `make install`, with a data folder that `escher init` has filled."""
    place = tmp_path_factory.mktemp("readme")
    for name in ("tests", "playbooks", "Makefile", "requirements", "pyproject.toml", "deploy"):
        (place / name).symlink_to(ROOT / name)
    (place / ".venv").symlink_to(sys.prefix)
    (place / "home").mkdir()
    assert run(place, ".venv/bin/escher init --force").returncode == 0
    config = place / "home" / "escher.yaml"
    config.write_text(config.read_text().replace("key: keychain", "key: file"))
    return place


def run(place: Path, command: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "ESCHER_HOME": str(place / "home")}
    return subprocess.run(shlex.split(command), cwd=place, env=env, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("command", [command for command in FENCED if command.startswith("make")])
def test_a_make_target_exists(folder: Path, command: str) -> None:
    done = run(folder, command.replace("make", "make -n", 1))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [command for command in COMMANDS if not command.endswith(" init") and "estate export" not in command])
def test_a_command_works(folder: Path, command: str) -> None:
    done = run(folder, command)
    if "escher scan" in command:  # a fresh configuration has no accounts, and says what to do
        assert (done.returncode, "accounts" in done.stderr) == (2, True)
        return
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_has_its_commands() -> None:
    assert {"make demo", "make test"} <= set(FENCED)
    assert len(COMMANDS) >= 10


def test_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / link).exists(), link
