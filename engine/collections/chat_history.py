"""What people said and what Escher answered, by thread and in order; only ever added to. Pure but for the shelf it reads.

Made of `message.received`, `message.answered` (its `said`) and `answer.told`. Ids are UUIDs of version 7 that stand in the entries.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.collections.record import Declared, Marks, Record, given
from engine.collections.shelf import Shelf
from engine.journal.entry import Entry

RECEIVED, ANSWERED, TOLD = "message.received", "message.answered", "answer.told"
ESCHER = "escher"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage(Record):
    """One message. `by` is a person's id, a stranger's login, or `escher`; `to_one` is true where only the person saw it.

    `thread` is the whole address of the thread, as `thread_of` makes it; `edits` the platform's name of a message that this one takes the place
    of; `plan` the plan an answer came with.
    """

    by: str
    thread: str
    text: str
    to_one: bool = False
    edits: str = ""
    plan: str = ""


def thread_of(platform: str, channel: str, thread: str) -> str:
    """A thread's address: what `last` takes and every message bears."""
    return f"{platform}/{channel}/{thread}"


def _project(entry: Entry, there: Mapping[str, ChatMessage]) -> Iterator[ChatMessage]:
    del there
    match entry.kind:
        case "message.received":
            yield _received(entry)
        case "message.answered":
            for part, said in enumerate(entry.body.get("said", ())):
                yield _told(entry, part, said["chat"], said["text"], to_one=bool(entry.body.get("to_one")))
        case "answer.told":
            yield _told(entry, 0, entry.body["chat"], entry.body["text"])


def _received(entry: Entry) -> ChatMessage:
    body = entry.body
    return ChatMessage(
        key=body.get("chat") or _older_id(entry),
        at=entry.at,
        sequence=entry.sequence,
        last=entry.sequence,
        by=body.get("person") or body["login"],
        thread=_thread(body),
        text=body["text"],
        edits=body.get("edits", ""),
    )


def _told(entry: Entry, part: int, key: str, text: str, *, to_one: bool = False) -> ChatMessage:
    return ChatMessage(
        key=key,
        at=entry.at,
        sequence=entry.sequence,
        part=part,
        last=entry.sequence,
        by=ESCHER,
        thread=_thread(entry.body),
        text=text,
        to_one=to_one,
        plan=entry.body.get("plan", ""),
    )


def _thread(body: Mapping[str, str]) -> str:
    return thread_of(body["platform"], body["channel"], body["thread"])


def _older_id(entry: Entry) -> str:
    """The id of a message from before ids stood in the entries: the entry's own hash, as it comes out the same each time."""
    return str(uuid.UUID(bytes=bytes.fromhex(entry.hash)[:16], version=5))


def _marks(message: ChatMessage) -> Marks:
    return Marks(message.text, (("person", message.by), ("thread", message.thread)))


CHAT_HISTORY: Declared[ChatMessage] = Declared(
    "chat_history", frozenset({RECEIVED, ANSWERED, TOLD}), ChatMessage.from_json, _project, _marks, keyed=True
)


class ChatHistory:
    """Reading the collection. All raise StoreError."""

    def __init__(self, shelf: Shelf[ChatMessage]) -> None:
        self._shelf = shelf

    async def last(self, thread: str, count: int) -> list[ChatMessage]:
        """The newest messages of a thread, oldest of them first."""
        return list(reversed(await self._shelf.latest({"thread": thread}, count)))

    async def search(
        self, text: str, *, person: str = "", thread: str = "", since: datetime | None = None, limit: int = 20
    ) -> list[ChatMessage]:
        """Messages that say every word, newest first, then those that say something like it; by one person, in one thread, since then."""
        return await self._shelf.search(text, given({"person": person, "thread": thread}), limit, since)
