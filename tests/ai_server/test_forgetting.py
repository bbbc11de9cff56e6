"""The server writes nothing, spawns nothing, and knows neither the engine nor a cloud."""

from __future__ import annotations

import json
import subprocess
import sys

import httpx
import pytest

from ai_server.app import create_app
from ai_server.settings import Settings
from tests.ai_server.serving import ROOT, serving
from tests.ai_server.test_server import STOP, post

# Runs the server under an audit hook that reports every write and every process; reports go to standard error as they happen.
WATCHED = """
import os, sys
def watch(event, arguments):
    writing = event == "open" and (
        (isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"))
        or (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND))
    )
    if writing or event in ("subprocess.Popen", "os.system", "os.fork", "os.posix_spawn", "os.mkdir", "os.rename", "os.remove", "sqlite3.connect", "socket.connect"):
        os.write(2, f"AUDIT {event} {arguments!r}\\n".encode())
sys.addaudithook(watch)
if len(sys.argv) > 1 and sys.argv.pop() == "plant":
    open(os.devnull, "w").close()
import runpy
sys.argv = ["ai_server", "--port", "0"]
runpy.run_module("ai_server", run_name="__main__")
"""

FENCE = """
import sys
import ai_server.app, ai_server.schema, ai_server.knowledge.lint, ai_server.agents.planner
print("\\n".join(sorted(sys.modules)))
"""


def test_nothing_is_written_while_it_serves(tmp_path):
    tmp_path.chmod(0o500)
    with serving(arguments=("-c", WATCHED), cwd=tmp_path) as server:
        for body in (STOP, {"message": "how do I stop an azure vm?"}, {"message": "stop 10.1.2.3"}, b"{", b"x" * (1024 * 1024 + 1)):
            post(server, body)
    assert "AUDIT" not in server.log, server.log
    assert list(tmp_path.iterdir()) == []


def test_the_audit_itself_sees_a_write(tmp_path):
    with serving(arguments=("-c", WATCHED, "plant"), cwd=tmp_path) as server:
        pass
    assert "AUDIT open" in server.log


def test_the_server_imports_neither_engine_nor_cloud_nor_database():
    listed = subprocess.run([sys.executable, "-c", FENCE], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True).stdout.split()
    forbidden = {
        "engine",
        "bot",
        "boto3",
        "botocore",
        "aioboto3",
        "azure",
        "google",
        "sqlite3",
        "qdrant_edge",
        "qdrant_client",
        "fastembed",
        "paramiko",
    }
    assert {name.partition(".")[0] for name in listed} & forbidden == set()
    assert "ai_server.app" in listed


def test_no_module_of_the_server_names_a_process_or_a_database():
    for path in sorted((ROOT / "ai_server").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for word in (
            "import subprocess",
            "import sqlite3",
            "import pickle",
            "os.system",
            "eval(",
            "exec(",
            "import engine",
            "from engine",
            "from bot",
        ):
            assert word not in text, (path.name, word)


async def test_a_defect_says_nothing_of_the_request(caplog):
    """A route that fails with the request's own words in its error: neither the reply nor the log repeats them."""
    app = create_app(Settings())

    @app.post("/broken")
    async def broken() -> None:
        raise RuntimeError("whispered-word")

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        with caplog.at_level("INFO", logger="escher.ai_server"):
            response = await client.post("/broken", json=STOP)
    assert response.status_code == 500
    assert response.json()["code"] == "internal"
    facts = [record.__dict__["facts"] for record in caplog.records if hasattr(record, "facts")]
    assert {"request_id": response.headers["x-request-id"], "error": "RuntimeError"} in facts
    assert "whispered" not in response.text + json.dumps(facts)


@pytest.mark.parametrize("name", ["ai_server.app", "ai_server.__main__", "ai_server.knowledge.loading"])
def test_importing_has_no_effect(name):
    code = f"import sys\nseen = []\nsys.addaudithook(lambda event, args: seen.append(str(args[0])) if event == 'open' and str(args[0]).endswith('.yaml') else None)\nimport {name}\nprint(seen)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True).stdout == "[]\n"
