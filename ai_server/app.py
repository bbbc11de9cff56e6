"""Puts the server together: knowledge, model, routes, gate. Edge; nothing happens at import."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ai_server.gate import Gate
from ai_server.knowledge.opening import open_knowledge
from ai_server.logs import line
from ai_server.metrics import Metrics
from ai_server.models.consulting import consultant
from ai_server.refusing import error_response
from ai_server.routes import PATHS, Rooms, loaded, router
from ai_server.settings import Settings
from ai_server.tracing import traces


def create_app(settings: Settings) -> FastAPI:
    """The application. Reads the knowledge once; raises BadKnowledge when it is not there or not right, BadSettings for a model or traces that cannot be."""
    knowledge, lacking = open_knowledge(settings.playbooks, settings.embedding)
    for sentence in lacking:
        line("knowledge", note=sentence)
    metrics = Metrics(loaded(knowledge))
    app = FastAPI(title="Escher AI server", openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(router(Rooms(knowledge, metrics, consultant(settings, knowledge, metrics))))
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(Gate, settings=settings, metrics=metrics, traces=traces() if settings.traces else None)
    return app


async def _refused(_request: Request, error: Exception) -> Response:
    """No such path, or the wrong method on it."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    response = error_response(status, "invalid_request", f"There is {', '.join(PATHS)}.", where="path")
    if isinstance(error, HTTPException):
        response.headers.update({key: value for key, value in (error.headers or {}).items() if key.lower() == "allow"})
    return response


async def _failed(request: Request, error: Exception) -> Response:
    """A defect of the server: its kind is logged, its text is not, since it could repeat the request."""
    line("failed", request_id=request.state.request_id, error=type(error).__name__)
    response = error_response(500, "internal", "The server failed at this request; its log has the request id.")
    response.headers["x-request-id"] = request.state.request_id
    return response
