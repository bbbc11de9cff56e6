"""Any replica answers any request with the same bytes, nothing is written even where it could not be, and logs hold no content."""

from __future__ import annotations

import io
import json
import logging
import sys

import httpx
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from ai_server.app import create_app
from ai_server.logs import LOGGER, JsonLines
from ai_server.settings import Settings
from tests.ai_server.serving import serving
from tests.ai_server.test_server import STOP, post

# Every write to a file fails: the kernel allows none to grow. Pipes and sockets are no files.
NO_FILES = """
import os, resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    os.write(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT), b"x")
except OSError as error:
    sys.stderr.write(f"PROBE {error.errno}\\n")
sys.argv = ["ai_server", "--port", "0"]
runpy.run_module("ai_server", run_name="__main__")
"""
REQUESTS = (
    STOP,
    {"message": "how do I stop an azure vm?"},
    {"message": "what is the equivalent of s3 in azure?"},
    {"message": "stop g1", "orders": [{"action": "stop", "on": ["g7"]}]},
    {"message": "best practice for database backups"},
    {"message": "stop 10.1.2.3"},
    {"whispered": 1},
)


def test_it_serves_where_no_file_can_grow(tmp_path):
    with serving(arguments=("-c", NO_FILES, str(tmp_path / "probe"))) as server:
        statuses = [post(server, body).status_code for body in REQUESTS]
    assert statuses == [200, 200, 200, 200, 200, 422, 422]
    assert server.log.startswith("PROBE 27\n"), "the limit itself is seen to work (EFBIG)"


def test_any_replica_gives_the_same_bytes_but_the_id():
    with serving() as one, serving(PYTHONHASHSEED="7") as other:
        for body in REQUESTS:
            answers = []
            for server in (one, other, one):
                response = post(server, body)
                said = response.json()
                request_id = said.pop("request_id", "")
                answers.append(
                    (response.status_code, response.content.replace(request_id.encode(), b"ID") if request_id else response.content)
                )
            assert answers[0] == answers[1] == answers[2]


class Captured:
    """What the server would write on standard error, while it is looked at."""

    def __enter__(self) -> io.StringIO:
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(JsonLines())
        self.before = (LOGGER.handlers, LOGGER.propagate, LOGGER.level)
        LOGGER.handlers, LOGGER.propagate = [self.handler], False
        LOGGER.setLevel(logging.DEBUG)
        return self.stream

    def __exit__(self, *_: object) -> None:
        LOGGER.handlers, LOGGER.propagate = self.before[0], self.before[1]
        LOGGER.setLevel(self.before[2])


APP = create_app(Settings())
CLOSED = (
    'time level info event request request_id status outcome bytes_in bytes_out ms failed error plan unknown invalid_request unsealed "'
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=8, max_size=120), st.sampled_from(("message", "turn", "field", "path", "header", "token", "garbage")))
@example("stop the whispered machine 10.1.2.3", "message")
async def test_no_window_of_the_content_stands_in_the_log(text, where):
    windows = {text[start : start + 8] for start in range(len(text) - 7)}
    assume(not any(window in CLOSED for window in windows))
    assume(not all(character in "0123456789abcdef-:,. " for character in text))
    plain = text.encode("utf-8", "replace").decode()
    body = {
        "message": {**STOP, "message": plain},
        "turn": {**STOP, "turns": [{"role": "person", "text": plain}]},
        "field": {**STOP, plain: plain},
    }.get(where, STOP)
    content = plain.encode() if where == "garbage" else json.dumps(body).encode()
    headers = (
        {"x-any": plain.encode("latin-1", "replace").hex(), "authorization": f"Bearer {plain.encode().hex()}"}
        if where in ("header", "token")
        else {}
    )
    with Captured() as log:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=APP), base_url="http://test") as client:
            path = "/v1/plan" if where != "path" else httpx.URL("http://test/x").copy_with(params={"q": plain})
            await client.post(path, content=content, headers=headers)
    written = log.getvalue()
    assert written.count("\n") == 1
    assert not [window for window in windows if window in written]
    assert not [window for window in windows if json.dumps(window)[1:-1] in written]
    assert plain.encode().hex()[:16] not in written


def test_nothing_is_imported_that_could_remember(tmp_path):
    """While it serves, after every kind of request: the modules that are loaded, as the process itself tells them."""
    code = (
        "import asyncio, json, sys, httpx\n"
        "from ai_server.app import create_app\n"
        "from ai_server.settings import Settings\n"
        "from ai_server.listening import serve\n"
        "async def main():\n"
        "    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create_app(Settings())), base_url='http://t') as client:\n"
        f"        for body in {list(REQUESTS)!r}:\n"
        "            await client.post('/v1/plan', json=body)\n"
        "        await client.get('/metrics'); await client.get('/openapi.json')\n"
        "asyncio.run(main())\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    import subprocess

    from tests.ai_server.serving import ROOT

    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    loaded = {name.partition(".")[0] for name in json.loads(ended.stdout.splitlines()[-1])}
    assert "ai_server" in loaded
    assert (
        loaded & {"engine", "bot", "boto3", "botocore", "aioboto3", "azure", "sqlite3", "dbm", "shelve", "qdrant_client", "qdrant_edge"}
        == set()
    )
