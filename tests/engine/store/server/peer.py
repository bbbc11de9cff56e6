"""Qdrant's HTTP paths over qdrant-client's local mode: requests are built, sent and read as with a real server. Edge.

Bodies are held to the client's models of Qdrant's published interface, which refuse any other key; statuses, bodies of refusals and what is
open without a key follow Qdrant's source. What it does not show: the speed, the quantised search and the cluster of a real one.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.local.async_qdrant_local import AsyncQdrantLocal
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

VERSION = "1.16.3"
OPEN = ("/", "/healthz")


class Peer:
    """One server. `requests` are what was asked, `failing` answers in place of the real one while it gives something."""

    def __init__(self, key: str = "", version: str = VERSION) -> None:
        self.local = AsyncQdrantLocal(":memory:")
        self.key = key
        self.version = version
        self.requests: list[tuple[str, str, Any]] = []
        self.made: dict[str, models.CreateCollection] = {}
        self.indexes: dict[str, dict[str, Any]] = {}
        self.failing: Callable[[Request], Response | None] = lambda request: None
        self.app = Starlette(routes=[Route(path, self._guarded(work), methods=[method]) for method, path, work in self._table()])

    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(app=self.app)

    def _table(self) -> list[tuple[str, str, Callable[[Request, bytes], Awaitable[Any]]]]:
        one = "/collections/{name}"
        return [
            ("GET", "/", self.root),
            ("GET", "/collections", self.listed),
            ("GET", f"{one}/exists", self.exists),
            ("GET", one, self.info),
            ("PUT", one, self.create),
            ("DELETE", one, self.drop),
            ("PUT", f"{one}/index", self.index),
            ("PUT", f"{one}/points", self.upsert),
            ("POST", f"{one}/points", self.retrieve),
            ("POST", f"{one}/points/delete", self.delete),
            ("POST", f"{one}/points/scroll", self.scroll),
            ("POST", f"{one}/points/count", self.count),
            ("POST", f"{one}/points/query", self.query),
            ("POST", f"{one}/points/query/batch", self.query_batch),
            ("POST", f"{one}/facet", self.facet),
        ]

    def _guarded(self, work: Callable[[Request, bytes], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            body = await request.body()
            self.requests.append((request.method, request.url.path, json.loads(body) if body else None))
            if (failed := self.failing(request)) is not None:
                return failed
            if self.key and request.url.path not in OPEN and request.headers.get("api-key") != self.key:
                return PlainTextResponse("Must provide an API key or an Authorization bearer token", 401)
            name = request.path_params.get("name")
            if name and name not in self.local.collections and work not in (self.create, self.exists, self.drop):
                return _error(404, f"Not found: Collection `{name}` doesn't exist!")
            try:
                result = await work(request, body)
            except ValidationError as error:
                return _error(400, f"Format error in JSON body: {error}")
            except ValueError as error:
                return _error(409 if "already exists" in str(error) else 400, f"Wrong input: {error}")
            return result if isinstance(result, Response) else JSONResponse({"result": result, "status": "ok", "time": 0.001})

        return answer

    async def root(self, request: Request, body: bytes) -> Response:
        return JSONResponse({"title": "qdrant - vector search engine", "version": self.version})

    async def listed(self, request: Request, body: bytes) -> Any:
        return _plain(await self.local.get_collections())

    async def exists(self, request: Request, body: bytes) -> Any:
        return {"exists": request.path_params["name"] in self.local.collections}

    async def info(self, request: Request, body: bytes) -> Any:
        """The local mode forgets how a collection was made; a server does not."""
        name = request.path_params["name"]
        info = _plain(await self.local.get_collection(name))
        asked = self.local.collections[name].config
        info["config"]["params"]["vectors"] = _plain(asked.vectors) or {}
        info["config"]["params"]["sparse_vectors"] = {key: _plain(made) for key, made in (asked.sparse_vectors or {}).items()}
        if self.made[name].hnsw_config:
            info["config"]["hnsw_config"]["m"] = self.made[name].hnsw_config.m
        info["payload_schema"] = {
            key: {"data_type": "integer", "params": made, "points": 0} for key, made in self.indexes.get(name, {}).items()
        }
        return info

    async def create(self, request: Request, body: bytes) -> Any:
        asked, name = models.CreateCollection.model_validate_json(body), request.path_params["name"]
        await self.local.create_collection(name, vectors_config=asked.vectors, sparse_vectors_config=asked.sparse_vectors)
        self.made[name] = asked
        return True

    async def drop(self, request: Request, body: bytes) -> Any:
        name = request.path_params["name"]
        self.indexes.pop(name, None)
        return await self.local.delete_collection(name)

    async def index(self, request: Request, body: bytes) -> Any:
        asked = models.CreateFieldIndex.model_validate_json(body)
        self.indexes.setdefault(request.path_params["name"], {})[asked.field_name] = _plain(asked.field_schema)
        return _UPDATED

    async def upsert(self, request: Request, body: bytes) -> Any:
        assert request.query_params["wait"] == "true"
        await self.local.upsert(request.path_params["name"], models.PointsList.model_validate_json(body).points)
        return _UPDATED

    async def retrieve(self, request: Request, body: bytes) -> Any:
        asked = models.PointRequest.model_validate_json(body)
        found = await self.local.retrieve(request.path_params["name"], asked.ids, asked.with_payload, asked.with_vector)
        return [_plain(record) for record in found]

    async def delete(self, request: Request, body: bytes) -> Any:
        assert request.query_params["wait"] == "true"
        await self.local.delete(request.path_params["name"], models.PointIdsList.model_validate_json(body))
        return _UPDATED

    async def scroll(self, request: Request, body: bytes) -> Any:
        asked = models.ScrollRequest.model_validate_json(body)
        records, following = await self.local.scroll(
            request.path_params["name"],
            scroll_filter=asked.filter,
            limit=asked.limit,
            order_by=asked.order_by,
            offset=asked.offset,
            with_payload=asked.with_payload,
            with_vectors=asked.with_vector,
        )
        return {"points": [_plain(record) for record in records], "next_page_offset": following}

    async def count(self, request: Request, body: bytes) -> Any:
        asked = models.CountRequest.model_validate_json(body)
        return _plain(await self.local.count(request.path_params["name"], asked.filter, exact=asked.exact))

    async def query(self, request: Request, body: bytes) -> Any:
        return await self._query(request.path_params["name"], models.QueryRequest.model_validate_json(body))

    async def query_batch(self, request: Request, body: bytes) -> Any:
        asked = models.QueryRequestBatch.model_validate_json(body)
        return [await self._query(request.path_params["name"], one) for one in asked.searches]

    async def _query(self, name: str, asked: models.QueryRequest) -> Any:
        query = asked.query.nearest if isinstance(asked.query, models.NearestQuery) else asked.query
        found = await self.local.query_points(
            name, query=query, using=asked.using, query_filter=asked.filter, limit=asked.limit, with_payload=asked.with_payload
        )
        return {"points": [_plain(point) for point in found.points]}

    async def facet(self, request: Request, body: bytes) -> Any:
        asked = models.FacetRequest.model_validate_json(body)
        return _plain(await self.local.facet(request.path_params["name"], asked.key, asked.filter, asked.limit))


_UPDATED = {"operation_id": 1, "status": "completed"}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value.model_dump(mode="json", exclude_none=True) if isinstance(value, BaseModel) else value


def _error(status: int, said: str) -> JSONResponse:
    return JSONResponse({"status": {"error": said}, "time": 0.001}, status)


def client_of(peer: Peer) -> AsyncQdrantClient:
    """A client whose network is the peer."""
    headers = {"api-key": peer.key} if peer.key else None
    return AsyncQdrantClient(url="http://127.0.0.1:6333", headers=headers, check_compatibility=False, transport=peer.transport())
