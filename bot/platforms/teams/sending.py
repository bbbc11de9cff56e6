"""What Escher says in Teams: in order for each place, as updates where a card stands already. Edge.

A card that everybody sees carries no deciding buttons where the configured people among the members are known: their clients fetch a view
of their own (`receiving.py`). Elsewhere everybody sees the buttons; a click is checked behind the inbox either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.cards.card import Card, File, Text
from bot.platforms.outbox import Faulty, Job, Outbox, Refusal, TooMany
from bot.platforms.platform import Place, Posts
from bot.platforms.teams.connector import Connector, is_gone
from bot.platforms.teams.escape import Json
from bot.platforms.teams.files import Offers
from bot.platforms.teams.heard import PERSONAL, PLATFORM, WHOLE
from bot.platforms.teams.limits import fit
from bot.platforms.teams.members import Members
from bot.platforms.teams.references import Reference, References, addressed
from bot.platforms.teams.render import View, adaptive, attachment, plain_title
from bot.platforms.teams.shown import Shown
from engine.clock import Clock

# Teams takes 60 messages in 30 seconds for a conversation: updates leave time for newer versions to take their turn.
BETWEEN_UPDATES_S = 0.5
TYPING: Json = {"type": "typing"}


@dataclass(frozen=True, slots=True)
class Means:
    """What sending works with."""

    connector: Connector
    posts: Posts
    references: References
    members: Members
    shown: Shown
    offers: Offers
    outbox: Outbox
    clock: Clock


class Sending:
    """One for a platform. Nothing here waits for Teams but `direct`, and nothing raises."""

    def __init__(self, means: Means, tenant: str) -> None:
        self._means = means
        self._tenant = tenant
        self._ended = False

    def show(self, place: Place, card: Card) -> None:
        """Shows or replaces a card for everybody in the place."""
        self._means.shown.put(place, card)
        self._put(place, lambda: self._deliver(place, card), card.subject)
        if not (card.subject and self._means.posts.find(place, card.subject)):
            self._offer(place, card.files)

    def again(self, place: Place, card: Card) -> None:
        """Shows a card anew at the end of the conversation, where somebody asked for it; where it stood before, its buttons vanish."""
        self._means.shown.put(place, card)
        before = self._means.posts.find(place, card.subject) if card.subject else ""
        # Not under its subject: a version that comes meanwhile must not take its turn and end up where the card stood before.
        self._put(place, lambda: self._deliver(place, self._means.shown.get(place, card.subject) or card, anew=True))
        if before:
            self._put(place, lambda: self._withdraw(place, before, card.without_actions("Shown again below.")))
        self._offer(place, card.files)

    def whisper(self, place: Place, login: str, card: Card) -> None:
        """Shows a card in the person's personal chat; where there is none, says in the place that it could not, and nothing of the card."""
        subject = f"private:{card.subject}" if card.subject else ""
        known = self._means.references.personal(login)
        self._put(known or place, lambda: self._whisper(place, login, replace(card, subject=subject)), subject and f"{login} {subject}")

    def offer(self, login: str, files: Sequence[File]) -> bool:
        """Offers files in the person's personal chat; False where that is not known."""
        known = self._means.references.personal(login)
        if known is not None:
            self._offer(known, files)
        return known is not None

    def send(self, place: Place, message: Json) -> None:
        """Sends a message that is no card."""
        self._put(place, lambda: self._post(place, message))

    def hint(self, place: Place, message: Json) -> None:
        """Sends what nobody misses; it is not tried again, for what comes after it must not wait."""
        self._put(place, lambda: self._post_once(place, message))

    async def direct(self, login: str) -> Place | None:
        """The personal chat with this person: a known one, or one that is opened now; None where they have not installed the bot."""
        try:
            return await self._reached(login)
        except (Refusal, Faulty, TooMany):
            return None

    async def close(self) -> None:
        """Delivers what it can in a few seconds, then stops. What comes later is dropped."""
        self._ended = True
        await self._means.outbox.close()

    async def _deliver(self, place: Place, card: Card, *, anew: bool = False, private: bool = False) -> None:
        """One card, where its subject stands already or at the end. May be repeated."""
        reference = self._reference(place)
        view = await self._view(reference, place, card, private=private)
        message = fit(card, lambda less: drawn(less, view))
        kept = self._means.posts.find(place, card.subject) if card.subject and not anew else ""
        if kept and await self._replaced(place, reference, kept, message):
            return
        posted = await self._means.connector.post(reference.service_url, addressed(place, reference), message)
        if card.subject:
            await self._means.posts.keep(place, card.subject, posted)

    async def _replaced(self, place: Place, reference: Reference, message_id: str, message: Json) -> bool:
        """Whether the message could be put in the place of the earlier one; False when that is gone."""
        try:
            await self._means.connector.replace(reference.service_url, addressed(place, reference), message_id, message)
        except Refusal as refusal:
            if is_gone(refusal):
                return False
            raise
        await self._means.clock.sleep(BETWEEN_UPDATES_S)
        return True

    async def _withdraw(self, place: Place, message_id: str, card: Card) -> None:
        """Puts a card without buttons where an earlier one stood, if it still stands there and the newer one below it."""
        reference = self._reference(place)
        if self._means.posts.find(place, card.subject) == message_id:
            return
        await self._replaced(place, reference, message_id, fit(card, lambda less: drawn(less, View())))

    async def _view(self, reference: Reference, place: Place, card: Card, *, private: bool) -> View:
        """For whom a message is drawn: everybody, with the people who may decide fetching their own."""
        decides = any(not action.opens for action in card.actions)
        if reference.style == PERSONAL or not card.subject or not decides:
            return View(private=private)
        refreshers = await self._means.members.refreshers(reference.service_url, place.channel)
        return View(deciding=not refreshers, refreshers=refreshers, private=private)

    async def _reached(self, login: str) -> Place | None:
        """The personal chat with somebody; None where they have not installed the bot. Raises Refusal, Faulty, TooMany."""
        means = self._means
        known, newest = means.references.personal(login), means.references.newest()
        tenant, _, person = login.partition("/")
        if known is not None or newest is None or tenant.lower() != self._tenant.lower() or not person or person.startswith("?"):
            return known
        conversation = await means.connector.converse(newest.service_url, newest.bot, person, self._tenant)
        means.references.note_personal(login, conversation, newest)
        await means.references.keep()
        return Place(PLATFORM, conversation, WHOLE)

    async def _whisper(self, place: Place, login: str, card: Card) -> None:
        try:
            personal = await self._reached(login)
        except Refusal:
            personal = None
        if personal is not None:
            self._means.shown.put(personal, card)
            await self._deliver(personal, card, private=True)
            self._offer(personal, card.files)
            return
        name = await self._name(place, login)
        excuse = Text(f"{name} asked for something that is for nobody else, and I cannot reach them. Open a chat with me and ask there.")
        await self._deliver(place, Card("notice", "Not shown here", blocks=(excuse,)))

    async def _name(self, place: Place, login: str) -> str:
        """What somebody is called in a place."""
        reference = self._reference(place)
        try:
            known = await self._means.members.known(reference.service_url, place.channel)
        except (Faulty, Refusal):
            known = ()
        return next((one.name for one in known if one.person and login.lower().endswith("/" + one.person)), "") or "Somebody"

    async def _post(self, place: Place, message: Json) -> None:
        reference = self._reference(place)
        await self._means.connector.post(reference.service_url, addressed(place, reference), message)

    async def _post_once(self, place: Place, message: Json) -> None:
        with suppress(Faulty):
            await self._post(place, message)

    def _offer(self, place: Place, files: Sequence[File]) -> None:
        """Asks in a personal chat whether the person wants the files; Teams has no such question anywhere else."""
        reference = self._means.references.of(place.channel) if files else None
        if reference is not None and reference.style == PERSONAL:
            for file in files:
                self.send(place, self._means.offers.offer(place.channel, file))

    def _reference(self, place: Place) -> Reference:
        """How a place is spoken to. Raises Refusal where nothing was ever heard from it."""
        reference = self._means.references.of(place.channel)
        if reference is None:
            raise Refusal("no conversation of that id is known; say something to the bot there first")
        return reference

    def _put(self, place: Place, job: Job, key: str = "") -> None:
        if not self._ended:
            self._means.outbox.put(place, job, key)


def drawn(card: Card, view: View) -> Json:
    """A card as the message that carries it."""
    return {"type": "message", "summary": plain_title(card), "attachments": [attachment(adaptive(card, view))]}
