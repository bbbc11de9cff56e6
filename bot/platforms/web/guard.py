"""The wall around the web chat: only loopback names, only our own pages, strict headers, a session for every page, a token for every change. Edge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.platforms.web.doors import Session, same
from bot.platforms.web.room import Room, room_of, session_of

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
TOKEN_HEADER = "x-escher-token"  # noqa: S105 - a header's name
MOST_FIELDS = 5000
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with no-referrer a browser says nothing of where a form came from
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}

Fields = dict[str, list[str]]
SignedIn = Callable[[Request, Room, Session], Awaitable[Response]]
Changing = Callable[[Request, Room, Session, Fields], Awaitable[Response]]


class TooLong(Exception):
    """A request's body is longer than the page may send."""


class Guard:
    """Refuses requests meant for another name or sent by another site, and sets the same headers on every answer.

    A page of another origin can make a name of its own point at 127.0.0.1 (DNS rebinding); its requests then carry that name as Host.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = LOOPBACK | frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-cache" if scope["path"].startswith("/static/") else "no-store")
            await send(message)

        problem = self._problem(scope)
        app = PlainTextResponse(problem, status_code=403) if problem else self._app
        await app(scope, receive, with_headers)

    def _problem(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _name(host) not in self._hosts:
            return f"This address answers to {', '.join(sorted(self._hosts))} only."
        if scope["method"] in ("GET", "HEAD"):
            return ""
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return "This request came from another site and was not carried out."
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return "This request came from another site and was not carried out."
        return ""


def signed_in(page: SignedIn) -> Callable[[Request], Awaitable[Response]]:
    """A page for people who are signed in; everybody else is shown how to get in."""

    async def route(request: Request) -> Response:
        session = session_of(request)
        if session is not None:
            return await page(request, room_of(request), session)
        if _wants_page(request):
            return RedirectResponse("/ask", status_code=303)
        return PlainTextResponse("You are signed out. Open a new sign-in link, then send again: what you wrote is kept.", status_code=401)

    return route


def changing(handler: Changing, most_bytes: int) -> Callable[[Request], Awaitable[Response]]:
    """A handler of a POST: signed in, with the session's token, and a body of at most `most_bytes`."""

    async def page(request: Request, room: Room, session: Session) -> Response:
        try:
            fields = await _fields(request, most_bytes)
        except TooLong:
            return PlainTextResponse("That is too long: a message may have at most 100,000 characters. Nothing was sent.", status_code=413)
        except ValueError:
            return PlainTextResponse("The form could not be read. Nothing was sent.", status_code=400)
        given = request.headers.get(TOKEN_HEADER) or first(fields, "token")
        if not same(given, session.token):
            return PlainTextResponse("This page is out of date. Reload it and send again.", status_code=403)
        return await handler(request, room, session, fields)

    return signed_in(page)


def first(fields: Fields, name: str) -> str:
    """The first value of a form's field, or nothing."""
    return fields.get(name, [""])[0]


async def _fields(request: Request, most_bytes: int) -> Fields:
    """A urlencoded body. Raises TooLong, and ValueError when it is not one."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise TooLong
    return parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)


def _name(host: str) -> str:
    """The host without its port."""
    if host.startswith("["):
        return host[: host.find("]") + 1].lower()
    return host.partition(":")[0].lower()


def _wants_page(request: Request) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and "hx-request" not in request.headers
        and "text/event-stream" not in request.headers.get("accept", "")
    )
