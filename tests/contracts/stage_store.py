"""The stores that are held to the contract, each opened on something of its own and able to be opened again on the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from qdrant_client import AsyncQdrantClient

from engine.secrets.derive import Keys
from engine.settings import StoreSettings
from engine.store.crypto import Crypto
from engine.store.edge.client import EdgeStore
from engine.store.manifest import SealedFile
from engine.store.memory import MemoryStore
from engine.store.server.client import ServerStore
from engine.store.store import Store
from tests.engine.store.server.peer import Peer, client_of

SETTINGS = StoreSettings(kind="qdrant", url="http://127.0.0.1:6333")
# The client's local mode says that it has no indexes and searches exactly: that is why it is here and not with users.
WARNINGS = ("ignore:Payload indexes have no effect:UserWarning", "ignore:Local mode performs exact:UserWarning")
NAMES = ("memory", "edge", "local", "http")


@dataclass
class Stage:
    """A store, and how to open one anew on what it left (None where it leaves nothing)."""

    store: Store
    again: Callable[[], Awaitable[Store]] | None = None

    async def reopened(self) -> Store:
        assert self.again is not None
        self.store = await self.again()
        return self.store


@asynccontextmanager
async def staged(name: str, folder: Path) -> AsyncIterator[Stage]:
    stage = await _opened(name, folder)
    try:
        yield stage
    finally:
        await stage.store.close()


async def _opened(name: str, folder: Path) -> Stage:
    match name:
        case "memory":
            return Stage(MemoryStore())
        case "edge":
            return await _edge(folder)
        case "local":
            return _over(lambda client=AsyncQdrantClient(location=":memory:"): client)
        case "http":
            return _over(lambda peer=Peer(): client_of(peer))
    raise ValueError(name)


async def _edge(folder: Path) -> Stage:
    book = SealedFile(folder / "files", Crypto(Keys(bytes(range(32))), "store"))

    async def opened() -> Store:
        return await EdgeStore.open(folder / "store", book)

    async def again() -> Store:
        await stage.store.close()
        return await opened()

    stage = Stage(await opened(), again)
    return stage


def _over(client: Callable[[], AsyncQdrantClient]) -> Stage:
    async def again() -> Store:
        return ServerStore(client(), SETTINGS)

    return Stage(ServerStore(client(), SETTINGS), again)
