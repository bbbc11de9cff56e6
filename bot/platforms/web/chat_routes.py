"""The routes of the chat: a channel's page, saying something, names while they are typed, pressing a button, and the stream of what happens. Edge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.platforms.platform import Click, Message, Place
from bot.platforms.web import views
from bot.platforms.web.doors import PLATFORM, Session
from bot.platforms.web.guard import Fields, changing, first, signed_in
from bot.platforms.web.ring import Happening
from bot.platforms.web.room import Room, session_of
from engine.clock import fresh_id
from engine.request import lexicon

MOST_CHARACTERS = 100_000
# Percent-encoding makes up to twelve bytes of one character; the rest of the form is small.
MOST_BYTES = MOST_CHARACTERS * 12 + 10_000
SILENCE_S = 15.0
SHORTEST_TYPED, MOST_TYPED = 2, 200
FIELD = "field."
EXAMPLES = ("Show all running instances in production", "Stop all dev instances in us-east-1", "What did we spend last month?")


def frame(room: Room, session: Session, here: str) -> views.Frame:
    """What stands around a page now."""
    return views.Frame(room.view(session), here, room.history.shared, room.ring.mark)


async def home(_request: Request, room: Room, _session: Session) -> Response:
    """The first channel."""
    return RedirectResponse(f"/c/{room.history.shared[0]}", status_code=303)


async def channel_page(request: Request, room: Room, session: Session) -> Response:
    """A channel with its newest threads."""
    channel = request.path_params["channel"]
    if not room.history.has(channel, session.login):
        return _no_channel(channel)
    # The mark is taken before the threads are read: what comes between is then sent again rather than lost.
    around = frame(room, session, f"c/{channel}")
    threads, more = room.history.threads(channel, session.login)
    examples = EXAMPLES if channel == room.history.shared[0] else ()
    values = {"channel": channel, "threads": threads, "more": more, "examples": examples, "rooms": room.inbox.rooms}
    return HTMLResponse(views.page("chat.html", around, **values))


def _no_channel(channel: str) -> Response:
    """The same for one that is not there and for one of somebody else's."""
    return PlainTextResponse(f"There is no channel {channel!r}.", status_code=404)


async def earlier(request: Request, room: Room, session: Session) -> Response:
    """The threads before one."""
    channel, before = request.path_params["channel"], request.query_params.get("before", "")
    if not room.history.has(channel, session.login):
        return _no_channel(channel)
    threads, more = room.history.threads(channel, session.login, before=before)
    return HTMLResponse(views.part("earlier.html", room.view(session), channel=channel, threads=threads, more=more))


async def say(_request: Request, room: Room, session: Session, fields: Fields) -> Response:
    """Takes a message and hands it on; what comes of it arrives by the stream."""
    text = first(fields, "text").replace("\r\n", "\n")
    channel, thread = first(fields, "channel"), first(fields, "thread")
    if len(text) > MOST_CHARACTERS:
        return PlainTextResponse(
            f"Your message has {len(text):,} characters; at most {MOST_CHARACTERS:,} can be sent. It was not sent, and is still here.",
            status_code=413,
        )
    if not text.strip():
        return PlainTextResponse("Write something first.", status_code=422)
    if not room.history.has(channel, session.login):
        return _no_channel(channel)
    if thread and not room.history.knows(Place(PLATFORM, channel, thread)):
        return PlainTextResponse("This thread is no longer here. Send it as a new thread instead.", status_code=404)
    once = first(fields, "once")
    if once and not room.once.first(f"{session.login}/{once}"):
        return Response(status_code=204)
    message_id = fresh_id("m")
    message = Message(message_id, Place(PLATFORM, channel, thread or message_id), session.login, text, about=message_id)
    room.publish(room.history.said(message, room.clock.now()))
    await room.inbox.received(message)
    return Response(status_code=204)


async def complete(request: Request, room: Room, session: Session) -> Response:
    """Resource names for the word that is being typed, as JSON; in a message, a word of the vocabulary is none."""
    word = request.query_params.get("word", "")[:MOST_TYPED].strip()
    in_message = request.query_params.get("in") == "message"
    if len(word) < SHORTEST_TYPED or (in_message and word.lower() in lexicon.load().words):
        return JSONResponse([])
    return JSONResponse([asdict(one) for one in await room.inbox.complete(PLATFORM, session.login, word)])


async def click(_request: Request, room: Room, session: Session, fields: Fields) -> Response:
    """Takes a pressed button. Who pressed it is the session's person, whatever the form says."""
    place = _place(room, session, fields)
    if place is None:
        return PlainTextResponse("This conversation is no longer here. Reload the page.", status_code=404)
    answer = await room.inbox.clicked(pressed(fields, place, session.login))
    headers = {"HX-Trigger": "escher:changed"}
    if answer is None:
        return Response(status_code=204, headers=headers)
    downloads = room.view(session).downloads(room.shelf.put(session.login, answer.files))
    if inside := first(fields, "inside")[:80]:
        return HTMLResponse(views.card_inside(answer, inside, downloads), headers=headers)
    return HTMLResponse(views.card_dialog(answer, fresh_id("d"), downloads), headers=headers)


def pressed(fields: Fields, place: Place, login: str) -> Click:
    """What a form says was pressed."""
    asked = {name.removeprefix(FIELD): tuple(values) for name, values in fields.items() if name.startswith(FIELD)}
    return Click(fresh_id("k"), place, login, first(fields, "verb"), first(fields, "subject"), asked)


def _place(room: Room, session: Session, fields: Fields) -> Place | None:
    """Where a button stood. One on a page beside the chat has no thread: then where its subject was seen last, or a new thread."""
    channel, thread = first(fields, "channel"), first(fields, "thread")
    if not channel:
        return room.history.home(first(fields, "subject"), session.login) or Place(PLATFORM, room.history.shared[0], fresh_id("m"))
    place = Place(PLATFORM, channel, thread)
    return place if room.history.has(channel, session.login) and room.history.knows(place) else None


async def events(request: Request, room: Room, _session: Session) -> Response:
    """The stream of one browser: what it missed since its mark, then what happens."""
    mark = request.headers.get("last-event-id") or request.query_params.get("last", "")
    channel = request.query_params.get("channel", "")
    stream = _stream(request, room, channel, mark)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _stream(request: Request, room: Room, channel: str, mark: str) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    # The session is looked at again each time: it may have ended while the stream was open.
    while not room.ring.closed and (session := session_of(request)) is not None:
        missed = room.ring.since(mark)
        if missed is None:
            mark = room.ring.mark
            yield event("refresh", "", mark)
            continue
        for happening in missed:
            mark = room.ring.mark_of(happening.number)
            yield _told(room, session, channel, happening)
        if not await room.ring.wait(mark, SILENCE_S):
            yield ": still here\n\n"


def _told(room: Room, session: Session, channel: str, happening: Happening) -> str:
    """One happening as this person may see it; everybody is told at least that something stirred."""
    mark = room.ring.mark_of(happening.number)
    entry, view = room.history.entry(happening.entry), room.view(session)
    if entry is None or not entry.visible_to(session.login):
        return event("stir", "", mark)
    if entry.place.channel != channel:
        return event("chat", views.unread(entry.place.channel) if happening.added else "", mark)
    if not happening.added:
        return event("chat", views.entry_replaced(entry, view), mark)
    if room.history.opens_thread(entry, session.login):
        return event("chat", views.thread_added(entry, view), mark)
    return event("chat", views.entry_added(entry, view), mark)


def event(name: str, data: str, mark: str) -> str:
    """One server-sent event."""
    return "\n".join((f"id: {mark}", f"event: {name}", *_data(data), "", ""))


def _data(text: str) -> Iterable[str]:
    return (f"data: {line}" for line in (text or "-").splitlines())


ROUTES = (
    Route("/", signed_in(home)),
    Route("/c/{channel:path}/earlier", signed_in(earlier)),
    Route("/c/{channel:path}", signed_in(channel_page)),
    Route("/events", signed_in(events)),
    Route("/complete", signed_in(complete)),
    Route("/say", changing(say, MOST_BYTES), methods=["POST"]),
    Route("/click", changing(click, MOST_BYTES), methods=["POST"]),
)
