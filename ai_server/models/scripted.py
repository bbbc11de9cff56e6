"""A model that says what a script tells it, spoken to like OpenAI's chat completions: `python -m ai_server.models.scripted [SCRIPT.json]`. Edge.

For tests, and for trying out an AI server with a model without having one: `ESCHER_AI_MODEL=openai-compatible:scripted` and
`ESCHER_AI_MODEL_URL=http://127.0.0.1:PORT/v1`. The script is a list of lines; the last one is said for ever. Without a script it adds nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

TOOL = "opinion"


class Line(BaseModel):
    """One answer: an opinion, plain text, or a body as it is; after a while, with a status, or cut off in the middle."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opinion: dict[str, Any] | None = None
    text: str | None = None
    raw: str | None = None
    tokens: int = 100
    status: int = 200
    wait_s: float = Field(default=0.0, ge=0)
    cut: bool = False

    def body(self) -> bytes:
        if self.raw is not None:
            return self.raw.encode()
        message: dict[str, Any] = {"role": "assistant", "content": self.text}
        if self.text is None:
            call = {"id": "call_1", "type": "function", "function": {"name": TOOL, "arguments": json.dumps(self.opinion or {})}}
            message["tool_calls"] = [call]
        finish = "stop" if self.text is not None else "tool_calls"
        return json.dumps({
            "id": "chatcmpl-scripted",
            "object": "chat.completion",
            "created": 0,
            "model": "scripted",
            "choices": [{"index": 0, "finish_reason": finish, "message": message}],
            "usage": {"prompt_tokens": self.tokens - self.tokens // 10, "completion_tokens": self.tokens // 10, "total_tokens": self.tokens},
        }).encode()  # fmt: skip


LINES = TypeAdapter(tuple[Line, ...])


@dataclass
class Scripted:
    """`heard` are the requests as they came; `lines` may be changed while it serves."""

    lines: Sequence[Line]
    url: str = ""
    heard: list[Mapping[str, Any]] = field(default_factory=list)

    def next(self) -> Line:
        return self.lines[min(len(self.heard), len(self.lines)) - 1] if self.lines else Line()


@contextlib.asynccontextmanager
async def scripted(lines: Sequence[Line], port: int = 0) -> AsyncIterator[Scripted]:
    """Serves on loopback until the block ends. `port` 0 for any."""
    script = Scripted(lines)
    answering: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            answering.add(task)
            task.add_done_callback(answering.discard)
        # Cancelled when the block ends, which is no error of anybody's.
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await _answer(script, reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield script
    finally:
        server.close()
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)


async def _answer(script: Scripted, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = next((int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length:")), 0)
    script.heard.append(json.loads(await reader.readexactly(length) or b"{}"))
    line = script.next()
    if line.wait_s:
        await asyncio.sleep(line.wait_s)
    body = line.body()
    writer.write(
        f"HTTP/1.1 {line.status} Scripted\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
    )
    writer.write(body[: len(body) // 2] if line.cut else body)
    await writer.drain()


async def _serve(lines: Sequence[Line], port: int) -> None:
    async with scripted(lines, port) as script:
        sys.stdout.write(json.dumps({"ready": True, "url": script.url}) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m ai_server.models.scripted", description="A model that says what a script tells it.")
    parser.add_argument(
        "script", nargs="?", type=Path, help="JSON: a list of lines, each with opinion, text, raw, tokens, status, wait_s or cut"
    )
    parser.add_argument("--port", type=int, default=0, help="port on loopback, 0 to choose one")
    options = parser.parse_args()
    lines = LINES.validate_json(options.script.read_bytes()) if options.script else (Line(),)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(lines, options.port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
