"""The OpenAPI document of the server, made from the wire's own models. Pure."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from ai_server.wire import ErrorReply, PlanReply, PlanRequest

ERRORS: dict[str, str] = {
    "401": "No bearer token, or a wrong one (unauthorized)",
    "404": "No such path (invalid_request)",
    "408": "The body did not come in time (timeout)",
    "413": "The body is larger than the limit (too_large)",
    "422": "Not a valid request (invalid_request), or one that holds what looks like a name of the estate (unsealed)",
    "429": "More requests than one caller may send (rate_limited); Retry-After says when",
    "500": "A defect of the server (internal)",
    "503": "As many requests at once as it takes (busy); Retry-After says when",
    "504": "The whole request took too long (timeout)",
}
ALWAYS = ("408", "413", "429", "500", "503", "504")


class Health(BaseModel):
    """That the server serves, and how much public knowledge it has loaded; `catalogue` are the providers' commands. `model` is provider and name, empty for none."""

    model_config = ConfigDict(extra="forbid")

    status: str
    version: str
    playbooks: int
    commands: int
    operations: int
    catalogue: int
    practices: int
    equivalents: int
    model: str


def document(version: str) -> dict[str, Any]:
    """OpenAPI 3.1 over every path the server answers."""
    models: list[type[BaseModel]] = [PlanRequest, PlanReply, ErrorReply, Health]
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template="#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Escher AI server", "version": version, "description": "Plans operations from sealed requests; keeps nothing."},
        "paths": {
            "/v1/plan": {"post": _plan()},
            "/health": {"get": _got("health", "Whether it serves, and what it knows", _json("Health"))},
            "/metrics": {"get": _got("metrics", "Counts and times for Prometheus", {"text/plain": {"schema": {"type": "string"}}}, "401")},
            "/openapi.json": {"get": _got("openapi", "This document", {"application/json": {"schema": {"type": "object"}}}, "401")},
        },
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _plan() -> dict[str, Any]:
    return {
        "operationId": "plan",
        "summary": "A plan, an answer, a question back, a refusal, or that it knows nothing",
        "security": [{"token": []}, {}],
        "requestBody": {"required": True, "content": _json("PlanRequest")},
        "responses": {"200": {"description": "A reply", "content": _json("PlanReply")}, **_errors("401", "422", *ALWAYS)},
    }


def _got(name: str, summary: str, content: dict[str, Any], *errors: str) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "security": [{"token": []}, {}] if "401" in errors else [],
        "responses": {"200": {"description": summary, "content": content}, **_errors(*errors, *ALWAYS)},
    }


def _errors(*codes: str) -> dict[str, Any]:
    return {code: {"description": ERRORS[code], "content": _json("ErrorReply")} for code in sorted(set(codes))}


def _json(model: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}}}
