"""The routes of the pages beside the chat: resources, executions, approvals, schedules, journal, and how things stand. Edge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.cards.card import Card, Note
from bot.platforms.web import views
from bot.platforms.web.chat_routes import frame
from bot.platforms.web.doors import Session
from bot.platforms.web.guard import signed_in
from bot.platforms.web.office import FILTERS, Search
from bot.platforms.web.room import Room
from engine.clock import fresh_id
from engine.errors import EscherError

MOST_QUERY = 500


def _whole_or_part(request: Request) -> bool:
    return "hx-request" not in request.headers


def _refusal(error: EscherError) -> Card:
    return Card("error", "This could not be read", "danger", (Note(str(error), "danger"),))


async def resources(request: Request, room: Room, session: Session) -> Response:
    """The resource explorer: the whole page, its results when the search changed, or the rows that come next."""
    asked = request.query_params
    filters = {name: asked[name] for name in FILTERS if asked.get(name)}
    search = Search(asked.get("q", "")[:MOST_QUERY], filters, asked.get("sort", ""), asked.get("after", "")[:MOST_QUERY])
    values: dict[str, object] = {"search": search, "found": None, "problem": None, "filter_names": FILTERS, "link": _link(search)}
    try:
        values["found"] = await room.office.resources(search)
    except EscherError as error:
        values["problem"] = _refusal(error)
    if _whole_or_part(request):
        return HTMLResponse(views.page("resources.html", frame(room, session, "resources"), **values))
    return HTMLResponse(views.part("resource_rows.html" if search.after else "results.html", room.view(session), **values))


def _link(search: Search) -> Callable[..., str]:
    """The address of the same search in another order, or of what comes next."""
    kept = {key: value for key, value in {"q": search.query, **search.filters}.items() if value}

    def link(sort: str, after: str = "") -> str:
        return "/resources?" + urlencode({**kept, **({"sort": sort} if sort else {}), **({"after": after} if after else {})})

    return link


async def resource(request: Request, room: Room, _session: Session) -> Response:
    """One resource in a dialog."""
    try:
        card = await room.office.resource(request.query_params.get("id", ""))
    except EscherError as error:
        card = _refusal(error)
    if card is None:
        card = Card("error", "Not in the estate", "warning", (Note("The estate does not know this resource any more.", "warning"),))
    return HTMLResponse(views.card_dialog(card, fresh_id("d")))


def _cards(here: str, title: str, nothing: str, read: Callable[[Room, Session], Awaitable[list[Card]]]) -> Route:
    """A page that is a list of cards, which keeps itself fresh."""

    async def page(request: Request, room: Room, session: Session) -> Response:
        try:
            cards = await read(room, session)
        except EscherError as error:
            cards = [_refusal(error)]
        values = {"title": title, "nothing": nothing, "cards": cards, "here": here}
        if _whole_or_part(request):
            return HTMLResponse(views.page("cards.html", frame(room, session, here), **values))
        return HTMLResponse(views.part("card_list.html", room.view(session), **values))

    return Route(f"/{here}", signed_in(page))


async def _executions(room: Room, _session: Session) -> list[Card]:
    return list(await room.office.executions())


async def _approvals(room: Room, session: Session) -> list[Card]:
    return list(await room.office.approvals(session.login))


async def _schedules(room: Room, _session: Session) -> list[Card]:
    return list(await room.office.schedules())


async def journal(request: Request, room: Room, session: Session) -> Response:
    """The journal, newest first; a part of it when earlier entries are asked for."""
    before = request.query_params.get("before", "")
    found, problem = None, None
    try:
        found = await room.office.journal(int(before) if before.isdecimal() else None)
    except EscherError as error:
        problem = _refusal(error)
    if _whole_or_part(request):
        return HTMLResponse(views.page("journal.html", frame(room, session, "journal"), found=found, problem=problem))
    return HTMLResponse(views.part("journal_rows.html", room.view(session), found=found, problem=problem))


async def status(_request: Request, room: Room, session: Session) -> Response:
    """How things stand, for the navigation."""
    try:
        now = await room.office.status()
    except EscherError as error:
        return PlainTextResponse(str(error))
    return HTMLResponse(views.part("status.html", room.view(session), status=now))


ROUTES = (
    Route("/resources", signed_in(resources)),
    Route("/resource", signed_in(resource)),
    _cards("executions", "Executions", "Nothing has run yet.", _executions),
    _cards("approvals", "Approvals", "Nothing waits for a decision.", _approvals),
    _cards(
        "schedules", "Schedules", "Nothing is scheduled. Say when in the chat: \u201cstop all dev instances at 8pm daily\u201d.", _schedules
    ),
    Route("/journal", signed_in(journal)),
    Route("/status", signed_in(status)),
)
