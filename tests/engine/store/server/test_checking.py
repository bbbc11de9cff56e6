"""What `escher doctor` says of a server: each thing on its own line, and what to do about it."""

from __future__ import annotations

import pytest
from qdrant_client import models
from starlette.responses import JSONResponse

from engine.settings import StoreSettings
from engine.store.server.checking import check
from engine.store.server.client import ServerStore
from engine.store.store import Collection
from tests.engine.store.server.listening import over_tls, saying
from tests.engine.store.server.peer import Peer, client_of

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]
SECRET = "s3cret-key"
ESTATE = Collection("cloud_estate", vector=4, grams=True)


@pytest.fixture
def peer():
    return Peer(key=SECRET)


async def lines(peer, folder, env=None, **more):
    async with over_tls(peer.app, folder) as (url, authority):
        said = await check(StoreSettings(kind="qdrant", url=url, ca_file=str(authority), **more), env or {"QDRANT_KEY": SECRET})
    return {name: (well, says) for name, well, says in said}


async def made(peer, collection=ESTATE):
    store = ServerStore(client_of(peer), StoreSettings(kind="qdrant", url="http://127.0.0.1:6333"), SECRET)
    await store.ensure(collection)
    await store.close()


async def test_a_server_that_is_well(peer, tmp_path):
    await made(peer)
    said = await lines(peer, tmp_path, api_key="env:QDRANT_KEY")
    assert list(said) == ["server", "version", "API key", "collection escher_cloud_estate", "write, find, delete"]
    assert all(well for well, _ in said.values()), said
    assert "its certificate vouched for by" in said["server"][1]
    assert said["API key"][1] == "accepted (env:QDRANT_KEY)"
    assert said["collection escher_cloud_estate"][1] == "0 points, shards: 1, copies: 1"
    assert list(peer.local.collections) == ["escher_cloud_estate"]
    assert SECRET not in str(said)


async def test_a_server_that_is_not_there():
    async with saying(b"") as url:
        pass
    ((name, well, says),) = await check(StoreSettings(kind="qdrant", url=url), {})
    assert (name, well) == ("server", False)
    assert "cannot be reached" in says


async def test_a_certificate_that_nobody_vouches_for(peer, tmp_path):
    async with over_tls(peer.app, tmp_path) as (url, _):
        ((name, well, says),) = await check(StoreSettings(kind="qdrant", url=url), {})
    assert (name, well) == ("server", False)
    assert "estate.store.ca_file" in says


async def test_a_key_that_is_not_where_settings_say():
    ((name, well, says),) = await check(StoreSettings(kind="qdrant", url="https://127.0.0.1", api_key="env:NO_KEY"), {})
    assert (name, well) == ("settings", False)
    assert "NO_KEY is not set" in says


async def test_a_refused_key_ends_the_looking(peer, tmp_path):
    said = await lines(peer, tmp_path, {"QDRANT_KEY": "another"}, api_key="env:QDRANT_KEY")
    assert list(said) == ["server", "version", "API key"]
    assert said["API key"][0] is False
    assert "estate.store.api_key is env:QDRANT_KEY" in said["API key"][1]


async def test_a_server_that_asks_nobody_for_a_key(tmp_path):
    said = await lines(Peer(), tmp_path)
    assert said["API key"][0] is False
    assert "service.api_key" in said["API key"][1]
    assert said["write, find, delete"] == (True, "works")


async def test_an_old_server(tmp_path):
    said = await lines(Peer(version="1.9.7"), tmp_path)
    assert said["version"] == (False, "is 1.9.7: update Qdrant to 1.12 or later")


async def test_a_collection_that_was_made_otherwise(peer, tmp_path):
    client = client_of(peer)
    await made(peer, Collection("well"))
    await client.create_collection("escher_notes", vectors_config={})
    await client.create_collection(
        "escher_cloud_estate",
        vectors_config={"meaning": models.VectorParams(size=4, distance="Cosine")},
        hnsw_config=models.HnswConfigDiff(m=16),
    )
    peer.indexes["escher_cloud_estate"] = {key: {"type": "integer"} for key in ("tokens", "facets")}
    await client.close()
    said = await lines(peer, tmp_path, api_key="env:QDRANT_KEY")
    assert said["collection escher_well"][0] is True
    assert said["collection escher_notes"][0] is False
    assert "was not made by Escher" in said["collection escher_notes"][1]
    well, says = said["collection escher_cloud_estate"]
    assert well is False
    assert "int8" in says
    assert "graph" in says
    assert "delete escher_cloud_estate there and scan" in says


async def test_a_key_that_may_not_write(peer, tmp_path):
    peer.failing = lambda request: (
        JSONResponse({"status": {"error": "Forbidden: Write access required"}}, 403) if request.method == "PUT" else None
    )
    said = await lines(peer, tmp_path, api_key="env:QDRANT_KEY")
    assert said["API key"][0] is True
    assert said["write, find, delete"][0] is False
    assert "may it write" in said["write, find, delete"][1]


async def test_a_server_that_loses_what_is_written(peer, tmp_path):
    peer.failing = lambda request: (
        JSONResponse({"result": [], "status": "ok", "time": 0})
        if request.method == "POST" and request.url.path.endswith("/points")
        else None
    )
    said = await lines(peer, tmp_path, api_key="env:QDRANT_KEY")
    assert said["write, find, delete"] == (False, "a point that was written was not found by id: is the server whole?")
    assert list(peer.local.collections) == []


async def test_a_server_that_keeps_what_is_deleted(peer, tmp_path):
    peer.failing = lambda request: (
        JSONResponse({"result": {"operation_id": 1, "status": "completed"}, "status": "ok", "time": 0})
        if request.url.path.endswith("/delete")
        else None
    )
    said = await lines(peer, tmp_path, api_key="env:QDRANT_KEY")
    assert said["write, find, delete"] == (False, "a point that was deleted is still there: is the server whole?")
