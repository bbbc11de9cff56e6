"""The doors of the server: plan, health, metrics, and the document that describes them. Edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.responses import JSONResponse

from ai_server.agents.noting import note
from ai_server.agents.planner import consider
from ai_server.knowledge.knowledge import Knowledge
from ai_server.metrics import CONTENT_TYPE, Metrics
from ai_server.models.consulting import Consultant
from ai_server.openapi import document
from ai_server.refusing import OUTCOME, error_response
from ai_server.unsealed import leak
from ai_server.wire import PlanReply, PlanRequest, Unknown

PATHS = ("POST /v1/plan", "GET /health", "GET /metrics", "GET /openapi.json")


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the routes work with; constant but for the counts. `consultant` is None where no model is configured."""

    knowledge: Knowledge
    metrics: Metrics
    consultant: Consultant | None = None


def router(rooms: Rooms) -> APIRouter:
    """Routes over one constant body of knowledge; no state of their own."""
    routes = APIRouter()
    health = {
        "status": "ok",
        "version": _version(),
        **loaded(rooms.knowledge),
        "model": rooms.consultant.name if rooms.consultant else "",
    }

    @routes.post("/v1/plan", response_model=None)
    async def plan(request: Request) -> Response:
        """A `PlanReply`, or an `ErrorReply` with 422."""
        return await _planned(await request.body(), request.state.request_id, rooms)

    @routes.get("/health", response_model=None)
    async def healthy() -> Response:
        return JSONResponse(health, headers={OUTCOME: "health"})

    @routes.get("/metrics", response_model=None)
    async def counted() -> Response:
        return Response(rooms.metrics.text(), media_type=CONTENT_TYPE, headers={OUTCOME: "metrics"})

    @routes.get("/openapi.json", response_model=None)
    async def described() -> Response:
        return JSONResponse(_described(), headers={OUTCOME: "openapi"})

    return routes


async def _planned(body: bytes, request_id: str, rooms: Rooms) -> Response:
    try:
        asked = PlanRequest.model_validate_json(body)
    except ValidationError as error:
        return _invalid(error)
    if found := leak(asked):
        text = f"The field holds what looks like {found.looks_like}; send handles instead."
        return error_response(422, "unsealed", text, where=found.field)
    considered = consider(asked, rooms.knowledge)
    said = considered.reply
    if rooms.consultant:
        said = await rooms.consultant.considered(asked, said)
    answer = PlanReply(request_id=request_id, reply=said, understood=considered.understood, note=note(asked, said, rooms.knowledge) or None)
    outcome = (said.code or said.kind) if isinstance(said, Unknown) else said.kind
    return Response(answer.model_dump_json(exclude_none=True), media_type="application/json", headers={OUTCOME: outcome})


def loaded(knowledge: Knowledge) -> Mapping[str, int]:
    """How much of each kind of knowledge there is; sizes alone."""
    return {
        "playbooks": len(knowledge.playbooks),
        "commands": sum(len(book.commands) for book in knowledge.playbooks),
        "operations": len(knowledge.operations),
        "catalogue": len(knowledge.catalogue),
        "practices": len(knowledge.practices),
        "equivalents": len(knowledge.equivalents),
    }


def _invalid(error: ValidationError) -> Response:
    """Names the field and the rule; what stood there is not repeated."""
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    return error_response(422, "invalid_request", first["msg"], where=".".join(str(part) for part in first["loc"]) or "body")


@cache
def _described() -> Mapping[str, object]:
    return document(_version())


def _version() -> str:
    try:
        return version("escher-ops")
    except PackageNotFoundError:
        return "unknown"
