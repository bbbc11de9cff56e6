"""The store on a server when things go wrong there, and what it asks of one."""

from __future__ import annotations

import asyncio
import time

import pytest
from pydantic import ValidationError
from qdrant_client import models
from starlette.responses import JSONResponse, PlainTextResponse, Response

from engine.errors import Corrupted, DiskFull, SettingsError, StoreError
from engine.settings import StoreSettings
from engine.store.server.client import ServerStore
from engine.store.server.connecting import client_of as real_client
from engine.store.store import Collection, Point, Sparse, every, has
from tests.engine.store.server.listening import http, over_tls, saying
from tests.engine.store.server.peer import Peer, client_of

pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]
THINGS = Collection("things", vector=2, grams=True, ordered=True)
ALL = every(())
KEY = "00000000-0000-4000-8000-000000000001"
URL = "http://127.0.0.1:6333"
SECRET = "s3cret-key"


def settings(url=URL, **more):
    return StoreSettings(kind="qdrant", url=url, **more)


class Pauses:
    """Time that does not pass."""

    def __init__(self):
        self.waited = []

    async def __call__(self, seconds):
        self.waited.append(seconds)


@pytest.fixture
def pauses():
    return Pauses()


@pytest.fixture
def peer():
    return Peer(key=SECRET)


@pytest.fixture
async def store(peer, pauses):
    made = ServerStore(client_of(peer), settings(api_key="env:QDRANT_KEY"), SECRET, pauses)
    await made.ensure(THINGS)
    peer.requests.clear()
    yield made
    await made.close()


def at_first(peer, times, answer):
    """The peer answers so the next few times, then as always."""
    left = [answer] * times
    peer.failing = lambda request: left.pop() if left else None


# What is asked for


async def test_a_collection_is_made_with_its_prefix_copies_and_indexes(peer):
    store = ServerStore(client_of(peer), settings(prefix="acme_", shards=4, replicas=3), SECRET)
    assert await store.ensure(THINGS) is False
    asked = {(method, path): body for method, path, body in peer.requests}
    made = asked["PUT", "/collections/acme_things"]
    assert (made["shard_number"], made["replication_factor"], made["write_consistency_factor"]) == (4, 3, 2)
    assert (made["hnsw_config"]["m"], made["on_disk_payload"]) == (0, True)
    assert made["vectors"]["meaning"]["quantization_config"] == {"scalar": {"type": "int8", "quantile": 0.99, "always_ram": True}}
    assert made["sparse_vectors"] == {"name": {"modifier": "idf"}}
    indexes = [body for method, path, body in peer.requests if path == "/collections/acme_things/index"]
    assert {index["field_name"]: (index["field_schema"]["lookup"], index["field_schema"]["range"]) for index in indexes} == {
        "tokens": (True, False),
        "facets": (True, False),
        "order": (False, True),
    }
    await store.close()


async def test_indexes_that_were_not_made_are_made_at_the_next_start(peer, store):
    del peer.indexes["escher_things"]["facets"]
    await store.ensure(THINGS)
    assert [body["field_name"] for method, path, body in peer.requests if path.endswith("/index")] == ["facets"]


async def test_vectors_are_rescored(peer, store):
    await store.nearest_vector("things", (1, 0), ALL, 3)
    ((_, _, asked),) = peer.requests
    assert asked["params"]["quantization"] == {"rescore": True, "oversampling": 2.0}
    assert (asked["using"], asked["limit"]) == ("meaning", 3)


async def test_with_copies_most_are_asked(peer):
    store = ServerStore(client_of(peer), settings(replicas=3), SECRET)
    await store.ensure(THINGS)
    asked = []
    peer.failing = lambda request: asked.append((request.url.path, request.query_params.get("consistency")))
    await store.retrieve("things", [KEY])
    await store.known("things", [1])
    await store.facet("things", ALL)
    assert [name async for name in store.points("things")] == []
    assert {consistency for _, consistency in asked} == {"majority"}
    await store.close()


async def test_what_cannot_be_is_not_asked(peer, store):
    assert await store.count("things", has([])) == 0
    assert await store.facet("things", has([])) == {}
    assert await store.nearest_grams("things", Sparse(), ALL, 5) == []
    assert await store.nearest_vector("things", (1, 0), {"any": []}, 5) == []
    assert await store.latest("things", ALL, 0) == []
    assert await store.retrieve("things", []) == []
    assert [one async for one in store.scroll("things", has([]))] == []
    assert peer.requests == []


async def test_another_installation_on_the_server_is_left_alone(peer, store):
    other = ServerStore(client_of(peer), settings(prefix="other_"), SECRET)
    await other.ensure(THINGS)
    await other.upsert("things", [Point(KEY, {"a": "b"})])
    others = client_of(peer)
    await others.create_collection("escher_notes", vectors_config={})
    await others.close()
    assert await store.count("things", ALL) == 0
    assert await store.collections() == [THINGS]
    await store.remove("things")
    assert await other.count("things", ALL) == 1
    await other.close()


async def test_two_that_make_a_collection_at_once_both_have_it(peer):
    stores = [ServerStore(client_of(peer), settings(), SECRET) for _ in range(3)]
    await asyncio.gather(*(store.ensure(THINGS) for store in stores))
    await stores[0].upsert("things", [Point(KEY, {"a": "b"})])
    assert [await store.count("things", ALL) for store in stores] == [1, 1, 1]
    for store in stores:
        await store.close()


async def test_what_others_wrote_into_a_collection_is_named(peer, store):
    await peer.local.upsert("escher_things", [models.PointStruct(id=KEY, payload={"color": "red"}, vector={})])
    with pytest.raises(Corrupted, match=f"things/{KEY}"):
        await store.retrieve("things", [KEY])


async def test_a_collection_that_vanished_there_is_no_key_error(peer, store):
    await peer.local.delete_collection("escher_things")
    with pytest.raises(StoreError, match=r"nothing there while counting escher_things: .*doesn't exist!\. Start Escher again"):
        await store.count("things", ALL)


# What goes wrong


async def refused(store, match):
    with pytest.raises(StoreError, match=match) as raised:
        await store.count("things", ALL)
    assert SECRET not in str(raised.value)
    return str(raised.value)


async def test_a_refused_key_is_told_with_its_place(peer, store):
    peer.key = "another"
    said = await refused(store, r"http://127.0.0.1:6333 refuses the API key \(401 while counting escher_things")
    assert "estate.store.api_key is env:QDRANT_KEY" in said
    assert len(peer.requests) == 1


async def test_a_server_that_wants_a_key_where_none_is_set(peer, pauses):
    peer.key = ""
    client = client_of(peer)
    peer.key = SECRET
    store = ServerStore(client, settings(), "", pauses)
    with pytest.raises(StoreError, match=r"wants an API key .* Set estate.store.api_key"):
        await store.ensure(THINGS)
    await store.close()


async def test_a_key_that_may_only_read(peer, store):
    peer.failing = lambda request: PlainTextResponse(f"Forbidden: Write access to {SECRET} is required", 403)
    said = await refused(store, r"refuses the API key \(403")
    assert "may it write" in said


async def test_a_fault_there_is_told_with_its_words_and_not_repeated(peer, store, pauses):
    peer.failing = lambda request: JSONResponse({"status": {"error": "Service internal error: task\npanicked"}}, 500)
    await refused(store, r"answered 500 while counting escher_things: Service internal error: task panicked\. Its log says more")
    assert (len(peer.requests), pauses.waited) == (1, [])


@pytest.mark.parametrize("answer", [(500, "Service internal error: No space left on device: WAL buffer size exceeds"), (507, "full")])
async def test_a_full_disk_there_is_told_as_one(peer, store, answer):
    peer.failing = lambda request: JSONResponse({"status": {"error": answer[1]}}, answer[0])
    with pytest.raises(DiskFull, match=r"disk of Qdrant at http://127\.0\.0\.1:6333"):
        await store.upsert("things", [Point(KEY, {})])


async def test_a_request_that_is_too_large_is_told(peer, store):
    peer.failing = lambda request: Response(status_code=413)
    with pytest.raises(StoreError, match="max_request_size_mb"):
        await store.upsert("things", [Point(KEY, {})])


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_busy_server_is_asked_again(peer, store, pauses, status):
    await store.upsert("things", [Point(KEY, {})])
    at_first(peer, 2, PlainTextResponse("busy", status))
    assert await store.count("things", ALL) == 1
    assert pauses.waited == [0.1, 0.5]
    pauses.waited.clear()
    at_first(peer, 3, PlainTextResponse("busy", status))
    await refused(store, str(status))
    assert pauses.waited == [0.1, 0.5]


async def test_a_server_that_says_when_is_heard_and_not_waited_for_long(peer, store, pauses):
    at_first(peer, 1, JSONResponse({"status": {"error": "too many"}}, 429, {"retry-after": "3"}))
    assert await store.count("things", ALL) == 0
    assert pauses.waited == [3.0]
    at_first(peer, 1, JSONResponse({"status": {"error": "too many"}}, 429, {"retry-after": "600"}))
    await refused(store, "more to do than it can while counting escher_things: too many")
    at_first(peer, 1, JSONResponse({"status": {"error": "too many"}}, 429, {"retry-after": "tomorrow"}))
    await refused(store, "more to do than it can")
    assert pauses.waited == [3.0]


async def over(url, pauses, **more):
    made = settings(url, **more)
    return ServerStore(await asyncio.to_thread(real_client, made, ""), made, "", pauses)


NONSENSE = {
    "a web page": http("200 OK", b"<html>hello</html>", "text/html"),
    "no text": http("200 OK", b"\xff\xfe\x00", "application/octet-stream"),
    "another JSON": http("200 OK", b'{"hello": "world"}'),
    "a list": http("200 OK", b"[1, 2]"),
    "nothing": http("200 OK", b""),
    "an odd result": http("200 OK", b'{"result": {"exists": "perhaps"}, "status": "ok", "time": 0}'),
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
async def test_what_speaks_otherwise_is_not_taken_for_a_server(answer, pauses):
    async with saying(answer) as url:
        store = await over(url, pauses)
        with pytest.raises(StoreError, match=f"What answers at {url} does not speak as Qdrant does while looking for escher_things"):
            await store.ensure(THINGS)
        await store.close()
    assert pauses.waited == []


async def test_nobody_there_is_tried_three_times_and_told(pauses):
    async with saying(b"") as url:
        pass
    plain = url.replace("http://", "https://")
    store = await over(plain.replace("//", "//someone:hunter2@"), pauses)
    with pytest.raises(StoreError, match=rf"Qdrant at {plain} cannot be reached while looking .*connection.*Is it running") as raised:
        await store.ensure(THINGS)
    assert "hunter2" not in str(raised.value)
    assert pauses.waited == [0.1, 0.5]
    await store.close()


async def test_a_server_that_hangs_up_is_tried_again(pauses):
    async with saying(b"") as url:
        store = await over(url, pauses)
        with pytest.raises(StoreError, match="cannot be reached"):
            await store.ensure(THINGS)
        await store.close()
    assert pauses.waited == [0.1, 0.5]


async def test_a_silent_server_is_waited_for_as_long_as_configured(pauses):
    async with saying(None) as url:
        store = await over(url, pauses, timeout_s=1)
        began = time.monotonic()
        with pytest.raises(StoreError, match=r"did not answer within 1 s while looking .*estate.store.timeout_s"):
            await store.ensure(THINGS)
        assert time.monotonic() - began < 10
        await store.close()
    assert pauses.waited == []


async def test_a_certificate_is_vouched_for_by_the_configured_authority(tmp_path, pauses):
    peer = Peer()
    async with over_tls(peer.app, tmp_path) as (url, authority):
        distrusting = await over(url, pauses)
        with pytest.raises(StoreError, match=f"certificate of {url} is not vouched for: .*estate.store.ca_file"):
            await distrusting.ensure(THINGS)
        await distrusting.close()
        assert pauses.waited == []
        trusting = await ServerStore.open(settings(url, ca_file=str(authority)), {})
        await trusting.ensure(THINGS)
        await trusting.upsert("things", [Point(KEY, {"a": "b"}, tokens=(2**63 - 1,))])
        assert [(one.payload, one.tokens) async for one in trusting.scroll("things", ALL, tokens=True)] == [({"a": "b"}, (2**63 - 1,))]
        await trusting.close()


async def test_the_key_is_read_where_settings_say_and_sent(peer, tmp_path):
    made = settings(api_key="env:QDRANT_KEY")
    with pytest.raises(SettingsError, match="QDRANT_KEY is not set"):
        await ServerStore.open(made, {})
    async with over_tls(peer.app, tmp_path) as (url, authority):
        made = settings(url, api_key="env:QDRANT_KEY", ca_file=str(authority))
        store = await ServerStore.open(made, {"QDRANT_KEY": f" {SECRET}\n"})
        assert await store.ensure(THINGS) is False
        assert SECRET not in repr(store._calls.server)
        await store.close()


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_ca_file_that_is_none_is_named(tmp_path, content):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match=r"estate\.store\.ca_file: .*ca\.pem"):
        await ServerStore.open(settings("https://127.0.0.1:6333", ca_file=str(file)), {})


def test_a_server_elsewhere_is_spoken_to_over_tls_alone():
    with pytest.raises(ValidationError, match="https"):
        settings("http://qdrant.example.com:6333")


async def test_large_payloads_are_read_in_small_pages(peer, store):
    await store.upsert("things", [Point(f"00000000-0000-4000-8000-{n:012}", {"script": "x" * 500_000}) for n in range(80)])
    writes = [body for method, path, body in peer.requests if method == "PUT"]
    assert max(len(body["points"]) for body in writes) == 8
    peer.requests.clear()
    assert len([one.id async for one in store.scroll("things", ALL)]) == 80
    assert [body["limit"] for _, path, body in peer.requests if path.endswith("/scroll")] == [64, 8, 8]
