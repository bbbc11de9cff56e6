"""Socket Mode: Slack's events over a connection of our own making, so that no address of ours is public. Edge."""

from __future__ import annotations

import asyncio

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.platforms.outbox import Faulty, Refusal, TooMany
from bot.platforms.slack.calls import Calls, logger
from engine.clock import Clock
from engine.errors import SettingsError
from engine.logs import Log

PING_S = 5.0
LOST_S = 20.0
_log = Log("escher.slack")


async def serve(app: AsyncApp, calls: Calls, app_token: str, clock: Clock, ping_s: float = PING_S) -> None:
    """Stays connected until cancelled. Raises SettingsError when Slack refuses the app token."""
    address = await _address(Calls(calls.client.base_url, app_token), clock)
    handler = AsyncSocketModeHandler(app, app_token, logger=logger, web_client=calls.client, ping_interval=ping_s)
    handler.client.wss_uri = address
    watch = asyncio.create_task(_watch(handler.client, ping_s))
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await asyncio.Event().wait()
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await _close(handler.client)


async def _address(opener: Calls, clock: Clock) -> str:
    """Where to connect to; asked again for as long as Slack is away. Raises SettingsError when the token is no good."""
    pause = 1.0
    try:
        while True:
            try:
                return str((await opener.call("apps.connections.open"))["url"])
            except Refusal as refusal:
                raise SettingsError(
                    f"Slack refuses the app token ({refusal.code}).",
                    hint="Make one with the scope connections:write under Basic Information of the app, and put it where `app_token` points.",
                ) from refusal
            except TooMany as limit:
                await clock.sleep(limit.after_s)
            except Faulty as fault:
                _log.warning("slack is away", why=str(fault))
                await clock.sleep(pause)
                pause = min(pause * 2, 30.0)
    finally:
        await opener.close()


async def _watch(client: SocketModeClient, ping_s: float) -> None:
    """Tells of cuts, and has a new address fetched when the known one leads nowhere: the library would try it for ever."""
    lost = 0.0
    while True:
        await asyncio.sleep(ping_s / 2)
        if await client.is_connected():
            if lost:
                _log.info("connected to slack again")
            lost = 0.0
            continue
        if not lost:
            _log.warning("not connected to slack")
        lost += ping_s / 2
        if lost >= LOST_S:
            client.wss_uri = None
            lost = ping_s


async def _close(client: SocketModeClient) -> None:
    """Ends what the library started, then the connection: in the other order a reconnection under way could leave one open behind it."""
    client.closed = True
    while started := _running(client):
        for task in started:
            task.cancel()
        await asyncio.gather(*started, return_exceptions=True)
    await client.close()  # type: ignore[no-untyped-call]
    await asyncio.sleep(0)


def _running(client: SocketModeClient) -> list[asyncio.Future[None]]:
    tasks = (client.current_session_monitor, client.message_receiver, client.message_processor)
    return [task for task in tasks if task is not None and not task.done()]
