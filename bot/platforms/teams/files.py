"""Files that people may download: Teams asks them first, then takes the bytes. Edge.

In a personal chat a card asks whether the file may be put into the person's own storage; on yes, Teams names an address for the bytes. Offers
are kept in memory: after a restart the person asks again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from bot.cards.card import File
from bot.platforms.outbox import Faulty, Refusal
from bot.platforms.teams.escape import Json, printable
from engine.clock import fresh_id

CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"
MOST_OFFERS = 200


class Offers:
    """The files that were offered and not yet taken. `schemes` are what upload addresses may begin with."""

    def __init__(self, client: httpx.AsyncClient, schemes: tuple[str, ...] = ("https",)) -> None:
        self._client = client
        self._schemes = schemes
        self._files: OrderedDict[tuple[str, str], File] = OrderedDict()

    def offer(self, chat: str, file: File) -> Json:
        """The message that asks in a personal chat whether the person wants the file."""
        number = fresh_id("file")
        self._files[chat, number] = file
        while len(self._files) > MOST_OFFERS:
            self._files.popitem(last=False)
        size = len(file.text.encode(errors="replace"))
        context = {"file": number}
        content = {"description": "From Escher", "sizeInBytes": size, "acceptContext": context, "declineContext": context}
        return {"type": "message", "attachments": [{"contentType": CONSENT, "name": _name(file), "content": content}]}

    async def answered(self, chat: str, value: object) -> Json | None:
        """Takes the person's answer; returns the message with the file once it is there. Raises Faulty, Refusal."""
        said = value if isinstance(value, Mapping) else {}
        context = said.get("context")
        number = context.get("file") if isinstance(context, Mapping) else None
        file = self._files.pop((chat, str(number)), None)
        if said.get("action") != "accept":
            return None
        if file is None:
            raise Refusal("that file is offered no more")
        return await self._put(file, said.get("uploadInfo"))

    async def _put(self, file: File, upload: object) -> Json:
        told = upload if isinstance(upload, Mapping) else {}
        url, data = str(told.get("uploadUrl") or ""), file.text.encode(errors="replace")
        if urlsplit(url).scheme not in self._schemes:
            raise Refusal("an upload address that is not https")
        span = f"bytes 0-{len(data) - 1}/{len(data)}" if data else "bytes */0"
        try:
            answer = await self._client.put(url, content=data, headers={"Content-Range": span, "Content-Type": file.media})
        except httpx.HTTPError as error:
            raise Faulty(f"the file could not be put where Teams said: {type(error).__name__}") from None
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise Refusal(f"{answer.status_code} on upload")
        content = {"uniqueId": str(told.get("uniqueId") or ""), "fileType": str(told.get("fileType") or "")}
        where = {"contentUrl": str(told.get("contentUrl") or ""), "name": _name(file)}
        return {"type": "message", "attachments": [{"contentType": INFO, **where, "content": content}]}


def _name(file: File) -> str:
    """A name that no storage refuses."""
    return "".join(one if one not in '"*:<>?/\\|#%' else "-" for one in printable(file.name))[:120] or "file.txt"
