"""What became of a change that Google took on and works at: its operation looked up once. Edge (threads); `verdict` is pure.

Google says "running" long before it knows whether there is room for a machine. What it finds out then stands with the operation, whose
`error` says why, and `httpErrorStatusCode` what the call itself would have answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clouds.gcp.answers import Refusal, understood
from engine.clouds.gcp.session import GcpSession
from engine.errors import CloudError, Rejected

TRIED = "the operation that Google took on"
DONE = "DONE"


def failure(session: GcpSession, service: str, path: str) -> str:
    """Why the operation under this path failed; '' while it runs, when it succeeded, and when Google does not tell. Blocks."""
    try:
        with understood(TRIED):
            return verdict(session.rest("GET", service, path))
    except Rejected as error:
        return f"{error.code}: {error.answer}"
    except CloudError:
        return ""


def verdict(operation: Mapping[str, Any]) -> str:
    """Google's own words for an operation that failed, '' for any other. Pure."""
    errors = _errors(operation)
    return "; ".join(f"{code}: {message}" if message else code for code, message in errors) if errors else ""


def refused(operation: Mapping[str, Any]) -> Refusal | None:
    """The refusal that a change's own first answer may hold already: an operation that is over, and failed. Pure."""
    if not (errors := _errors(operation)):
        return None
    told = [{"reason": code, "message": message} for code, message in errors]
    status = int(operation.get("httpErrorStatusCode") or 400)
    return Refusal(status, {"error": {"message": verdict(operation), "errors": told}})


def _errors(operation: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Code and message of each error of an operation that is over; Kubernetes Engine tells a single one, the others a list."""
    error = operation.get("error")
    if operation.get("status") != DONE or not error:
        return []
    return [(str(one.get("code") or "ERROR"), str(one.get("message") or "")) for one in error.get("errors") or (error,)]
