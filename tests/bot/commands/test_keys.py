"""`escher key` as people run it: status, another wrapping key, another store, another data key; with a Vault on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import commands
from engine.clock import SystemClock
from engine.journal.journal import Journal
from engine.secrets.keys import open_ring
from engine.settings import EstateSettings
from tests.engine.estate.samples import ALL
from tests.engine.secrets.vault_server import TOKEN, Vault

ESCHER = str(Path(sys.executable).parent / "escher")
PASSPHRASE = {"ESCHER_PASSPHRASE": "correct horse"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    configure(tmp_path, "key: file")
    return tmp_path


def configure(home: Path, estate: str) -> None:
    (home / "escher.yaml").write_text(f'estate: {{{estate}, embeddings: "off"}}\n')


def told(home: Path, env: dict[str, str]) -> dict[str, str]:
    # Messages must not be broken to the width of a terminal that is not there.
    return {"ESCHER_HOME": str(home), "COLUMNS": "200", **env}


def escher(home: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The command in this process: starting one takes seconds."""
    done = CliRunner().invoke(commands(), list(words), env=told(home, env))
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


def started(home: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, beside a server in this one."""
    env = {**os.environ, **told(home, env)}
    return subprocess.run([ESCHER, *words], env=env, capture_output=True, text=True, check=False, timeout=60)


def status(home: Path, **env: str) -> dict[str, object]:
    return json.loads(escher(home, "key", "status", "--json", **env).stdout)


async def fill(home: Path, count: int) -> tuple[int, str]:
    ring = await open_ring(EstateSettings(key="file"), home, {})
    journal = await Journal.open(home / "journal", ring.current.for_("journal"), SystemClock(), segment_bytes=600)
    for number in range(count):
        await journal.append("tick", {"n": number})
    await journal.close()
    return journal.last


def test_a_new_folder_says_that_it_has_no_key_yet(home: Path) -> None:
    done = escher(home, "key", "status")
    assert (done.returncode, "no data key" in done.stdout) == (0, True)
    assert status(home) == {"made": False}
    assert escher(home, "key", "rotate").returncode == 2
    assert escher(home, "key", "rewrap").returncode == 1
    assert not (home / "data.key").exists()


def test_a_rotation_keeps_the_journal_and_its_hashes(home: Path) -> None:
    number, digest = asyncio.run(fill(home, 9))
    before, sealed = status(home), {path.name: path.read_bytes() for path in (home / "journal").glob("*.log")}
    assert before["opens"] is True
    verified = escher(home, "audit", "verify").stdout
    assert digest[:16] in verified
    done = escher(home, "key", "rotate", "--json")
    assert done.returncode == 0, done.stderr
    after = status(home)
    assert json.loads(done.stdout) == {
        "key": after["keys"][0]["id"],
        "entries": number,
        "last_hash": digest,
    }
    assert [len(one["keys"]) for one in (before, after)] == [1, 1]
    assert before["keys"][0]["id"] != after["keys"][0]["id"]
    assert escher(home, "audit", "verify").stdout == verified
    assert all((home / "journal" / name).read_bytes() != data for name, data in sealed.items())


def test_a_fresh_wrapping_key_keeps_the_data_key(home: Path) -> None:
    asyncio.run(fill(home, 1))
    before, key = status(home), (home / "key").read_text()
    done = escher(home, "key", "rewrap")
    assert done.returncode == 0, done.stderr
    assert "Now set" not in done.stdout
    assert (home / "key").read_text() != key
    assert status(home)["keys"] == before["keys"]
    assert escher(home, "audit", "verify").returncode == 0


def test_from_a_file_to_a_passphrase_to_another(home: Path) -> None:
    asyncio.run(fill(home, 1))
    before = status(home)["keys"]
    assert escher(home, "key", "rewrap", "--to", "passphrase").returncode == 2, "there is no passphrase yet"
    done = escher(home, "key", "rewrap", "--to", "passphrase", **PASSPHRASE)
    assert (done.returncode, "estate: {key: passphrase}" in done.stdout) == (0, True), done.stderr
    assert not (home / "key").exists()
    refused = escher(home, "audit", "verify")
    assert (refused.returncode, "estate.key: passphrase" in refused.stderr) == (1, True)
    configure(home, "key: passphrase")
    assert status(home, **PASSPHRASE)["keys"] == before
    done = escher(home, "key", "rewrap", **PASSPHRASE)
    assert (done.returncode, "ESCHER_NEW_PASSPHRASE" in done.stderr) == (2, True)
    done = escher(home, "key", "rewrap", **PASSPHRASE, ESCHER_NEW_PASSPHRASE="battery staple")
    assert (done.returncode, "has to be the new passphrase" in done.stdout) == (0, True), done.stderr
    wrong = escher(home, "key", "status", **PASSPHRASE)
    assert (wrong.returncode, "does not open" in wrong.stdout) == (1, True)
    assert status(home, ESCHER_PASSPHRASE="battery staple")["keys"] == before


async def test_to_vault_and_back(home: Path) -> None:
    await fill(home, 1)

    async def done(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(lambda: started(home, *words, **env))

    record = json.loads((home / "data.key").read_text())
    async with Vault() as vault:
        to = ("key", "rewrap", "--to", "vault", "--id", "transit/escher", "--url", vault.url)
        refused = await done(*to, VAULT_TOKEN="hvs.another")
        assert (refused.returncode, "transit/encrypt/escher" in refused.stderr) == (1, True)
        assert json.loads((home / "data.key").read_text()) == record
        gone = await done(*to, VAULT_TOKEN=TOKEN)
        assert gone.returncode == 0, gone.stderr
        said = f'{{key: vault, key_service: {{id: "transit/escher", url: "{vault.url}"}}}}'
        assert said in gone.stdout
        configure(home, said[1:-1])
        now = await done("key", "status", "--json", VAULT_TOKEN=TOKEN)
        assert json.loads(now.stdout)["store"] == "vault"
        assert [one["id"] for one in json.loads(now.stdout)["keys"]] == [record["current"]]
        assert TOKEN not in gone.stdout + gone.stderr + refused.stderr + now.stdout
        back = await done("key", "rewrap", "--to", "file", VAULT_TOKEN=TOKEN)
        assert back.returncode == 0, back.stderr
    assert json.loads((home / "data.key").read_text())["current"] == record["current"]
    assert (home / "key").exists()


def test_a_rotation_that_was_stopped_is_shown_and_gone_on_with(home: Path) -> None:
    async def begun() -> None:
        from engine.secrets.data_key import DataKeyFile
        from engine.secrets.file import FileStore

        await fill(home, 9)
        await DataKeyFile(home, FileStore(home), SystemClock()).begin(["journal"])

    asyncio.run(begun())
    now = status(home)
    assert (now["rotation"]["left"], now["rotation"]["journal"]["segments_done"]) == (["journal"], 0)
    assert now["rotation"]["journal"]["segments"] > 1
    done = escher(home, "key", "status")
    assert "Go on with `escher key rotate`" in done.stdout
    assert escher(home, "audit", "verify").returncode == 0
    assert len(escher(home, "audit", "export").stdout.splitlines()) == 9
    assert escher(home, "key", "rotate").returncode == 0
    assert status(home)["rotation"] is None
    assert escher(home, "audit", "verify").returncode == 0


def test_the_estate_is_carried_over_too(home: Path) -> None:
    asyncio.run(fill(home, 1))
    lines = home / "resources"
    lines.write_text("".join(json.dumps(one.to_json()) + "\n" for one in ALL))
    assert escher(home, "estate", "import", str(lines)).returncode == 0
    before = json.loads(escher(home, "estate", "stats", "--json").stdout)
    done = escher(home, "key", "rotate")
    assert (done.returncode, "sealed with the new data key" in done.stdout) == (0, True), done.stderr
    assert json.loads(escher(home, "estate", "stats", "--json").stdout) == before
    assert sorted(path.name for path in home.iterdir() if path.is_dir()) == ["estate", "journal", "library"]


def test_a_server_that_is_away_leaves_everything_as_it_is(home: Path) -> None:
    asyncio.run(fill(home, 1))
    configure(home, "key: file, store: {kind: qdrant, url: 'http://127.0.0.1:1', timeout_s: 1}")
    before = (home / "data.key").read_bytes()
    done = escher(home, "key", "rotate")
    assert (done.returncode, "cannot be reached" in done.stderr) == (1, True), done.stderr
    assert (home / "data.key").read_bytes() == before


def test_a_journal_in_use_is_left_alone(home: Path) -> None:
    async def busy() -> subprocess.CompletedProcess[str]:
        ring = await open_ring(EstateSettings(key="file"), home, {})
        journal = await Journal.open(home / "journal", ring.current.for_("journal"), SystemClock())
        try:
            return await asyncio.to_thread(started, home, "key", "rotate")
        finally:
            await journal.close()

    done = asyncio.run(busy())
    assert (done.returncode, f"in use by process {os.getpid()}" in done.stderr) == (1, True)
    assert status(home)["rotation"] is None


def test_a_kind_that_does_not_exist(home: Path) -> None:
    done = escher(home, "key", "rewrap", "--to", "cloud")
    assert (done.returncode, "aws-kms" in done.stderr) == (2, True)
