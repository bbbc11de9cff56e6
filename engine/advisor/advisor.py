"""The one door to the AI server: a sealed request out, an untrusted reply in. Edge.

Nothing else in the engine imports the wire. The exact bytes that leave are kept with the advice, to be shown on request.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

import httpx
from pydantic import ValidationError

from ai_server import wire
from engine.advisor.replies import Advice, Draft, DraftStep, Said
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
    """The AI server over HTTP. `timeout_s` bounds a whole call."""

    def __init__(self, url: str, token: str = "", timeout_s: float = 10.0, transport: httpx.AsyncBaseTransport | None = None) -> None:
        headers = {"content-type": "application/json", "user-agent": "escher"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._url = url.rstrip("/")
        self._http = httpx.AsyncClient(base_url=self._url, headers=headers, timeout=timeout_s, transport=transport, trust_env=False)

    async def advise(self, sealed: Sealed) -> Advice:
        body = wire.PlanRequest.model_validate(sealed.wire()).model_dump_json(exclude_defaults=True).encode()
        began = time.monotonic()
        answer = await self._post(body)
        reply = _parse(answer)
        return Advice(_unwire(reply.reply), body, f"{self._url}/v1/plan", time.monotonic() - began, reply.request_id)

    async def away(self) -> str:
        try:
            answer = await self._http.get("/health", timeout=2.0)
        except httpx.HTTPError as error:
            return f"The AI server at {self._url} does not answer ({type(error).__name__})."
        return "" if answer.status_code == httpx.codes.OK else f"The AI server at {self._url} answers {answer.status_code}."

    async def close(self) -> None:
        await self._http.aclose()

    async def _post(self, body: bytes) -> httpx.Response:
        try:
            answer = await self._http.post("/v1/plan", content=body)
        except httpx.TimeoutException:
            raise AdvisorError(f"The AI server at {self._url} took longer than {self._http.timeout.read:g} s.", hint=_STILL) from None
        except httpx.HTTPError as error:
            raise AdvisorError(f"The AI server at {self._url} could not be reached ({type(error).__name__}).", hint=_STILL) from None
        if answer.status_code != httpx.codes.OK:
            raise AdvisorError(f"The AI server refused the request: {_refusal(answer)}.", hint=_STILL)
        if len(answer.content) > MOST_REPLY_BYTES:
            raise AdvisorError(f"The AI server's answer of {len(answer.content):,} bytes is larger than any plan.", hint=_STILL)
        return answer


_STILL = "Nothing was changed. Questions about the estate, approvals, undo and the journal still work."


def _refusal(answer: httpx.Response) -> str:
    try:
        error = wire.ErrorReply.model_validate_json(answer.content)
    except ValidationError:
        return f"HTTP {answer.status_code}"
    return f"{error.message.rstrip('.')}" + (f" (field {error.field})" if error.field else "")


def _parse(answer: httpx.Response) -> wire.PlanReply:
    try:
        return wire.PlanReply.model_validate_json(answer.content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise AdvisorError(
            f"The AI server's answer is not one this version understands: {field or 'body'}: {first['msg']}.", hint=_STILL
        ) from None


def _unwire(reply: wire.Plan | wire.Answer | wire.Clarification | wire.Refusal | wire.Unknown) -> Draft | Said:
    match reply:
        case wire.Plan():
            return _draft(reply)
        case wire.Answer():
            return Said("answer", reply.text, commands=reply.commands, sources=_sources(reply.citations))
        case wire.Clarification():
            return Said("clarification", reply.question, choices=reply.choices)
        case wire.Refusal():
            return Said("refusal", reply.reason, who_can=reply.who_can)
        case wire.Unknown():
            return Said("unknown", reply.reason)


def _draft(plan: wire.Plan) -> Draft:
    return Draft(
        title=plan.title,
        steps=tuple(DraftStep(step.id, step.operation, step.on, dict(step.arguments), step.after, step.why) for step in plan.steps),
        left_out=tuple((part.group, part.reason) for part in plan.left_out),
        risk=plan.risk.level,
        risk_reasons=plan.risk.reasons,
        explanation=plan.explanation,
        rollback=plan.rollback,
        sources=_sources(plan.citations),
    )


def _sources(citations: Sequence[wire.Citation]) -> tuple[str, ...]:
    return tuple(f"{citation.kind} {citation.id}: {citation.title}" for citation in citations)
