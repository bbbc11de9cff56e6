"""The route of files to download. Edge."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.platforms.web.doors import Session
from bot.platforms.web.guard import signed_in
from bot.platforms.web.room import Room
from bot.platforms.web.shelf import opens

# What a browser may be told that a file is; nothing that it would draw or run.
MEDIA = ("text/plain", "text/csv", "application/json")


async def file(request: Request, room: Room, session: Session) -> Response:
    """A file of this session's, to keep; it is never shown in the page."""
    file_id, seal = request.path_params["id"], request.path_params["seal"]
    taken = room.shelf.take(session.login, file_id) if opens(session, file_id, seal) else None
    if taken is None:
        return PlainTextResponse("This file is no longer kept. Ask for it again.", status_code=404)
    media = f"{taken.media}; charset=utf-8" if taken.media in MEDIA else "application/octet-stream"
    headers = {"content-type": media, "content-disposition": disposition(taken.name)}
    return Response(taken.body, headers=headers)


def disposition(name: str) -> str:
    """The header that makes a browser save a file under this name, cleared of everything a path or a header could be made of."""
    clear = re.sub(r"[^\w.()+ -]", "_", name).strip(" .")[:120] or "file"
    plain = clear.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clear)}"


ROUTES = (Route("/files/{id}/{seal}", signed_in(file)),)
