"""What became of a change that Azure took on and works at: its operation looked up once, as the official poller reads it. Edge; `verdict` is pure.

Azure says "accepted" long before it knows whether there is room for a machine. What it finds out then stands under an address that the first
answer named: `Azure-AsyncOperation` tells a status and an error; `Location` tells by its HTTP status alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.clouds.azure.answers import understood
from engine.clouds.azure.session import AzureSession
from engine.errors import CloudError, Rejected

TRIED = "the operation that Azure took on"
# The official poller looks at them in this order, and without regard to the case of a status.
HEADERS = ("Azure-AsyncOperation", "Location")
FAILED = frozenset({"failed", "canceled", "cancelled"})


def followed_at(headers: Mapping[str, str]) -> str:
    """Where to ask what became of the change; '' when it was over with its first answer."""
    return next((str(headers[name]) for name in HEADERS if headers.get(name)), "")


async def failure(session: AzureSession, link: str) -> str:
    """Why the operation behind this address failed; '' while it runs, when it succeeded, and when Azure does not tell.

    The address came from an answer, and is asked on the session's own host alone.
    """
    path = session.own_path(link)
    if not path:
        return ""
    try:
        with understood(TRIED):
            response = await session.send("GET", path, {})
            return verdict(response.json() if response.content else {})
    except Rejected as error:
        return f"{error.code}: {error.answer}"
    except CloudError:
        return ""


def verdict(answer: Any) -> str:
    """Azure's own words for a failed operation, '' for any other. Pure; raises AttributeError for what is no object."""
    if str(answer.get("status") or "").lower() not in FAILED:
        return ""
    error = answer.get("error") or {}
    code, told = str(error.get("code") or answer["status"]), str(error.get("message") or "")
    return f"{code}: {told}" if told else code
