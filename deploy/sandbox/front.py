"""The front door of a local cloud: HTTP to `World` and back, with faults, a list of calls, and levers for tests. Edge.

Levers: POST /_sandbox/faults, /_sandbox/seed, /_sandbox/state, /_sandbox/delay, /_sandbox/reset; GET /_sandbox/calls.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from deploy.sandbox.faults import Fault, Faults
from deploy.sandbox.wire import Answer, Asked, Clock, Document, World, Wrong

MOST_CALLS = 5000


class Front:
    """An ASGI app before a world; `build` makes that world anew, at the start and on reset."""

    def __init__(self, build: Callable[[Clock], World], delay_s: float) -> None:
        self._build = build
        self._delay_s = delay_s
        self._start_over()

    def _start_over(self) -> None:
        self.world = self._build(Clock(time.monotonic, self._delay_s))
        self.faults = Faults()
        self.calls: list[Document] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        asked = await _asked(Request(scope, receive))
        if asked.path.startswith("/_sandbox/"):
            await _response(self._lever(asked))(scope, receive, send)
            return
        fault = self.faults.take(asked.method, asked.path)
        self._note(asked, fault)
        # A slow call belongs to the world it was made in, even when a test has begun another one meanwhile.
        world = self.world
        answer = await _faulty(world, asked, fault) if fault else _answer(world, asked)
        if answer is None:
            await _hang_up(send)
            return
        await _response(answer)(scope, receive, send)

    def _note(self, asked: Asked, fault: Fault | None) -> None:
        call = {"method": asked.method, "path": asked.path, "query": dict(asked.query), "body": asked.body.decode("utf-8", "replace")}
        self.calls = [*self.calls[-MOST_CALLS:], {**call, "fault": fault is not None}]

    def _lever(self, asked: Asked) -> Answer:
        lever = asked.path.removeprefix("/_sandbox/")
        if (asked.method, lever) == ("GET", "calls"):
            return Answer(200, {"calls": self.calls})
        try:
            return Answer(200, self._pull(lever, asked.document()))
        except (ValueError, KeyError) as error:
            return Answer(400, {"error": f"{lever}: {error}"})

    def _pull(self, lever: str, told: Document) -> Document:
        if lever == "faults":
            self.faults.waiting.append(Fault.from_json(told))
            return {"waiting": len(self.faults.waiting)}
        if lever == "seed":
            return {"keys": [self.world.seed(document) for document in told["resources"]]}
        if lever == "state":
            return {"changed": self.world.change(told["id"], told["change"])}
        if lever == "delay":
            self.world.clock.delay_s = float(told["seconds"])
            return {"seconds": self.world.clock.delay_s}
        if lever == "reset":
            self._start_over()
            return {"reset": True}
        raise ValueError("there is no such lever")


def _answer(world: World, asked: Asked) -> Answer:
    world.clock.settle()
    try:
        return world.answer(asked)
    except Wrong as wrong:
        return wrong.answer


async def _faulty(world: World, asked: Asked, fault: Fault) -> Answer | None:
    """The answer a fault leaves; None means hang up without one."""
    if fault.slow_s:
        await asyncio.sleep(fault.slow_s)
    if fault.drop == "before":
        return None
    if fault.status:
        refusal = world.refusal(fault.status)
        wait = {"Retry-After": str(fault.retry_after)} if fault.status in (429, 503) else {}
        return Answer(refusal.status, refusal.body, {**refusal.headers, **wait})
    answer = _answer(world, asked)
    if fault.garbage:
        return Answer(200, headers={"content-type": "application/json"}, raw="<html>not what you asked")
    return None if fault.drop == "after" else answer


async def _asked(request: Request) -> Asked:
    return Asked(
        method=request.method,
        path=str(request.scope["path"]),
        query={name: ",".join(request.query_params.getlist(name)) for name in request.query_params},
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
        origin=f"{request.url.scheme}://{request.url.netloc}",
    )


def _response(answer: Answer) -> Response:
    headers: dict[str, str] = {"x-ms-request-id": f"sandbox-{time.monotonic_ns()}", **answer.headers}
    if answer.body is None:
        return Response(answer.raw, answer.status, headers)
    return Response(json.dumps(answer.body), answer.status, {"content-type": "application/json; charset=utf-8", **headers})


async def _hang_up(send: Send) -> None:
    """Closes the connection without a word, as a broken network does: uvicorn's `send` belongs to the object that holds the transport."""
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise RuntimeError("this server gives no way to its connection")
    transport.abort()
    # The server must see that the caller is gone before we return, or it would try to answer 500.
    await asyncio.sleep(0.02)
