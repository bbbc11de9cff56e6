"""`escher run` as a process: it answers the command line through its socket, stops when told, and leaves nothing running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.estate.samples import ALL

ESCHER = str(Path(sys.executable).parent / "escher")
CONFIG = """
people:
  - {id: me, name: Me, roles: [executor], logins: {web: me}}
  - {id: slack-only, name: Slack, roles: [viewer], logins: {slack: T1/U2}}
estate: {key: file, embeddings: "off"}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "escher.yaml").write_text(CONFIG)
    return tmp_path


def escher(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "ESCHER_HOME": str(home)}
    return subprocess.run([ESCHER, *words], env=env, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def running(home: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [ESCHER, "run", "--port", "0"], env={**os.environ, "ESCHER_HOME": str(home)}, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert "Web chat: http://127.0.0.1:" in process.stderr.readline()
    yield process
    if process.poll() is None:
        process.kill()
    process.stderr.close()
    process.wait()


def children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(line) for line in found.split()]


def gone(pids: list[int]) -> bool:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


def test_the_running_bot_answers_the_command_line(home: Path, running: subprocess.Popen[str]) -> None:
    done = escher(home, "ask", "hello", "--as", "me")
    assert (done.returncode, "Hello Me" in done.stdout) == (0, True), done.stderr
    assert escher(home, "ask", "hello", "--as", "nobody").returncode == 2
    assert escher(home, "approve", "plan-never", "--as", "me").returncode == 3
    assert (home / "control.sock").stat().st_mode & 0o077 == 0
    second = escher(home, "run", "--port", "0")
    assert (second.returncode, "in use" in second.stderr) == (1, True)


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
@pytest.mark.parametrize(("told", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGHUP, 0), (signal.SIGKILL, -9)])
def test_it_leaves_nothing_running(home: Path, running: subprocess.Popen[str], told: signal.Signals, code: int) -> None:
    if told is signal.SIGINT and signal.getsignal(told) is signal.SIG_IGN:
        pytest.skip("a shell started this in the background, where SIGINT is ignored")
    started = children(running.pid)
    assert len(started) >= 2, "the AI server and the estate's worker"
    running.send_signal(told)
    assert running.wait(15) == code
    assert gone(started)
    assert escher(home, "ask", "hello", "--as", "me").returncode == 0, "what a kill leaves behind does not stop the next start"


def test_the_data_key_is_replaced_while_it_runs(home: Path, running: subprocess.Popen[str]) -> None:
    lines = home / "resources"
    lines.write_text("".join(json.dumps(one.to_json()) + "\n" for one in ALL))
    before = json.loads(escher(home, "key", "status", "--json").stdout)["keys"]
    done = escher(home, "key", "rotate", "--json")
    assert done.returncode == 0, done.stderr
    after = json.loads(escher(home, "key", "status", "--json").stdout)
    assert ([one["id"] for one in after["keys"]], after["rotation"]) == ([json.loads(done.stdout)["key"]], None)
    assert before != after["keys"]
    assert escher(home, "estate", "stats").returncode == 0
    running.send_signal(signal.SIGTERM)
    assert running.wait(20) == 0
    assert escher(home, "estate", "import", str(lines)).returncode == 0
    assert json.loads(escher(home, "estate", "stats", "--json").stdout)["total"] == len(ALL)
    assert escher(home, "audit", "verify").returncode == 0
