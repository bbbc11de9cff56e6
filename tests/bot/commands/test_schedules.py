"""`escher schedule`, and `escher ask … at 8pm daily`: through a running bot and without one; exit codes and JSON."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import App, opened
from bot.commands.schedules import _listed, _moved, _shown, minutes
from bot.commands.session import Exit
from bot.commands.talking import _wish
from bot.control import door
from engine.errors import Refused, SettingsError
from engine.estate.memory import MemoryEstate
from engine.settings import load
from engine.wiring import Parts
from tests.ai_server.serving import serving
from tests.scenarios.stage import ESTATE, fake_clouds

ESCHER = str(Path(sys.executable).parent / "escher")
CONFIG = """
people:
  - {id: eve, name: Eve, roles: [executor]}
  - {id: mona, name: Mona, roles: [manager]}
  - {id: vic, name: Vic, roles: [viewer]}
estate: {key: file, embeddings: "off"}
schedules: {timezone: Europe/Berlin}
"""


async def process(home: Path, *words: str) -> tuple[int, str, str]:
    env = {**os.environ, "ESCHER_HOME": str(home)}
    pipe = asyncio.subprocess.PIPE
    started = await asyncio.create_subprocess_exec(ESCHER, *words, env=env, stdout=pipe, stderr=pipe)
    out, err = await started.communicate()
    assert started.returncode is not None
    return started.returncode, out.decode(), err.decode()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ESCHER_HOME", str(tmp_path))
    (tmp_path / "escher.yaml").write_text(CONFIG)
    return tmp_path


@contextlib.asynccontextmanager
async def bot(home: Path) -> AsyncIterator[App]:
    """A bot over fake clouds that answers the command line."""
    with serving() as server:
        settings = load(home / "escher.yaml")
        settings = settings.model_copy(update={"advisor": settings.advisor.model_copy(update={"url": server.url})})
        parts = Parts(estate=MemoryEstate(ESTATE), clouds=fake_clouds(ESTATE))
        async with opened(home, settings, os.environ, parts) as app, door(app):
            yield app


@pytest.fixture
async def running(home: Path) -> AsyncIterator[App]:
    async with bot(home) as app:
        yield app


async def said(text: str, who: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `escher ask --json` prints."""
    await _wish({"do": "say", "text": text, "as": who}, None, as_json=True)
    return dict(json.loads(capsys.readouterr().out))


async def rows(capsys: pytest.CaptureFixture[str], *, ended: bool = False) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert await _listed(None, ended=ended, as_json=True) == Exit.DONE
    return list(json.loads(capsys.readouterr().out))


async def moved(verb: str, schedule_id: str, who: str, **more: str) -> Exit:
    return await _moved({"verb": verb, "schedule": schedule_id, "as": who, **more}, None, as_json=False)


async def test_a_schedule_that_waits_exits_with_four(running, home):
    code, out, err = await process(home, "ask", "stop tracker-api-01 at 8pm daily", "--as", "eve", "--json")
    assert (code, json.loads(out)["outcome"]) == (4, "schedule"), err
    (made,) = running.engine.schedules.all()
    code, _, err = await process(home, "schedule", "pause", made.id, "--as", "vic")
    assert (code, "Only the person who asked" in err) == (3, True)
    assert all(not cloud.performed for cloud in running.engine.clouds.values())


async def test_listed_and_shown(running, home, capsys):
    await said("stop tracker-api-01 at 8pm daily", "eve", capsys)
    (row,) = await rows(capsys)
    assert {key: row[key] for key in ("state", "cron", "timezone", "when", "asked_by", "next_at", "last")} == {
        "state": "proposed", "cron": "0 20 * * *", "timezone": "Europe/Berlin", "when": "every day at 20:00 Europe/Berlin", "asked_by": "eve",
        "next_at": "", "last": "",
    }  # fmt: skip
    await _wish({"do": "approve", "plan": row["review"], "as": "mona"}, None, as_json=False)
    assert "Scheduled: Stop tracker-api-01" in capsys.readouterr().out
    assert await _shown(row["id"], None, as_json=False) == Exit.DONE
    assert "approved by  mona" in capsys.readouterr().out
    await _listed(None, ended=False, as_json=False)
    assert row["id"] in capsys.readouterr().out
    await _shown(row["id"], None, as_json=True)
    assert json.loads(capsys.readouterr().out)["approved_by"] == ["mona"]
    assert await moved("review", row["id"], "mona") == Exit.WAITS


async def test_moving_one(running, home, capsys):
    await said("stop mailer-web-1 at 8pm daily", "eve", capsys)
    (before,) = await rows(capsys)
    for verb, state in (("pause", "paused"), ("resume", "active")):
        assert await moved(verb, before["id"], "eve") == Exit.DONE
        assert (await rows(capsys))[0]["state"] == state
    assert await moved("snooze", before["id"], "mona", by="90m") == Exit.DONE
    (after,) = await rows(capsys)
    assert after["snoozed"]
    assert after["next_at"] > before["next_at"]
    assert await moved("skip", before["id"], "eve") == Exit.DONE
    with pytest.raises(Refused, match="Only the person who asked"):
        await moved("end", before["id"], "vic")
    capsys.readouterr()
    await _moved({"verb": "end", "schedule": before["id"], "as": "mona"}, None, as_json=True)
    assert json.loads(capsys.readouterr().out)["cards"][0]["title"] == "Ended: Stop mailer-web-1"
    assert await rows(capsys) == []
    assert [row["state"] for row in await rows(capsys, ended=True)] == ["ended"]
    await _listed(None, ended=False, as_json=False)
    assert "Nothing is scheduled." in capsys.readouterr().err


async def test_what_is_wrong_is_named(running, home):
    with pytest.raises(SettingsError, match="sched-nothing1: there is no such schedule"):
        await _shown("sched-nothing1", None, as_json=False)
    with pytest.raises(Refused, match="There is no schedule 'sched-nothing1'"):
        await moved("pause", "sched-nothing1", "eve")
    with pytest.raises(SettingsError, match="--by soon: that is no duration"):
        await moved("snooze", "sched-nothing1", "eve", by="soon")


async def test_the_journal_alone_lists_and_a_bot_of_its_own_moves(home, capsys):
    async with bot(home):
        await said("stop mailer-web-1 at 8pm daily", "eve", capsys)
    (row,) = await rows(capsys)
    assert row["state"] == "active"
    assert await moved("pause", row["id"], "eve") == Exit.DONE
    assert "Paused: Stop mailer-web-1" in capsys.readouterr().out
    assert (await rows(capsys))[0]["state"] == "paused"


@pytest.mark.parametrize(("word", "many"), [("45m", 45), ("2h", 120), ("1 d", 1440)])
def test_a_duration(word, many):
    assert minutes(word) == many


@pytest.mark.parametrize("word", ["", "soon", "0m", "2 weeks"])
def test_no_duration(word):
    with pytest.raises(SettingsError, match="--by"):
        minutes(word)
