"""A stand-in for Teams on loopback: the Bot Connector's routes, the token endpoint, and the keys that activities are signed with. Edge.

It answers as Microsoft documents its services: 201 with an id for a new message, 200 for an update, 404 `ActivityNotFound` and
`ConversationNotFound`, 404 `MemberNotFoundInConversation`, 403 `BotNotInstalled` for people without the bot, 413 `MessageSizeTooBig` above 28 KB,
401 without the bot's token, and 429 with Retry-After when a test asks for it. People see what Teams would show them: a message they may read,
and for those named in a card's `refresh`, the view that the bot gave to them alone.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.platforms.listening import Guest

TENANT = "11111111-2222-3333-4444-555555555555"
APP_ID = "99999999-8888-7777-6666-555555555555"
BOT = f"28:{APP_ID}"
SECRET = "a secret nobody prints"
TOKEN = "the-bots-token"
ISSUER = "https://api.botframework.com"
CARD = "application/vnd.microsoft.card.adaptive"
Json = dict[str, Any]


@dataclass(frozen=True)
class Somebody:
    """A person as Teams knows them. `role` and `tenant` are what the member routes say."""

    name: str
    sender: str
    person: str
    role: str = "user"
    tenant: str = TENANT
    installed: bool = True

    @property
    def login(self) -> str:
        return f"{TENANT}/{self.person}"


LENA = Somebody("Lena Vogt", "29:lena", "aaaaaaaa-0000-0000-0000-000000000001")
OMAR = Somebody("Omar Haddad", "29:omar", "aaaaaaaa-0000-0000-0000-000000000002")
GINA = Somebody("Gina Guest", "29:gina", "aaaaaaaa-0000-0000-0000-000000000003", role="guest")
FARO = Somebody("Faro Foreign", "29:faro", "aaaaaaaa-0000-0000-0000-000000000004", tenant="other-tenant")
NOAH = Somebody("Noah Noapp", "29:noah", "aaaaaaaa-0000-0000-0000-000000000005", installed=False)


@dataclass
class Chat:
    """A conversation and what stands in it, by message id."""

    id: str
    style: str
    members: list[Somebody]
    messages: dict[str, Json] = field(default_factory=dict)
    threads: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request that the bot made."""

    method: str
    path: str
    body: Any
    authorization: str


@cache
def signing_key() -> rsa.RSAPrivateKey:
    """The key that activities are signed with, made once a session: it takes a moment."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class TeamsService:
    """Teams with five people, a personal chat each, a group chat and a channel."""

    def __init__(self) -> None:
        self.key = signing_key()
        self.endorsements: list[str] = ["msteams"]
        self.asked: list[Asked] = []
        self.next: list[tuple[int, dict[str, str]]] = []
        self.tokens = 0
        self.takes_secret = True
        self.people = (LENA, OMAR, GINA, FARO, NOAH)
        self.chats = {f"a:{one.sender}": Chat(f"a:{one.sender}", "personal", [one]) for one in self.people}
        self.chats["19:group@thread.v2"] = Chat("19:group@thread.v2", "groupChat", list(self.people))
        self.chats["19:channel@thread.tacv2"] = Chat("19:channel@thread.tacv2", "channel", list(self.people))
        self.port = 0
        self.bot_url = ""
        self._numbers = iter(range(1_700_000_000_001, 1_800_000_000_000))

    # What tests read and use

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/amer/"

    @property
    def metadata_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/.well-known/openidconfiguration"

    def number(self) -> str:
        """An id as Teams gives to messages."""
        return str(next(self._numbers))

    def token(self, key: Any = None, headers: Json | None = None, **claims: Any) -> str:
        """A token as Teams sends it; claims of None are left out."""
        now = int(time.time())
        said = {"iss": ISSUER, "aud": APP_ID, "serviceurl": self.url, "nbf": now - 60, "exp": now + 3600} | claims
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(said, key or self.key, "RS256", headers={"kid": "k-1"} | (headers or {}))

    def activity(self, who: Somebody, chat: str, kind: str = "message", **more: Any) -> Json:
        """An activity by somebody in a conversation; `thread` puts it into a channel's thread.

        `id` may be Teams' id of a message, or `Message.about`, which holds it behind the conversation's.
        """
        found = self.chats[chat]
        thread = more.pop("thread", "")
        if "id" in more:
            more["id"] = more["id"].rpartition("/")[2]
        return {
            "type": kind,
            "id": self.number(),
            "channelId": "msteams",
            "serviceUrl": self.url,
            "timestamp": "2026-11-21T08:00:00.000Z",
            "from": {"id": who.sender, "name": who.name, "aadObjectId": who.person},
            "recipient": {"id": BOT, "name": "Escher"},
            "conversation": {
                "id": f"{chat};messageid={thread}" if thread else chat,
                "conversationType": found.style,
                "tenantId": TENANT,
            },
            "channelData": {"tenant": {"id": TENANT}},
        } | more

    def said(self, who: Somebody, chat: str, text: str, **more: Any) -> Json:
        """A message with the mention that groups and channels need. A channel's message without a thread begins one."""
        personal = self.chats[chat].style == "personal"
        mention = [{"type": "mention", "mentioned": {"id": BOT, "name": "Escher"}, "text": "<at>Escher</at>"}]
        written = {"text": text} if personal else {"text": f"<at>Escher</at> {text}", "entities": mention}
        one = self.activity(who, chat, **written | more)
        if self.chats[chat].style == "channel" and "thread" not in more:
            one["conversation"]["id"] = f"{chat};messageid={one['id']}"
        return one

    async def deliver(self, activity: Json, token: str | None = None, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Posts an activity to the bot as Teams does."""
        sent = {"Authorization": f"Bearer {self.token() if token is None else token}"} if headers is None else dict(headers)
        async with httpx.AsyncClient(timeout=10, verify=False) as client:
            return await client.post(self.bot_url, json=activity, headers=sent)

    async def invoke(self, who: Somebody, chat: str, name: str, value: Any, **more: Any) -> httpx.Response:
        """Sends an invoke and returns what the bot answered."""
        return await self.deliver(self.activity(who, chat, "invoke", name=name, value=value, **more))

    def cards(self, chat: str) -> list[Json]:
        """The Adaptive Cards that stand in a conversation, in order."""
        attached = [one for message in self.chats[chat].messages.values() for one in message.get("attachments", ())]
        return [one["content"] for one in attached if one["contentType"] == CARD]

    def messages(self, chat: str) -> list[Json]:
        """Everything the bot says there, in order, without typing."""
        return [one for one in self.chats[chat].messages.values() if one["type"] != "typing"]

    async def sees(self, who: Somebody) -> list[Json]:
        """The cards in front of somebody: of every conversation they are in, refreshed where the card names them."""
        seen: list[Json] = []
        for chat in self.chats.values():
            if who in chat.members:
                for number, message in list(chat.messages.items()):
                    seen += [await self._for(who, chat, number, one["content"]) for one in message.get("attachments", ())]
        return seen

    async def _for(self, who: Somebody, chat: Chat, number: str, card: Json) -> Json:
        """What their client shows: the card, or the view it fetches."""
        if who.sender not in card.get("refresh", {}).get("userIds", ()):
            return card
        value = {"action": card["refresh"]["action"], "trigger": "automatic"}
        where = {"thread": chat.threads[number]} if chat.threads.get(number) else {}
        answer = (await self.invoke(who, chat.id, "adaptiveCard/action", value, replyToId=number, **where)).json()
        return answer["value"] if answer["type"] == CARD else card

    # What the bot calls

    def app(self) -> Starlette:
        conversation = "/amer/v3/conversations/{conversation}"
        return Starlette(
            routes=[
                Route(f"{conversation}/activities", self._post, methods=["POST"]),
                Route(f"{conversation}/activities/{{message}}", self._put, methods=["PUT"]),
                Route(f"{conversation}/members/{{member}}", self._member),
                Route(f"{conversation}/pagedmembers", self._members),
                Route("/amer/v3/conversations", self._converse, methods=["POST"]),
                Route(f"/{TENANT}/oauth2/v2.0/token", self._token, methods=["POST"]),
                Route("/v1/.well-known/openidconfiguration", self._metadata),
                Route("/v1/.well-known/keys", self._keys),
            ]
        )

    async def _admit(self, request: Request) -> tuple[Any, Response | None]:
        raw = await request.body()
        body = json.loads(raw) if raw else None
        authorization = request.headers.get("Authorization", "")
        self.asked.append(Asked(request.method, request.url.path, body, authorization))
        if self.next:
            status, headers = self.next.pop(0)
            return body, _error(status, "Scripted", headers)
        if authorization != f"Bearer {TOKEN}":
            return body, _error(401, "Unauthorized")
        return body, _error(413, "MessageSizeTooBig") if len(raw) > 28 * 1024 else None

    def _chat(self, request: Request) -> tuple[Chat | None, str]:
        name, _, thread = request.path_params["conversation"].partition(";messageid=")
        return self.chats.get(name), thread

    async def _post(self, request: Request) -> Response:
        body, refused = await self._admit(request)
        chat, thread = self._chat(request)
        if refused is not None or chat is None:
            return refused or _error(404, "ConversationNotFound")
        number = self.number()
        chat.messages[number] = body
        chat.threads[number] = thread or (number if chat.style == "channel" else "")
        return JSONResponse({"id": number}, 201)

    async def _put(self, request: Request) -> Response:
        body, refused = await self._admit(request)
        chat, _ = self._chat(request)
        number = request.path_params["message"]
        if refused is not None or chat is None or number not in chat.messages:
            return refused or _error(404, "ActivityNotFoundInConversation")
        chat.messages[number] = body
        return JSONResponse({"id": number})

    async def _member(self, request: Request) -> Response:
        _, refused = await self._admit(request)
        chat, _ = self._chat(request)
        found = next((one for one in chat.members if one.sender == request.path_params["member"]), None) if chat else None
        if refused is not None or found is None:
            return refused or _error(404, "MemberNotFoundInConversation")
        return JSONResponse(_known(found))

    async def _members(self, request: Request) -> Response:
        _, refused = await self._admit(request)
        chat, _ = self._chat(request)
        if refused is not None or chat is None:
            return refused or _error(404, "ConversationNotFound")
        return JSONResponse({"members": [_known(one) for one in chat.members]})

    async def _converse(self, request: Request) -> Response:
        body, refused = await self._admit(request)
        if refused is not None:
            return refused
        (wanted,) = body["members"]
        found = next((one for one in self.people if wanted["id"] in (one.person, one.sender)), None)
        if found is None or not found.installed or body["channelData"]["tenant"]["id"] != TENANT:
            return _error(403, "BotNotInstalledInConversation")
        return JSONResponse({"id": f"a:{found.sender}"}, 201)

    async def _token(self, request: Request) -> Response:
        form = dict(part.split("=", 1) for part in (await request.body()).decode().split("&"))
        asked = (form.get("grant_type"), form.get("client_id"), form.get("scope"))
        if not self.takes_secret or form.get("client_secret") != SECRET.replace(" ", "+"):
            return JSONResponse({"error": "invalid_client", "error_description": f"AADSTS7000215 {form}"}, 401)
        if asked != ("client_credentials", APP_ID, "https%3A%2F%2Fapi.botframework.com%2F.default"):
            return JSONResponse({"error": "invalid_request"}, 400)
        self.tokens += 1
        return JSONResponse({"token_type": "Bearer", "expires_in": 3599, "access_token": TOKEN})

    async def _metadata(self, _request: Request) -> Response:
        return JSONResponse({"issuer": ISSUER, "jwks_uri": f"http://127.0.0.1:{self.port}/v1/.well-known/keys"})

    async def _keys(self, _request: Request) -> Response:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return JSONResponse({"keys": [public | {"kid": "k-1", "use": "sig", "endorsements": self.endorsements}]})


def execute(action: Json) -> Json:
    """The value of an invoke that a pressed Action.Execute sends."""
    return {"action": {key: action[key] for key in ("type", "verb", "data")}, "trigger": "manual"}


def labelled(card: Json, title: str) -> Json:
    """A card's button by what stands on it."""
    return next(action for action in card["actions"] if action["title"] == title)


def texts(card: Any) -> str:
    """Everything a card says, in reading order, a line for each element."""
    if isinstance(card, Mapping):
        if card.get("type") == "RichTextBlock":
            return "".join(str(one["text"]) for one in card["inlines"])
        own = [str(card[key]) for key in ("title", "text", "value", "label") if isinstance(card.get(key), str)]
        inner = [texts(card[key]) for key in ("body", "items", "rows", "cells", "facts", "choices", "actions", "card") if key in card]
        return "\n".join(one for one in (*own, *inner) if one)
    return "\n".join(texts(one) for one in card) if isinstance(card, Sequence) and not isinstance(card, str) else ""


def _known(one: Somebody) -> Json:
    said = {"id": one.sender, "name": one.name, "aadObjectId": one.person, "objectId": one.person, "tenantId": one.tenant}
    return said | ({"userRole": one.role} if one.role else {})


def _error(status: int, code: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": {"code": code, "message": f"{code} {uuid.uuid4()}"}}, status, headers=dict(headers or {}))


@asynccontextmanager
async def teams_service() -> AsyncIterator[TeamsService]:
    """Serves on a free port until the block ends."""
    service = TeamsService()
    taken = socket.create_server(("127.0.0.1", 0))
    taken.setblocking(False)
    service.port = int(taken.getsockname()[1])
    server = Guest(uvicorn.Config(service.app(), log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[taken]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield service
    finally:
        server.should_exit = True
        await serving
        taken.close()
