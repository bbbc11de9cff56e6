"""Cards on their way into Slack: posted once, replaced where they stand, whispered, and their files put beside them. Edge.

Theory of operation. Everything goes through the outbox, one queue for each place. Slack has no key that makes posting safe to repeat, so a
message carries a nonce as the name of its first block, and after a fault Escher looks whether that message stands there before it posts again.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from bot.cards.card import Card, File
from bot.cards.plain import plain
from bot.platforms.outbox import Faulty, Job, Outbox, Refusal, TooMany
from bot.platforms.platform import Place, Posts
from bot.platforms.slack.calls import Calls
from bot.platforms.slack.events import about
from bot.platforms.slack.limits import Json
from bot.platforms.slack.pressed import PLATFORM
from bot.platforms.slack.render import WHOLE, Rendered, context, notification, render
from engine.clock import Clock, fresh_id
from engine.logs import Log

# The message cannot be changed any more: it is posted anew.
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})
# Slack finds the blocks wrong: what they say is sent as a file rather than not at all.
UNSHOWABLE = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "message_too_long"})
# The person or the bot is not there: what is for them alone goes to their direct message.
ELSEWHERE = frozenset({"user_not_in_channel", "not_in_channel", "channel_not_found", "is_archived"})
LOOK_BACK_S = 300
MOST_SENT = 1000
_log = Log("escher.slack")
_UNREAD = {"unfurl_links": False, "unfurl_media": False, "mrkdwn": False}


class Delivery:
    """What a platform shows, whispers and sends. No public method raises or waits for Slack, but `post`, `direct` and `send_now`."""

    def __init__(self, calls: Calls, posts: Posts, clock: Clock) -> None:
        self._calls = calls
        self._posts = posts
        self._clock = clock
        self.outbox = Outbox(PLATFORM, clock)
        self._direct: dict[str, str] = {}
        self._sent: OrderedDict[str, None] = OrderedDict()
        # The nonces of messages that were sent off without an answer so far, by place and subject.
        self._doubts: dict[tuple[Place, str], str] = {}

    def show(self, place: Place, card: Card) -> None:
        """A card for everybody."""
        nonce = fresh_id("post")

        async def job() -> None:
            await self._show(place, card, nonce)

        self.outbox.put(place, job, f"show {card.subject}" if card.subject else "")

    def whisper(self, place: Place, login: str, card: Card) -> None:
        """A card for one person."""

        async def job() -> None:
            await self._whisper(place, login, card)

        self.outbox.put(place, job)

    def send(self, login: str, files: Sequence[File]) -> None:
        """Files for one person, in their direct message."""
        for file in files:
            self.outbox.put(login, self._sending(login, file))

    async def direct(self, login: str) -> str:
        """The channel where this person alone is spoken to. Raises TooMany, Faulty or Refusal."""
        if login not in self._direct:
            answer = await self._calls.call("conversations.open", users=login.partition("/")[2])
            self._direct[login] = answer["channel"]["id"]
        return self._direct[login]

    async def post(self, place: Place, rendered: Rendered, nonce: str) -> str:
        """Posts a message and returns its stamp. Raises TooMany, Faulty or Refusal."""
        answer = await self._calls.call(
            "chat.postMessage",
            channel=place.channel,
            thread_ts=place.thread or None,
            blocks=_named(rendered, nonce),
            text=rendered.text,
            **_UNREAD,
        )
        return str(answer["ts"])

    async def _show(self, place: Place, card: Card, nonce: str) -> None:
        rendered = render(card, place.thread)
        try:
            await self._put(place, card.subject, rendered, nonce)
        except Refusal as refusal:
            if refusal.code not in UNSHOWABLE:
                raise
            _log.error("not shown as blocks", code=refusal.code, kind=card.kind)
            rendered = _as_file(card, place.thread)
            await self._put(place, card.subject, rendered, nonce)
        self._beside(place, rendered.files)

    async def _put(self, place: Place, subject: str, rendered: Rendered, nonce: str) -> None:
        """Replaces the message of a subject where it stands, also if nobody heard that it does; else posts it."""
        stamp = self._standing(place, subject)
        if stamp and await self._updated(place.channel, stamp, rendered, nonce):
            return
        doubt = (place, subject or nonce)
        stamp = await self._find(place, self._doubts[doubt]) if doubt in self._doubts else ""
        if not (stamp and await self._updated(place.channel, stamp, rendered, self._doubts[doubt])):
            self._doubts.setdefault(doubt, nonce)
            stamp = await self._post_for(doubt, place, rendered)
        self._doubts.pop(doubt, None)
        if subject:
            await self._posts.keep(place, subject, about(place.channel, stamp))

    async def _post_for(self, doubt: tuple[Place, str], place: Place, rendered: Rendered) -> str:
        try:
            return await self.post(place, rendered, self._doubts[doubt])
        except (Refusal, TooMany):
            # Slack said that it posted nothing.
            del self._doubts[doubt]
            raise

    async def _updated(self, channel: str, stamp: str, rendered: Rendered, nonce: str) -> bool:
        """Whether the message was there to be replaced."""
        try:
            await self._calls.call("chat.update", channel=channel, ts=stamp, blocks=_named(rendered, nonce), text=rendered.text)
        except Refusal as refusal:
            if refusal.code in GONE:
                return False
            raise
        return True

    def _standing(self, place: Place, subject: str) -> str:
        """The stamp of the message where a subject stands: in this place, or as the message that this thread hangs on."""
        if not subject:
            return ""
        _, _, stamp = self._posts.find(place, subject).rpartition(":")
        if stamp or not place.thread:
            return stamp
        top = self._posts.find(Place(place.platform, place.channel, ""), subject)
        return place.thread if top == about(place.channel, place.thread) else ""

    async def _find(self, place: Place, nonce: str) -> str:
        """The stamp of a message that an answerless call may have posted; '' when it is not there, or Slack does not let us look."""
        since = f"{self._clock.now().timestamp() - LOOK_BACK_S:.6f}"
        asked: dict[str, Any] = {"channel": place.channel, "limit": 200, "oldest": since}
        try:
            if place.thread:
                answer = await self._calls.call("conversations.replies", ts=place.thread, **asked)
            else:
                answer = await self._calls.call("conversations.history", **asked)
        except Refusal:
            return ""
        return next((message["ts"] for message in answer.get("messages", ()) if _nonce(message) == nonce), "")

    def _beside(self, place: Place, files: Sequence[File]) -> None:
        """Files into the thread of a card, each content once: a card that changes its buttons does not send its files again."""
        for file in files:
            mark = hashlib.sha256(f"{place.channel} {place.thread} {file.name} {file.text}".encode("utf-8", "replace")).hexdigest()
            if mark not in self._sent:
                self._sent[mark] = None
                self.outbox.put((place, "files"), self._uploading(place.channel, place.thread, file))
        while len(self._sent) > MOST_SENT:
            self._sent.popitem(last=False)

    async def _whisper(self, place: Place, login: str, card: Card) -> None:
        """To one person: in a direct message as a message, elsewhere as what Slack calls ephemeral."""
        rendered = render(card, place.thread)
        if place.channel.startswith("D"):
            await self.post(place, rendered, fresh_id("post"))
            self._beside(place, rendered.files)
            return
        blocks = list(rendered.blocks)
        if rendered.files:
            blocks = [*blocks[:49], context("The files are in our direct messages.")]
            self.send(login, rendered.files)
        user = login.partition("/")[2]
        where = {"channel": place.channel, "thread_ts": place.thread or None, "user": user}
        try:
            await self._calls.call("chat.postEphemeral", blocks=blocks, text=rendered.text, **where)
        except Refusal as refusal:
            if refusal.code not in ELSEWHERE:
                raise
            alone = Place(place.platform, await self.direct(login), "")
            await self.post(alone, Rendered(tuple(blocks), rendered.text), fresh_id("post"))

    def _sending(self, login: str, file: File) -> Job:
        async def job() -> None:
            await self._calls.upload(file, await self.direct(login), "")

        return job

    def _uploading(self, channel: str, thread: str, file: File) -> Job:
        async def job() -> None:
            await self._calls.upload(file, channel, thread)

        return job

    async def reachable(self, login: str) -> str:
        """As `direct`, but '' where Slack does not let us."""
        try:
            return await self.direct(login)
        except (TooMany, Faulty, Refusal) as error:
            _log.warning("no direct message", login=login, why=str(error))
            return ""


def _named(rendered: Rendered, nonce: str) -> list[Json]:
    """The blocks, the first of them named so that this very message can be found again."""
    first, *others = rendered.blocks
    return [{**first, "block_id": nonce}, *others]


def _nonce(message: Mapping[str, Any]) -> str:
    blocks: Sequence[Mapping[str, Any]] = message.get("blocks") or ({},)
    return str(blocks[0].get("block_id", ""))


def _as_file(card: Card, thread: str) -> Rendered:
    shown = Card(
        card.kind, card.title, card.tone, actions=card.actions, footer=f"Slack could not show all of this: it is in the file {WHOLE}."
    )
    return Rendered(render(shown, thread).blocks, notification(card), (File(WHOLE, plain(card)),))
