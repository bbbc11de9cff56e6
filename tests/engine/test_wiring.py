"""The engine put together: what an interrupted rotation of the data key leaves is ended before anything else begins."""

from __future__ import annotations

from pathlib import Path

from engine.clock import SystemClock
from engine.journal.journal import Journal
from engine.secrets.data_key import DataKeyFile
from engine.secrets.file import FileStore
from engine.secrets.keys import open_ring
from engine.settings import EstateSettings, Settings
from engine.wiring import Parts, open_engine

SETTINGS = Settings(estate=EstateSettings(key="file", embeddings="off"))


async def fill(home: Path, count: int) -> str:
    """A journal of some segments, and the id of the key that seals it."""
    ring = await open_ring(SETTINGS.estate, home, {})
    journal = await Journal.open(home / "journal", ring.current.for_("journal"), SystemClock(), segment_bytes=600)
    for number in range(count):
        await journal.append("tick", {"n": number})
    await journal.close()
    return ring.current.id


async def test_an_interrupted_rotation_is_ended_at_the_start(tmp_path: Path) -> None:
    before = await fill(tmp_path, 9)
    file = DataKeyFile(tmp_path, FileStore(tmp_path), SystemClock())
    await file.begin(["journal", "estate"])
    engine = await open_engine(tmp_path, SETTINGS, {}, Parts(clouds={}))
    try:
        assert engine.keys.id != before
        assert engine.journal.verdict().whole
        assert [entry.body["n"] for entry in engine.journal.entries({"tick"})] == list(range(9))
    finally:
        await engine.close()
    ring = await open_ring(SETTINGS.estate, tmp_path, {})
    assert (ring.rotation, ring.others, ring.current.id) == (None, (), engine.keys.id)


async def test_without_one_the_key_stays(tmp_path: Path) -> None:
    before = await fill(tmp_path, 1)
    engine = await open_engine(tmp_path, SETTINGS, {}, Parts(clouds={}))
    await engine.close()
    assert engine.keys.id == before
