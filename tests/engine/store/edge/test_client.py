"""Whoever asks the store and is cancelled meanwhile disturbs nobody: the process goes on, and what it wrote is known to be whole."""

from __future__ import annotations

import asyncio

import pytest

from engine.secrets.derive import Keys
from engine.store.crypto import Crypto
from engine.store.edge.client import EdgeStore
from engine.store.manifest import SealedFile
from engine.store.store import Collection, Point, every

THINGS = Collection("things")
UID = "00000000-0000-4000-8000-000000000001"
ASKED = {
    "collections": lambda store: store.collections(),
    "memory": lambda store: store.memory(),
    "ensure": lambda store: store.ensure(Collection("others")),
    "remove": lambda store: store.remove("never there"),
    "count": lambda store: store.count("things", every(())),
}


async def opened(folder):
    return await EdgeStore.open(folder, SealedFile(folder / "files", Crypto(Keys(bytes(32)), "things")))


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
async def test_a_question_that_is_cancelled_ends_no_process(tmp_path, asked):
    store = await opened(tmp_path)
    await store.ensure(THINGS)
    await store.upsert("things", [Point(UID, {})])
    process = store.pid
    asking = asyncio.create_task(asked(store))
    # Long enough that it is asked, and no answer can be there.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await store.count("things", every(())) == 1
    assert store.pid == process
    await store.close()
    again = await opened(tmp_path)
    assert again.whole, "it was closed well"
    await again.close()
