"""`escher estate export|import` and `escher store move` as a person runs them, with a server on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import uvicorn
import yaml

from tests.engine.estate.samples import ALL
from tests.engine.store.server.peer import Peer

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]
ESCHER = str(Path(sys.executable).parent / "escher")
CONFIG = {"estate": {"key": "file", "embeddings": "off"}, "people": [{"id": "me", "name": "Me", "roles": ["manager"]}]}
KEY = "s3cret-key"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A data folder with an estate, to copy."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "escher.yaml").write_text(yaml.safe_dump(CONFIG))
    (folder / "estate.ndjson").write_text("".join(json.dumps(one.to_json()) + "\n" for one in ALL))
    done = escher(folder, "estate", "import", str(folder / "estate.ndjson"))
    assert done.stdout == f"{len(ALL)} resources imported.\n", done.stderr
    return folder


@pytest.fixture
def home(filled, tmp_path):
    return shutil.copytree(filled, tmp_path / "home", symlinks=True)


def escher(home, *words):
    env = {**os.environ, "ESCHER_HOME": str(home), "QDRANT_KEY": KEY, "COLUMNS": "300"}
    return subprocess.run([ESCHER, *words], env=env, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def server():
    """A peer that is served by a thread of its own; gives itself and its URL."""
    peer = Peer(key=KEY)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        served = uvicorn.Server(uvicorn.Config(peer.app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=lambda: asyncio.run(served.serve([listening])))
        thread.start()
        while not served.started:
            time.sleep(0.01)
        yield peer, f"http://127.0.0.1:{listening.getsockname()[1]}"
        served.should_exit = True
        thread.join()


def rows(text):
    return sorted((json.loads(line) for line in text.splitlines()), key=lambda row: row["id"])


EXPECTED = rows("".join(json.dumps(one.to_json()) + "\n" for one in ALL))


def test_what_was_exported_is_what_was_imported(home):
    printed = escher(home, "estate", "export")
    assert rows(printed.stdout) == EXPECTED
    assert "in plain text" in printed.stderr
    out = home / "out.ndjson"
    done = escher(home, "estate", "export", str(out))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert rows(out.read_text()) == EXPECTED
    assert out.stat().st_mode & 0o777 == 0o600
    again = escher(home, "estate", "export", str(out))
    assert (again.returncode, "--force" in again.stderr) == (2, True)
    assert escher(home, "estate", "export", str(out), "--force").returncode == 0


def test_a_file_with_a_fault_leaves_the_estate_as_it_was(home):
    bad = home / "bad.ndjson"
    bad.write_text(json.dumps({**EXPECTED[0], "id": "arn:new"}) + "\n" + json.dumps({**EXPECTED[0], "state": None}) + "\n")
    done = escher(home, "estate", "import", str(bad))
    assert done.returncode == 2
    assert "line 2: a resource needs the text field 'state'" in done.stderr
    assert rows(escher(home, "estate", "export").stdout) == EXPECTED


def test_a_move_to_a_server_and_back(home, server):
    peer, url = server
    target = ("store", "move", "--to", "qdrant", "--url", url, "--api-key", "env:QDRANT_KEY", "--prefix", "acme_")
    done = escher(home, *target)
    assert done.returncode == 0, done.stderr
    said, _, setting = done.stdout.partition("\n\n")
    assert f"cloud_estate: {len(ALL)} copied, 0 were there, 0 removed; every point compared." in said
    store = {"kind": "qdrant", "url": url, "api_key": "env:QDRANT_KEY", "prefix": "acme_"}
    assert yaml.safe_load(setting) == {"estate": {"store": store}}
    assert "acme_cloud_estate" in peer.local.collections
    held = json.dumps([payload for collection in peer.local.collections.values() for payload in collection.payload])
    assert not [one.name for one in ALL if one.name in held or one.id in held], "what is there is sealed"
    again = json.loads(escher(home, *target, "--json").stdout)
    assert {(one["copied"], one["removed"]) for one in again["moved"]} == {(0, 0)}
    (home / "escher.yaml").write_text(yaml.safe_dump({**CONFIG, "estate": {**CONFIG["estate"], "store": store}}))
    back = escher(home, "store", "move", "--to", "edge")
    assert (back.returncode, f"{len(ALL)} were there" in back.stdout) == (0, True), back.stderr
    assert yaml.safe_load(back.stdout.partition("\n\n")[2]) == {"estate": {"store": {"kind": "edge"}}}


def test_a_move_that_would_write_over_others_is_refused(home, server):
    _, url = server
    target = ("store", "move", "--to", "qdrant", "--url", url, "--api-key", "env:QDRANT_KEY")
    assert escher(home, *target).returncode == 0
    fewer = home / "fewer.ndjson"
    fewer.write_text(json.dumps({**EXPECTED[0], "state": "stopped"}) + "\n")
    assert escher(home, "estate", "import", str(fewer)).returncode == 0
    done = escher(home, *target)
    assert (done.returncode, "cloud_estate holds" in done.stderr, "--replace" in done.stderr) == (3, True, True), done.stderr
    assert escher(home, *target, "--replace").returncode == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "edge"), "there already"),
        (("--to", "qdrant"), "needs the server's url"),
        (("--to", "qdrant", "--url", "http://qdrant.example.com:6333"), "https:// only"),
        (("--to", "qdrant", "--url", "https://127.0.0.1:6333", "--api-key", "hunter2"), "never the secret itself"),
    ],
)
def test_a_target_that_cannot_be_is_told(tmp_path, words, said):
    (tmp_path / "escher.yaml").write_text(yaml.safe_dump(CONFIG))
    done = escher(tmp_path, "store", "move", *words)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def doctor(home):
    done = escher(home, "doctor", "--json")
    assert done.stdout, done.stderr
    return {one["name"]: one for one in json.loads(done.stdout)}


def test_the_doctor_looks_at_either_store(home, server):
    _, url = server
    lines = doctor(home)
    assert lines["store: opens"]["well"] is True
    assert lines["store: files"] == {"name": "store: files", "well": True, "says": "are those that were left"}
    assert lines["store: collection cloud_estate"]["says"] == f"{len(ALL)} points"
    store = {"kind": "qdrant", "url": url, "api_key": "env:QDRANT_KEY"}
    assert escher(home, "store", "move", "--to", "qdrant", "--url", url, "--api-key", "env:QDRANT_KEY").returncode == 0
    (home / "escher.yaml").write_text(yaml.safe_dump({**CONFIG, "estate": {**CONFIG["estate"], "store": store}}))
    lines = doctor(home)
    names = ("server", "version", "API key", "collection escher_cloud_estate", "write, find, delete")
    assert all(lines[f"store: {name}"]["well"] for name in names), lines
