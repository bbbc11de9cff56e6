"""The routes that need no session: signing in by a link, signing out, asking for a link, and health. Edge."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.platforms.web import views
from bot.platforms.web.doors import LinkSpent, Session
from bot.platforms.web.guard import Fields, changing
from bot.platforms.web.room import Room, room_of, session_of

MOST_BYTES = 4_000


async def login(request: Request) -> Response:
    """Spends a link and sets the session's cookie."""
    room = room_of(request)
    try:
        cookie = room.doors.enter(request.path_params["token"])
    except LinkSpent as spent:
        page = views.plain_page("ask.html", title="This link is spent", sentence=str(spent), how=room.texts.new_link)
        return HTMLResponse(page, status_code=410)
    response: Response = RedirectResponse("/", status_code=303)
    if request.headers.get("sec-fetch-site") == "cross-site":
        # Coming from a link in another site, the browser would withhold a strict cookie on a redirect, but not on a step of our own page.
        response = HTMLResponse(views.plain_page("ask.html", title="Signed in", sentence="Opening the chat…", how="", onward="/"))
    seconds = int(room.doors.terms.session.total_seconds())
    response.set_cookie(room.cookie, cookie, max_age=seconds, httponly=True, samesite="strict", path="/")
    return response


async def logout(_request: Request, room: Room, session: Session, _fields: Fields) -> Response:
    """Ends the session on this side and in the browser."""
    room.doors.end(session)
    response = RedirectResponse("/ask", status_code=303)
    response.delete_cookie(room.cookie, path="/", httponly=True, samesite="strict")
    return response


async def ask(request: Request) -> Response:
    """Says how to get in."""
    if session_of(request) is not None:
        return RedirectResponse("/", status_code=303)
    sentence = "Escher lets people in by a personal link that works once."
    return HTMLResponse(views.plain_page("ask.html", title="Sign in", sentence=sentence, how=room_of(request).texts.new_link))


async def health(_request: Request) -> Response:
    """Says that the chat is being served, and nothing else."""
    return JSONResponse({"status": "ok"})


ROUTES = (
    Route("/login/{token}", login, methods=["GET"]),
    Route("/logout", changing(logout, MOST_BYTES), methods=["POST"]),
    Route("/ask", ask),
    Route("/health", health),
)
