"""Every refusal of the server as a response: a stable code, a status, a sentence, the field. Pure."""

from __future__ import annotations

import math
from typing import Literal

from starlette.responses import JSONResponse

from ai_server.wire import ErrorReply

Code = Literal["invalid_request", "unsealed", "too_large", "unauthorized", "rate_limited", "timeout", "busy", "internal"]
OUTCOME = "x-escher-outcome"
"""The answer header that names the reply's kind or the refusal's code: what logs and metrics may know of an answer."""
BUSY_RETRY_S = 1.0


def error_response(status: int, code: Code, message: str, *, where: str = "", retry_s: float = 0.0) -> JSONResponse:
    """An `ErrorReply` as a response. `retry_s` becomes Retry-After in whole seconds, at least one."""
    headers: dict[str, str] = {OUTCOME: code}
    if retry_s > 0:
        headers["Retry-After"] = str(max(1, math.ceil(retry_s)))
    if code == "unauthorized":
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(ErrorReply(code=code, message=message, field=where[:200]).model_dump(), status_code=status, headers=headers)


def unauthorized() -> JSONResponse:
    return error_response(401, "unauthorized", "This server wants a bearer token.")


def busy() -> JSONResponse:
    return error_response(503, "busy", "The server has all it can take; come back in a second.", retry_s=BUSY_RETRY_S)


def rate_limited(wait_s: float) -> JSONResponse:
    return error_response(429, "rate_limited", "These are more requests than one caller may send; wait and come back.", retry_s=wait_s)


def too_large(most: int) -> JSONResponse:
    return error_response(413, "too_large", f"A request may have {most} bytes.", where="body")


def body_late(within_s: float) -> JSONResponse:
    return error_response(408, "timeout", f"The body did not come within {within_s:g} s.", where="body")


def took_too_long(within_s: float) -> JSONResponse:
    return error_response(504, "timeout", f"The server did not finish this request within {within_s:g} s.")
