"""The document describes the routes there are, with the wire's own models, and answers fit it."""

from __future__ import annotations

import httpx
import jsonschema
import pytest

from ai_server.app import create_app
from ai_server.openapi import document
from ai_server.routes import PATHS
from ai_server.schema import wire_schema
from ai_server.settings import Settings
from tests.ai_server.test_server import STOP

DOCUMENT = document("1.0")


def test_it_describes_the_routes_there_are():
    described = {f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert described == set(PATHS)


async def test_every_described_path_answers():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create_app(Settings())), base_url="http://test") as client:
        for path, methods in DOCUMENT["paths"].items():
            for method in methods:
                answer = await client.request(method, path, json=STOP if method == "post" else None)
                assert answer.status_code == 200, path
        assert (await client.get("/openapi.json")).json()["paths"] == DOCUMENT["paths"]


def test_its_models_are_those_of_the_committed_wire():
    import json

    wire = json.loads(wire_schema().replace("#/$defs/", "#/components/schemas/"))["$defs"]
    assert {name: DOCUMENT["components"]["schemas"][name] for name in wire} == wire


@pytest.mark.parametrize(
    ("body", "status"),
    [(STOP, 200), ({"message": "what is s3 in azure?"}, 200), ({"message": "stop 10.1.2.3"}, 422), ({}, 422), ({"message": 1}, 422)],
)
async def test_answers_fit_the_document(body, status):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create_app(Settings())), base_url="http://test") as client:
        answer = await client.post("/v1/plan", json=body)
    assert answer.status_code == status
    described = DOCUMENT["paths"]["/v1/plan"]["post"]["responses"][str(status)]["content"]["application/json"]["schema"]
    jsonschema.validate(answer.json(), {**described, "components": DOCUMENT["components"]})


async def test_health_fits_the_document():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create_app(Settings())), base_url="http://test") as client:
        health = (await client.get("/health")).json()
    jsonschema.validate(health, DOCUMENT["components"]["schemas"]["Health"])
