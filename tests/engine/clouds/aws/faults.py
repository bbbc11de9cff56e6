"""A proxy before moto that answers chosen calls with a fault of the test's choosing, and passes all others on."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Self
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web

EC2_ERROR = "<Response><Errors><Error><Code>{code}</Code><Message>{said}</Message></Error></Errors><RequestID>r-1</RequestID></Response>"
QUERY_ERROR = "<ErrorResponse><Error><Code>{code}</Code><Message>{said}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"


class Faults:
    """`answer` decides for an action by its name (`DescribeInstances`; for S3 `GET ?tagging`); `seen` counts actions."""

    def __init__(self, behind: str) -> None:
        self._behind = behind
        self._answers: dict[str, tuple[int, str, dict[str, str]]] = {}
        self._silent: set[str] = set()
        self._cut: set[str] = set()
        self.seen: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._client = aiohttp.ClientSession(auto_decompress=False)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.endpoint = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self._client.close()

    def answer(self, action: str, status: int, code: str, said: str = "said so", **headers: str) -> None:
        query = ("DescribeDBInstances", "StopDBInstance", "AssumeRole", "GetCallerIdentity", "DescribeTargetGroups")
        shape = QUERY_ERROR if action in query else EC2_ERROR
        self._answers[action] = (status, shape.format(code=code, said=said), {k.replace("_", "-"): v for k, v in headers.items()})

    def answer_with(self, action: str, status: int, body: str) -> None:
        self._answers[action] = (status, body, {})

    def stay_silent(self, action: str) -> None:
        self._silent.add(action)

    def cut(self, action: str) -> None:
        """The call is passed on, and its answer is lost."""
        self._cut.add(action)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        target = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        action = target or parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0] or self._rest_action(request)
        self.seen[action] += 1
        if action in self._silent:
            await asyncio.sleep(30)
        if action in self._answers:
            status, text, headers = self._answers[action]
            return web.Response(status=status, text=text, headers=headers, content_type="text/xml")
        async with self._client.request(
            request.method, self._behind + request.raw_path, data=body, headers=request.headers, allow_redirects=False
        ) as answer:
            content = await answer.read()
            if action in self._cut:
                assert request.transport is not None
                request.transport.close()
            kept = {k: v for k, v in answer.headers.items() if k.lower() not in ("transfer-encoding", "content-length", "connection")}
            return web.Response(status=answer.status, body=content, headers=kept)

    @staticmethod
    def _rest_action(request: web.Request) -> str:
        return f"{request.method} ?{request.query_string}" if "s3" in request.headers.get("Authorization", "") else request.path
