"""The two doors of the server: plan, and health. Edge."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.responses import JSONResponse

from ai_server.agents.planner import reply
from ai_server.gate import error_response
from ai_server.knowledge.knowledge import Knowledge
from ai_server.unsealed import leak
from ai_server.wire import PlanReply, PlanRequest


def router(knowledge: Knowledge) -> APIRouter:
    """Routes over one constant body of knowledge; no state of their own."""
    routes = APIRouter()
    health = {
        "status": "ok",
        "version": _version(),
        "playbooks": len(knowledge.playbooks),
        "commands": sum(len(book.commands) for book in knowledge.playbooks),
    }

    @routes.post("/v1/plan", response_model=None)
    async def plan(request: Request) -> Response:
        """A `PlanReply`, or an `ErrorReply` with 422."""
        try:
            asked = PlanRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return _invalid(error)
        if found := leak(asked):
            text = f"The field holds what looks like {found.looks_like}; send handles instead."
            return error_response(422, "unsealed", text, where=found.field)
        answer = PlanReply(request_id=request.state.request_id, reply=reply(asked, knowledge))
        return Response(answer.model_dump_json(), media_type="application/json")

    @routes.get("/health", response_model=None)
    async def healthy() -> Response:
        return JSONResponse(health)

    return routes


def _invalid(error: ValidationError) -> Response:
    """Names the field and the rule; what stood there is not repeated."""
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    return error_response(422, "invalid_request", first["msg"], where=".".join(str(part) for part in first["loc"]) or "body")


def _version() -> str:
    try:
        return version("escher-ops")
    except PackageNotFoundError:
        return "unknown"
