"""The one door to the AI server: a sealed request out, an untrusted reply in. Edge.

Nothing else in the engine imports the wire. The exact bytes that leave are kept with the advice, to be shown on request.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Sequence
from typing import Protocol

import httpx
from pydantic import ValidationError

from ai_server import wire
from engine.advisor.failures import STILL, refused, unreached
from engine.advisor.replies import Advice, Draft, DraftStep, Inquiry, Said
from engine.advisor.tls import client_context
from engine.errors import AdvisorError
from engine.request.seal import Sealed

MOST_REPLY_BYTES = 1_000_000


class Advisor(Protocol):
    """Whoever turns a sealed request into a draft plan or an answer."""

    async def advise(self, sealed: Sealed) -> Advice:
        """The reply to one request. Raises AdvisorError when there is no usable one; may be repeated, it changes nothing."""
        ...

    async def away(self) -> str:
        """Why the server cannot be used now, as a sentence; '' when it can."""
        ...

    async def close(self) -> None: ...


class HttpAdvisor:
    """The AI server over HTTP. `timeout_s` bounds a whole call; `tls` is what an https address is spoken to with (`engine.advisor.tls`)."""

    def __init__(self, url: str, token: str = "", timeout_s: float = 10.0, tls: ssl.SSLContext | None = None) -> None:
        headers = {"content-type": "application/json", "user-agent": "escher"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._url, self._timeout_s = url.rstrip("/"), timeout_s
        self._http = httpx.AsyncClient(
            base_url=self._url,
            headers=headers,
            timeout=timeout_s,
            verify=tls or client_context(),
            trust_env=False,
            # A redirect would carry the request to somewhere that no setting names.
            follow_redirects=False,
        )

    async def advise(self, sealed: Sealed) -> Advice:
        body = wire.PlanRequest.model_validate(sealed.wire()).model_dump_json(exclude_defaults=True).encode()
        began = time.monotonic()
        answer = await self._post(body)
        reply = _parse(answer)
        return Advice(_unwire(reply), body, f"{self._url}/v1/plan", time.monotonic() - began, reply.request_id)

    async def away(self) -> str:
        try:
            answer = await self._http.get("/health", timeout=2.0)
        except httpx.TransportError as error:
            failed = unreached(self._url, error)
            return f"The AI server at {self._url} does not answer ({type(error).__name__})." if failed.hint == STILL else str(failed)
        return "" if answer.status_code == httpx.codes.OK else f"The AI server at {self._url} answers {answer.status_code}."

    async def close(self) -> None:
        await self._http.aclose()

    async def _post(self, body: bytes) -> bytes:
        """The answer's body. The whole call has `timeout_s`, and no more is read than a plan may have."""
        try:
            async with asyncio.timeout(self._timeout_s), self._http.stream("POST", "/v1/plan", content=body) as answer:
                content = await _at_most(answer, MOST_REPLY_BYTES)
        except (httpx.TimeoutException, TimeoutError):
            raise AdvisorError(f"The AI server at {self._url} took longer than {self._timeout_s:g} s.", hint=STILL) from None
        except httpx.HTTPError as error:
            failed = unreached(self._url, error)
            raise AdvisorError(failed.message, hint=failed.hint) from None
        if answer.status_code != httpx.codes.OK:
            failed = refused(answer.status_code, answer.headers, content)
            raise AdvisorError(failed.message, hint=failed.hint)
        return content


async def _at_most(answer: httpx.Response, most: int) -> bytes:
    parts, size = [], 0
    async for part in answer.aiter_bytes():
        size += len(part)
        if size > most:
            raise AdvisorError(f"The AI server's answer of more than {most:,} bytes is larger than any plan.", hint=STILL)
        parts.append(part)
    return b"".join(parts)


def _parse(content: bytes) -> wire.PlanReply:
    try:
        return wire.PlanReply.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise AdvisorError(
            f"The AI server's answer is not one this version understands: {field or 'body'}: {first['msg']}.", hint=STILL
        ) from None


def _unwire(whole: wire.PlanReply) -> Draft | Said | Inquiry:
    reply = whole.reply
    match reply:
        case wire.Plan():
            return _draft(reply, whole.note or "")
        case wire.Answer():
            return Said("answer", reply.text, commands=reply.commands, sources=_sources(reply.citations))
        case wire.Information():
            return Inquiry(**reply.query.model_dump(), text=reply.text)
        case wire.Clarification():
            return Said("clarification", reply.question, choices=reply.choices, sources=_sources(reply.citations))
        case wire.Refusal():
            return Said("refusal", reply.reason, who_can=reply.who_can, sources=_sources(reply.citations))
        case wire.Unknown():
            return Said("unknown", reply.reason, sources=_sources(reply.citations))


def _draft(plan: wire.Plan, note: str) -> Draft:
    """The note stands first in the explanation: it is what the server says the person should know before anything else."""
    return Draft(
        title=plan.title,
        steps=tuple(DraftStep(step.id, step.operation, step.on, dict(step.arguments), step.after, step.why) for step in plan.steps),
        left_out=tuple((part.group, part.reason) for part in plan.left_out),
        risk=plan.risk.level,
        risk_reasons=plan.risk.reasons,
        explanation=f"{note} {plan.explanation}".strip(),
        rollback=plan.rollback,
        sources=_sources(plan.citations),
    )


def _sources(citations: Sequence[wire.Citation]) -> tuple[str, ...]:
    return tuple(f"{citation.kind} {citation.id}: {citation.title}" for citation in citations)
