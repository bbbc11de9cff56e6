"""What went wrong on the way to the AI server, and what to do about it, as two sentences. Pure."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from ai_server import wire
from engine.advisor.pins import PinMismatch

STILL = "Nothing was changed. Questions about the estate, approvals, approved schedules, undo and the journal still work."
# What to do about each of the server's codes. `{wait}` is what the server said about coming back.
ADVICE: Mapping[str, str] = {
    "unauthorized": "Set advisor.token to where the token is that the AI server was started with (ESCHER_AI_TOKEN there).",
    "rate_limited": "Ask again {wait}. Whoever runs the AI server sets its limit by ESCHER_AI_RATE and ESCHER_AI_BURST.",
    "busy": "Ask again {wait}. Whoever runs the AI server sets its limit by ESCHER_AI_CONCURRENCY, or adds a replica.",
    "timeout": "Ask again; if it happens every time, ask for less at once, or let the AI server take longer (ESCHER_AI_REQUEST_TIMEOUT_S).",
    "too_large": "Ask for less at once: one cloud, one account or one kind of resource.",
    "unsealed": "That is a defect of Escher's sealing, which the AI server caught; please report the field named. It kept nothing of it.",
    "invalid_request": "The bot and the AI server are probably of different versions: bring both to the same one.",
    "internal": "That is a defect of the AI server; its log names the kind of error beside the request's id.",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """A sentence that tells what happened, and one that tells what to do."""

    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.message} {self.hint}"


def refused(status: int, headers: Mapping[str, str], body: bytes) -> Failure:
    """An answer that is none: the server's own words where it speaks the wire, else the status."""
    try:
        error = wire.ErrorReply.model_validate_json(body)
    except ValidationError:
        return Failure(f"The AI server refused the request: HTTP {status}.", f"Something else than an AI server may answer there. {STILL}")
    field = f" (field {error.field})" if error.field else ""
    server_id = headers.get("x-request-id", "")
    request = f" Request {server_id}." if error.code == "internal" and re.fullmatch(r"[0-9a-f]{16}", server_id) else ""
    advice = ADVICE[error.code].format(wait=_wait(headers.get("retry-after", "")))
    return Failure(f"The AI server refused the request: {error.message.rstrip('.')}{field}.{request}", f"{advice} {STILL}")


def unreached(url: str, error: BaseException) -> Failure:
    """A connection that failed, by its innermost cause that tells something."""
    for cause in _causes(error):
        if isinstance(cause, PinMismatch):
            return Failure(
                f"The AI server at {url} presents the key {cause.presented}, which is none of the pins; no byte of the request was sent.",
                f"If its key was replaced on purpose, add this to advisor.pins; if not, somebody may stand in between. {STILL}",
            )
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Failure(
                f"The certificate of the AI server at {url} does not verify: {cause.verify_message}.",
                f"Name the authority that signed it in advisor.ca_file, or give the server a certificate for this address. {STILL}",
            )
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "reason", None) or type(cause).__name__
            return Failure(
                f"The AI server at {url} does not speak TLS 1.3 with us ({reason}).",
                f"See that the address is the AI server's own and that what stands in front of it speaks TLS 1.3. {STILL}",
            )
    return Failure(f"The AI server at {url} could not be reached ({type(error).__name__}).", STILL)


def _wait(retry_after: str) -> str:
    if not retry_after.isdigit():
        return "in a moment"
    return f"in {int(retry_after)} second{'' if int(retry_after) == 1 else 's'}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    at: BaseException | None = error
    for _ in range(8):  # a chain may be a circle
        if at is None:
            return
        yield at
        at = at.__cause__ or at.__context__
