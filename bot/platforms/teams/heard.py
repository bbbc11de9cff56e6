"""What Teams sent, as a value: who said or pressed what, where. Pure.

An activity is JSON that Teams signed, so the people in it are proven; the texts and values are whatever a client sent.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.platforms.platform import Place

PLATFORM = "teams"
# The thread of a conversation that has none: personal and group chats as a whole, and a channel where something begins a thread.
WHOLE = "-"
PERSONAL, GROUP, CHANNEL = "personal", "groupChat", "channel"
Kind = Literal["message", "edited", "deleted", "pressed", "invoked", "arrived", "other"]
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Heard:
    """One activity. `id` names the delivery, `about` the message it is about; `sender` is Teams' own id, `person` that of Microsoft Entra.

    Teams' id of a message is a time in milliseconds, so only conversation and id together name one message alone.

    `kind` pressed is a message that carries a button's value; invoked wants an answer at once, and `name` says to what. `addressed` is true
    when it was said to the bot: in a personal chat, or with a mention.
    """

    kind: Kind
    id: str
    about: str
    place: Place
    conversation: str
    service_url: str
    tenant: str
    sender: str
    person: str
    bot: str
    text: str = ""
    value: object = None
    name: str = ""
    addressed: bool = False

    @property
    def login(self) -> str:
        """The person as `TENANT/OBJECT-ID`; somebody without such an id gets a login that no configuration can hold."""
        return f"{self.tenant}/{self.person}" if self.person else f"{self.tenant}/?{self.sender}"

    @property
    def is_bot(self) -> bool:
        """Bots have ids of their own kind, and no object id of a person."""
        return self.sender.startswith("28:") or not self.person


def heard(activity: Mapping[str, object]) -> Heard | None:
    """The activity as a value; None when it lacks what every activity has."""
    conversation, sender, bot = (_map(activity.get(key)) for key in ("conversation", "from", "recipient"))
    full, about = _text(conversation.get("id")), _text(activity.get("id"))
    if not (full and about and sender.get("id")):
        return None
    kind, one = _kind(activity, _text(bot.get("id"))), f"{full.partition(';messageid=')[0]}/{about}"
    style = _text(conversation.get("conversationType")) or (GROUP if conversation.get("isGroup") else PERSONAL)
    mentioned = any(_map(one.get("mentioned")).get("id") == bot.get("id") for one in _mentions(activity))
    return Heard(
        kind=kind,
        id=_delivery(activity, kind, one),
        about=one,
        place=place_of(full, style, WHOLE if kind == "arrived" else _text(activity.get("replyToId")) or about),
        conversation=style,
        service_url=_text(activity.get("serviceUrl")),
        tenant=tenant_of(activity),
        sender=_text(sender.get("id")),
        person=_text(sender.get("aadObjectId")).lower(),
        bot=_text(bot.get("id")),
        text=words(activity),
        value=activity.get("value"),
        name=_text(activity.get("name")),
        addressed=style == PERSONAL or mentioned,
    )


def place_of(conversation: str, style: str, root: str) -> Place:
    """Where something is said. Only channels have threads: there the conversation's id ends in `;messageid=` and the thread's first message."""
    channel, _, thread = conversation.partition(";messageid=")
    return Place(PLATFORM, channel, (thread or root) if style == CHANNEL else WHOLE)


def tenant_of(activity: Mapping[str, object]) -> str:
    """The tenant the conversation belongs to; '' when none is said."""
    said = _map(_map(activity.get("channelData")).get("tenant")).get("id") or _map(activity.get("conversation")).get("tenantId")
    return _text(said).lower()


def words(activity: Mapping[str, object]) -> str:
    """What was written, without the mention of the bot; other people's mentions become their names."""
    text, bot = _text(activity.get("text"))[:LONGEST], _map(activity.get("recipient")).get("id")
    for mention in _mentions(activity):
        if _map(mention.get("mentioned")).get("id") == bot and (said := _text(mention.get("text"))):
            text = text.replace(said, " ", 1)
    text = re.sub(r"</?at[^>]{0,200}>", "", text)
    return html.unescape(text).replace("\u00a0", " ").strip()


def _kind(activity: Mapping[str, object], bot: str) -> Kind:
    event = _text(_map(activity.get("channelData")).get("eventType"))
    match _text(activity.get("type")), event:
        case "message", _:
            return "pressed" if isinstance(activity.get("value"), Mapping) and not activity.get("text") else "message"
        case "messageUpdate", ("editMessage" | "undeleteMessage"):
            return "edited"
        case "messageDelete", "softDeleteMessage":
            return "deleted"
        case "invoke", _:
            return "invoked"
        case "installationUpdate", _:
            return "arrived" if _text(activity.get("action")).startswith("add") else "other"
        case "conversationUpdate", _:
            added = activity.get("membersAdded")
            return "arrived" if isinstance(added, list) and any(_map(one).get("id") == bot for one in added) else "other"
    return "other"


def _delivery(activity: Mapping[str, object], kind: Kind, one: str) -> str:
    """Edits of one message come under one id: the time of the edit tells them apart, or else what they say."""
    if kind == "edited":
        when = _text(activity.get("timestamp")) or hashlib.sha256(words(activity).encode(errors="replace")).hexdigest()[:16]
        return f"{one}:edit:{when}"
    return f"{one}:deleted" if kind == "deleted" else one


def _mentions(activity: Mapping[str, object]) -> list[Mapping[str, object]]:
    entities = activity.get("entities")
    return [_map(one) for one in entities if _map(one).get("type") == "mention"] if isinstance(entities, list) else []


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
