"""The address that Teams calls: takes activities, asks the door, answers. Edge."""

from __future__ import annotations

import json
import socket
from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.platforms import listening
from bot.platforms.teams.auth import Door, Foreign, KeysAway, Unproven
from bot.platforms.teams.escape import Json
from engine.logs import Log
from engine.settings import TeamsSettings

PATH = "/api/messages"
MOST_BYTES = 256 * 1024
Take = Callable[[Mapping[str, object]], Awaitable[tuple[int, Json | None]]]
_log = Log("escher.teams")


class Listener:
    """One for a bot; it listens at `host:port` of its settings."""

    def __init__(self, settings: TeamsSettings, door: Door) -> None:
        self._settings = settings
        self._door = door
        self._socket: socket.socket | None = None

    def open(self) -> int:
        """Takes the port now and returns it; port 0 takes a free one. Raises SettingsError when it is taken."""
        if self._socket is None:
            self._socket = listening.take(self._settings.host, self._settings.port, "teams.port")
        return int(self._socket.getsockname()[1])

    async def serve(self, take: Take) -> None:
        """Serves until cancelled. Raises SettingsError."""
        self.open()
        assert self._socket is not None
        taken, self._socket = self._socket, None
        await listening.serve(build_app(self._door, take), taken)


def build_app(door: Door, take: Take) -> Starlette:
    """The application: one address for activities, one to see that it is there."""

    async def messages(request: Request) -> Response:
        return await _answer(request, door, take)

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    return Starlette(routes=[Route(PATH, messages, methods=["POST"]), Route("/health", health)])


async def _answer(request: Request, door: Door, take: Take) -> Response:
    """Nothing is read into before the door let it in, and refusals say nothing that helps a stranger."""
    activity = await _activity(request)
    if isinstance(activity, Response):
        return activity
    try:
        await door.admit(request.headers.get("Authorization", ""), activity)
    except Unproven as refusal:
        _log.warning("not from teams", why=str(refusal))
        return Response(status_code=401)
    except Foreign as refusal:
        _log.warning("not for us", why=str(refusal))
        return Response(status_code=403)
    except KeysAway as refusal:
        _log.error("keys away", why=str(refusal))
        return Response(status_code=503, headers={"Retry-After": "5"})
    status, said = await take(activity)
    return Response(status_code=status) if said is None else JSONResponse(said, status)


async def _activity(request: Request) -> Mapping[str, object] | Response:
    """The posted JSON object, or the refusal of what is none. Other media types are refused: a web page may post those to this machine."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        return Response(status_code=415)
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return Response(status_code=413)
        said = json.loads(body)
    except (ClientDisconnect, ValueError, RecursionError):
        return Response(status_code=400)
    return said if isinstance(said, dict) else Response(status_code=400)
