"""From what Teams sent to what the inbox takes, answered before Teams gives up on us. Edge."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from bot.platforms.platform import Inbox, Message, Retraction
from bot.platforms.teams.heard import PERSONAL, Heard, heard
from bot.platforms.teams.invoking import Answer, Invoking
from bot.platforms.teams.patience import Patience
from bot.platforms.teams.pressed import pressed
from bot.platforms.teams.sending import TYPING, Means, Sending

KNOWN = 2000
OK: Answer = (200, None)


class Receiving:
    """One for a running platform."""

    def __init__(self, inbox: Inbox, means: Means, sending: Sending, invoking: Invoking, patience: Patience) -> None:
        self._inbox = inbox
        self._means = means
        self._sending = sending
        self._invoking = invoking
        self._patience = patience
        self._entered: OrderedDict[str, None] = OrderedDict()
        self._taken: OrderedDict[str, None] = OrderedDict()

    async def take(self, activity: Mapping[str, object]) -> Answer:
        """The HTTP status and body that answer an admitted activity."""
        said = heard(activity)
        if said is None:
            return OK
        if said.kind not in ("deleted", "other"):
            self._means.references.note(said)
            self._patience.begin(self._means.references.keep())
        match said.kind:
            case "invoked":
                return await self._invoking.take(said)
            case "pressed":
                return await self._submitted(said)
            case "message" | "edited":
                return await self._message(said)
            case "deleted":
                await self._patience.wait(self._inbox.retracted(Retraction(said.id, said.place, said.login, said.about)))
            case "arrived":
                await self._patience.wait(self._greet(said))
        return OK

    async def _message(self, said: Heard) -> Answer:
        """A message to the bot; the edit of one is taken even if the mention went with it."""
        if said.is_bot or not said.text or not (said.addressed or (said.kind == "edited" and said.about in self._taken)):
            return OK
        _remember(self._taken, said.about)
        room, _, words = said.text.partition(" ")
        if said.kind == "message" and said.conversation == PERSONAL and room.lower() in self._inbox.rooms:
            await self._patience.wait(self._enter(said, room.lower(), words.strip()))
            return OK
        if said.kind == "message" and said.conversation == PERSONAL:
            self._sending.hint(said.place, TYPING)
        edits = said.about if said.kind == "edited" else ""
        await self._patience.wait(self._inbox.received(Message(said.id, said.place, said.login, said.text, said.about, edits)))
        return OK

    async def _submitted(self, said: Heard) -> Answer:
        """A button of a client that knows no Action.Execute: nothing can be answered but by a message."""
        press = pressed(said.value)
        if press is not None:
            await self._patience.wait(self._invoking.submit(said, press))
        return OK

    async def _enter(self, said: Heard, room: str, words: str) -> None:
        """A standing view, once for a delivery."""
        if said.id in self._entered:
            return
        _remember(self._entered, said.id)
        for card in await self._inbox.enter(said.place, said.login, room, words):
            self._sending.again(said.place, card)

    async def _greet(self, said: Heard) -> None:
        """Says once in a conversation what the bot can do."""
        if not self._means.references.greeted(said.place.channel):
            for card in await self._inbox.enter(said.place, said.login, "help"):
                self._sending.show(said.place, card)


def _remember(known: OrderedDict[str, None], key: str) -> None:
    """Knows a key from now on, and forgets the oldest of too many."""
    known[key] = None
    while len(known) > KNOWN:
        known.popitem(last=False)
