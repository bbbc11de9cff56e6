"""What `escher doctor` asks of a Qdrant server: is it reached, ours to use, recent enough, and as Escher made it. Edge (network)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Mapping

from qdrant_client import AsyncQdrantClient, models

from engine.errors import EscherError, StoreError
from engine.settings import StoreSettings
from engine.store.server import shape
from engine.store.server.calls import Calls
from engine.store.server.client import ServerStore
from engine.store.server.connecting import connect
from engine.store.server.refusals import Server
from engine.store.store import Collection, Point, Sparse, every

# One thing looked at: its name, whether it is well, and what to do if not.
Line = tuple[str, bool, str]
# Counting facets came with 1.12.
_OLDEST = (1, 12)
_PROBE = Collection("doctor_probe", vector=4, grams=True, ordered=True)
_POINT = Point(
    "00000000-0000-4000-8000-000000000001", {"probe": "it works"}, (1,), (1,), Sparse((1, 2), (0.5, 0.5)), (1.0, 0.0, 0.0, 0.0), 1
)


async def check(settings: StoreSettings, env: Mapping[str, str]) -> list[Line]:
    """A line for each thing looked at; those that depend on one that is not well are left out."""
    try:
        client, key = await connect(settings, env)
    except EscherError as error:
        return [("settings", False, str(error))]
    store = ServerStore(client, settings, key)
    try:
        return [line async for line in _lines(client, store, settings, key)]
    finally:
        await store.close()


async def _lines(client: AsyncQdrantClient, store: ServerStore, settings: StoreSettings, key: str) -> AsyncIterator[Line]:
    calls = Calls(Server.of(settings, key))
    try:
        version = (await calls.ask("asking for its version", client.info)).version
    except StoreError as error:
        yield "server", False, str(error)
        return
    yield "server", True, f"answers at {calls.server.url}{_trusted(settings)}"
    yield _version(version)
    try:
        names = [found.name for found in (await calls.ask("listing collections", client.get_collections)).collections]
    except StoreError as error:
        yield "API key", False, str(error)
        return
    yield _key(settings, key)
    for name in sorted(name for name in names if name.startswith(settings.prefix) and name != settings.prefix + _PROBE.name):
        yield await _collection(client, calls, name)
    yield await _probed(store)


def _trusted(settings: StoreSettings) -> str:
    if settings.url.startswith("http://"):
        return ", without TLS on this machine"
    return f", its certificate vouched for by {settings.ca_file or 'a public authority'}"


def _version(version: str) -> Line:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if numbers < _OLDEST:
        return "version", False, f"is {version}: update Qdrant to {'.'.join(map(str, _OLDEST))} or later"
    return "version", True, version


def _key(settings: StoreSettings, key: str) -> Line:
    """A server that answers whoever asks is fine on this machine alone."""
    if key:
        return "API key", True, f"accepted ({settings.api_key})"
    if settings.url.startswith("http://"):
        return "API key", True, "none is asked for, on this machine"
    says = "the server asks for none: set its service.api_key, and estate.store.api_key to where it is"
    return "API key", False, says


async def _collection(client: AsyncQdrantClient, calls: Calls, name: str) -> Line:
    try:
        info = await calls.ask(f"looking at {name}", client.get_collection, name)
    except StoreError as error:
        return f"collection {name}", False, str(error)
    trouble = _troubles(name, info)
    params = info.config.params
    made = f"{info.points_count or 0} points, shards: {params.shard_number or 1}, copies: {params.replication_factor or 1}"
    return f"collection {name}", not trouble, "; ".join([made, *trouble])


def _troubles(name: str, info: models.CollectionInfo) -> list[str]:
    if not shape.is_ours(info):
        return ["was not made by Escher, or not to the end: scan, and if this stays, set another estate.store.prefix"]
    found = shape.slower(info)
    if info.status == models.CollectionStatus.RED:
        found.append(f"is not well: {info.optimizer_status}; look at the server's log")
    if found:
        found.append(f"to have it made anew, delete {name} there and scan")
    return found


async def _probed(store: ServerStore) -> Line:
    """Writes a point into a collection of its own, finds it by everything a point is found by, and takes all away."""
    try:
        await store.ensure(_PROBE)
        try:
            said = await _round(store)
        finally:
            with contextlib.suppress(StoreError):
                await store.remove(_PROBE.name)
    except EscherError as error:
        return "write, find, delete", False, str(error)
    return "write, find, delete", not said, said or "works"


async def _round(store: ServerStore) -> str:
    """What did not come back; "" when all did."""
    name, one = _PROBE.name, _POINT
    await store.upsert(name, [one])
    found = {
        "id": await store.retrieve(name, [one.id]),
        "token": [stored async for stored in store.scroll(name, {"has": list(one.tokens)})],
        "name": await store.nearest_grams(name, one.grams, every(()), 1),
        "vector": await store.nearest_vector(name, one.vector, every(()), 1),
        "order": await store.latest(name, every(()), 1),
    }
    lost = [by for by, stored in found.items() if [(two.id, two.payload) for two in stored] != [(one.id, one.payload)]]
    if lost:
        return f"a point that was written was not found by {', '.join(lost)}: is the server whole?"
    await store.delete(name, [one.id])
    return "" if await store.count(name, every(())) == 0 else "a point that was deleted is still there: is the server whole?"
