"""What the bot asks of Teams: to post and replace messages, and who somebody is. Edge.

The one file that knows botframework-connector's client; a successor SDK takes its place here. Every failure becomes one of the outbox's words:
`TooMany`, `Faulty`, or `Refusal` with Teams' own code. Nothing is repeated here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from botbuilder.schema import Activity, ChannelAccount, ConversationParameters, ErrorResponseException
from botframework.connector.aio import ConnectorClient
from botframework.connector.aiohttp_bf_pipeline import AsyncBfPipeline
from msrest.exceptions import ClientException

from bot.platforms.outbox import Faulty, Refusal, TooMany
from bot.platforms.teams.carrier import Carrier
from bot.platforms.teams.escape import Json
from bot.platforms.teams.token import Bearer

# What Teams asks to try again: timeouts, conflicts of its own, and its own failures.
PASSING = {408, 412, 500, 502, 503, 504}
UNSAID_WAIT_S = 2.0


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a conversation. `role` is user, guest or anonymous; `tenant` is theirs."""

    id: str
    person: str
    role: str
    tenant: str
    name: str = ""


class Connector(Protocol):
    """Teams, as the platform uses it. Raises TooMany, Faulty, Refusal; a message or person that is not there is `Refusal("404 …")`."""

    async def post(self, service_url: str, conversation: str, message: Json) -> str: ...
    async def replace(self, service_url: str, conversation: str, message_id: str, message: Json) -> None: ...
    async def member(self, service_url: str, conversation: str, sender: str) -> Member: ...
    async def members(self, service_url: str, conversation: str) -> Sequence[Member]: ...
    async def converse(self, service_url: str, bot: str, person: str, tenant: str) -> str: ...


class BotConnector:
    """The real one. `bearer` is None against a playground that asks for no token."""

    def __init__(self, client: httpx.AsyncClient, bearer: Bearer | None) -> None:
        self._client = client
        self._bearer = bearer
        self._clients: dict[str, Any] = {}

    async def post(self, service_url: str, conversation: str, message: Json) -> str:
        """Posts a message and returns its id."""
        said = await self._call(service_url, "send_to_conversation", conversation, _activity(message))
        return str(said.id or "") if said is not None else ""

    async def replace(self, service_url: str, conversation: str, message_id: str, message: Json) -> None:
        """Puts a message in the place of an earlier one."""
        await self._call(service_url, "update_activity", conversation, message_id, _activity(message))

    async def member(self, service_url: str, conversation: str, sender: str) -> Member:
        """One member of a conversation, by the id that Teams calls them there."""
        return _member(await self._call(service_url, "get_conversation_member", conversation, sender))

    async def members(self, service_url: str, conversation: str) -> Sequence[Member]:
        """The members of a conversation, the first few hundred of them."""
        paged = await self._call(service_url, "get_conversation_paged_members", conversation, page_size=500)
        return [_member(one) for one in paged.members or ()]

    async def converse(self, service_url: str, bot: str, person: str, tenant: str) -> str:
        """The id of the personal chat with somebody, opened if need be. Refused where they have not installed the bot."""
        wanted = ConversationParameters(
            is_group=False,
            bot=ChannelAccount(id=bot),
            members=[ChannelAccount(id=person)],
            tenant_id=tenant,
            channel_data={"tenant": {"id": tenant}},
        )
        return str((await self._call(service_url, "create_conversation", wanted)).id)

    async def _call(self, service_url: str, operation: str, *said: object, **more: object) -> Any:
        headers = {"Authorization": f"Bearer {await self._bearer.token()}"} if self._bearer else {}
        conversations = self._connected(service_url).conversations
        try:
            return await getattr(conversations, operation)(*said, custom_headers=headers, **more)
        except ErrorResponseException as error:
            self._refuse(error.response.status_code, error.response.headers, str(getattr(getattr(error.error, "error", None), "code", "")))
        except (ClientException, ValueError) as error:
            raise Faulty(f"Teams answered with what cannot be read: {type(error).__name__}") from None

    def _refuse(self, status: int, headers: Mapping[str, str], code: str) -> None:
        """Raises what the status means."""
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise TooMany(_seconds(headers.get("Retry-After", "")))
        if status == httpx.codes.UNAUTHORIZED and self._bearer is not None:
            self._bearer.drop()
            raise Faulty("Teams did not take the bot's token")
        if status in PASSING:
            raise Faulty(f"Teams failed: {status} {code}")
        raise Refusal(f"{status} {code}".strip())

    def _connected(self, service_url: str) -> Any:
        """A client for a service address; there are few of them."""
        if service_url not in self._clients:
            # No credentials of the client's own, which would be fetched synchronously: each call brings its token.
            self._clients[service_url] = ConnectorClient("", service_url, sender=Carrier(self._client), pipeline_type=AsyncBfPipeline)
        return self._clients[service_url]


def is_gone(refusal: Refusal) -> bool:
    """Whether what was asked for is not there (any more)."""
    return refusal.code.startswith("404")


def _activity(message: Json) -> Any:
    return Activity().deserialize(message)


def _member(said: Any) -> Member:
    more = dict(said.additional_properties or {})
    person = said.aad_object_id or more.get("objectId") or more.get("aadObjectId") or ""
    return Member(
        str(said.id or ""),
        str(person).lower(),
        str(more.get("userRole") or ""),
        str(more.get("tenantId") or "").lower(),
        str(said.name or ""),
    )


def _seconds(said: str) -> float:
    """Retry-After in seconds; a date or nonsense counts as a short while."""
    try:
        return max(float(said), 0.0)
    except ValueError:
        return UNSAID_WAIT_S
