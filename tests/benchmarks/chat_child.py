"""What the chat bench measures, as a process of its own: Escher on Slack over clouds in memory, or a bare slack-bolt app that says ok. Edge.

Reads one JSON list a line, `[command, argument…]`, and answers each with one line of JSON. Logs go to standard error.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from bot.app import App, chat_platforms, opened
from bot.measuring import read_resources
from bot.platforms.slack.platform import SlackPlatform
from engine.clouds.fake import FakeCloud
from engine.clouds.tables import TABLES
from engine.estate.importing import import_resources
from engine.settings import EstateSettings, ExecutionSettings, PolicySettings, Settings, SlackSettings
from engine.wiring import Parts
from tests.benchmarks.chat_people import PEOPLE, vms
from tests.benchmarks.estates import folder

ENV = {"ESCHER_SLACK_BOT_TOKEN": "xoxb-test-token", "ESCHER_SLACK_APP_TOKEN": "xapp-test-token"}
Answer = Callable[[list[Any]], Awaitable[Any]]


async def main(kind: str, home: str, api_url: str) -> None:
    served = escher(Path(home), api_url) if kind == "escher" else bare(api_url)
    async with served as answer:
        said({"ready": kind})
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            said(await answer(json.loads(line)))


def said(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


@contextlib.asynccontextmanager
async def escher(home: Path, api_url: str) -> AsyncIterator[Answer]:
    """The whole bot as `escher run` puts it together, but for the clouds, which hold tables only, and without the web chat."""
    settings = Settings(
        people=PEOPLE,
        policy=PolicySettings(approval_minutes=120),
        estate=EstateSettings(key="file"),
        execution=ExecutionSettings(width=64, poll_s=0.2),
        slack=SlackSettings(api_url=api_url),
    )
    resources = [*read_resources(folder() / "estate.ndjson"), *vms()]
    clouds = {name: FakeCloud([one for one in resources if one.cloud == name], table, name) for name, table in TABLES.items()}
    async with opened(home, settings, ENV, Parts(clouds=dict(clouds))) as app:
        await import_resources(app.engine.estate, resources)
        (slack,) = await chat_platforms(app, ENV)
        assert isinstance(slack, SlackPlatform)
        await app.conversation.recover()
        serving = [asyncio.create_task(slack.run(app.conversation)), asyncio.create_task(app.notices.run())]
        try:
            yield lambda command: _told(app, slack, clouds, command)
        finally:
            for task in serving:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)


async def _told(app: App, slack: SlackPlatform, clouds: dict[Any, FakeCloud], command: list[Any]) -> Any:
    match command:
        case ["settled"]:
            await app.conversation.settled()
            await slack.settled()
            return app.engine.journal.last[0]
        case ["journal", *kinds]:
            return [[entry.kind, entry.at, dict(entry.body)] for entry in app.engine.journal.entries(set(kinds) or None)]
        case ["calls"]:
            return [[call.resource.name, call.operation] for cloud in clouds.values() for call in cloud.performed]
        case ["now"]:
            return datetime.now(UTC).isoformat()
    raise ValueError(command)


@contextlib.asynccontextmanager
async def bare(api_url: str) -> AsyncIterator[Answer]:
    """The least a slack-bolt app can do: it says ok in the thread of a mention."""
    from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
    from slack_bolt.async_app import AsyncApp, AsyncSay
    from slack_sdk.web.async_client import AsyncWebClient

    client = AsyncWebClient(token=ENV["ESCHER_SLACK_BOT_TOKEN"], base_url=api_url)
    app = AsyncApp(client=client, signing_secret="unused")

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: AsyncSay) -> None:
        await say(text="ok", thread_ts=event["ts"])

    @app.event("message")
    async def passed_by() -> None:
        """Not said to us."""

    handler = AsyncSocketModeHandler(app, ENV["ESCHER_SLACK_APP_TOKEN"])
    await handler.connect_async()  # type: ignore[no-untyped-call]

    async def nothing(_: list[Any]) -> int:
        return 0

    try:
        yield nothing
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    asyncio.run(main(*sys.argv[1:4]))
