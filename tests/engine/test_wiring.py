"""The engine put together: an interrupted rotation of the data key goes on, and everything works meanwhile."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from engine.clock import SystemClock
from engine.journal.journal import Journal
from engine.secrets.data_key import DataKeyFile
from engine.secrets.file import FileStore
from engine.secrets.keys import open_ring
from engine.settings import EstateSettings, Settings
from engine.wiring import Parts, open_engine, own_zone
from tests.engine.estate.samples import WEB_1

SETTINGS = Settings(estate=EstateSettings(key="file", embeddings="off"))


async def fill(home: Path, count: int) -> str:
    """A journal of some segments, and the id of the key that seals it."""
    ring = await open_ring(SETTINGS.estate, home, {})
    journal = await Journal.open(home / "journal", ring.current.for_("journal"), SystemClock(), segment_bytes=600)
    for number in range(count):
        await journal.append("tick", {"n": number})
    await journal.close()
    return ring.current.id


async def test_an_interrupted_rotation_goes_on_at_the_start_while_everything_works(tmp_path: Path) -> None:
    before = await fill(tmp_path, 9)
    file = DataKeyFile(tmp_path, FileStore(tmp_path), SystemClock())
    await file.begin(["journal", "estate"])
    engine = await open_engine(tmp_path, SETTINGS, {}, Parts(clouds={}))
    try:
        assert engine.keys.id != before
        assert engine.journal.verdict().whole
        assert [entry.body["n"] for entry in engine.journal.entries({"tick"})] == list(range(9))
        assert "is being replaced since" in engine.notes[0]
        assert engine.replacement
        await engine.estate.replace(WEB_1)
        await engine.journal.append("tick", {"n": 9})
        assert (await engine.replacement.begin()).current.id == engine.keys.id
        assert await engine.estate.get(WEB_1.id) == WEB_1
    finally:
        await engine.close()
    ring = await open_ring(SETTINGS.estate, tmp_path, {})
    assert (ring.rotation, ring.others, ring.current.id) == (None, (), engine.keys.id)


async def test_without_one_the_key_stays(tmp_path: Path) -> None:
    before = await fill(tmp_path, 1)
    engine = await open_engine(tmp_path, SETTINGS, {}, Parts(clouds={}))
    await engine.close()
    assert engine.keys.id == before


def test_this_machine_has_a_time_zone_of_the_database(monkeypatch):
    assert ZoneInfo(own_zone()).key == own_zone()
    for zone, name in (("Europe/Berlin", "Europe/Berlin"), ("Mars/Base", "UTC")):
        monkeypatch.setattr("tzlocal.get_localzone_name", lambda zone=zone: zone)
        assert own_zone() == name
