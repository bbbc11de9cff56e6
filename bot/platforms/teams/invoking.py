"""Invokes: what Teams wants answered at once. Buttons, modals, refreshed cards and files. Edge.

Action.Execute answers with a card that takes the message's place for the person who clicked, and for nobody else: it is the newest version of
the card, with what the click came to above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.cards.card import Action, Card, File, Note
from bot.platforms.outbox import Faulty, Refusal, TooMany
from bot.platforms.platform import Click, Inbox
from bot.platforms.teams.buttons import REFRESH
from bot.platforms.teams.escape import Json
from bot.platforms.teams.heard import PERSONAL, Heard
from bot.platforms.teams.limits import excerpt, fit, fit_form
from bot.platforms.teams.patience import Patience
from bot.platforms.teams.pressed import Press, pressed
from bot.platforms.teams.render import ATTACHMENT, View, adaptive, plain_title
from bot.platforms.teams.sending import Means, Sending
from bot.platforms.teams.task import form_card, look_card, opened

MESSAGE = "application/vnd.microsoft.activity.message"
# Longer files are offered for download instead of being shown in a modal.
SHOWN_CHARACTERS = 4000
LATER = "Still working on it. I say here when it is done."
UNKNOWN = Card(
    "refusal", "Not done: I could not check who you are", "danger", (Note("Teams did not say. Press again in a moment.", "danger"),)
)
# The HTTP status and what is said with it.
Answer = tuple[int, Json | None]


class Invoking:
    """One for a running platform."""

    def __init__(self, inbox: Inbox, means: Means, sending: Sending, patience: Patience) -> None:
        self._inbox = inbox
        self._means = means
        self._sending = sending
        self._patience = patience

    async def take(self, said: Heard) -> Answer:
        """The answer to an invoke; 501 to one that is none of ours."""
        press = pressed(said.value)
        match said.name:
            case "adaptiveCard/action" if press is not None:
                return 200, await (self._refreshed(said, press) if press.verb == REFRESH else self._executed(said, press))
            case "task/fetch" if press is not None:
                return 200, await self._fetched(said, press)
            case "task/submit" if press is not None:
                return 200, await self._filled(said, press)
            case "fileConsent/invoke":
                await self._patience.wait(self._file(said))
                return 200, None
        return 501, None

    async def submit(self, said: Heard, press: Press) -> None:
        """A button whose client waits for no answer."""
        self._tell(said, await self._click(said, press))

    async def _executed(self, said: Heard, press: Press) -> Json:
        """What a click came to, above the card that it was made on."""

        def late(found: tuple[Card | None, Json]) -> None:
            self._tell(said, found[0])

        acted = await self._patience.wait(self._acted(said, press), late)
        return acted.result()[1] if acted.done() else _message(LATER)

    async def _acted(self, said: Heard, press: Press) -> tuple[Card | None, Json]:
        """What the inbox answered, and how that is shown."""
        answer = await self._click(said, press)
        now = self._means.shown.get(said.place, press.card)
        if now is not None:
            return answer, await self._own_view(said, now, answer)
        if answer is None:
            return None, _message("Noted.")
        return answer, _card(fit(answer, lambda less: adaptive(less, View(private=True))))

    async def _refreshed(self, said: Heard, press: Press) -> Json:
        """The view of somebody who may decide. What was shown before a restart is not known until it is shown again."""
        now = self._means.shown.get(said.place, press.card)
        if now is None:
            return _message("The newest state stands in this conversation.")
        view = await self._patience.wait(self._own_view(said, now, None))
        return view.result() if view.done() else _message("Look again in a moment.")

    async def _own_view(self, said: Heard, card: Card, answer: Card | None) -> Json:
        """The newest card with all its buttons, for one person, to be refreshed as before."""
        shared = said.conversation != PERSONAL and bool(card.actions)
        people = await self._refreshers(said) if shared else ()
        view = View(refreshers=people, answer=excerpt(answer) if answer is not None else None)
        return _card(fit(card, lambda less: adaptive(less, view)))

    async def _refreshers(self, said: Heard) -> tuple[str, ...]:
        try:
            return await self._means.members.refreshers(said.service_url, said.place.channel)
        except TooMany:
            return ()

    async def _fetched(self, said: Heard, press: Press) -> Json:
        """A modal: the button's form as it is now, or the card that it opens."""
        work = self._form(said, press) if press.asks == "form" else self._click(said, press)
        fetched = await self._patience.wait(work)
        if not fetched.done():
            return _note("That takes longer than Teams waits. Press again in a moment.")
        found = fetched.result()
        if isinstance(found, Action):
            modal = fit_form(found, form_card)
            return opened(found.label, modal, wide=len(found.form) > 1 or any(one.choices for one in found.form))
        return self._looked(said, found) or _note("There is nothing more to see.")

    async def _filled(self, said: Heard, press: Press) -> Json | None:
        """What a modal's form came to, in the modal; nothing closes it."""
        clicked = await self._patience.wait(self._click(said, press), lambda card: self._tell(said, card))
        return self._looked(said, clicked.result()) if clicked.done() else _note(LATER)

    def _looked(self, said: Heard, card: Card | None) -> Json | None:
        """A card in a modal; its long files are offered in the personal chat, where that is known."""
        if card is None:
            return None
        long = [file for file in card.files if len(file.text) > SHOWN_CHARACTERS]
        if long and self._sending.offer(said.login, long):
            card = _offered(card, long)
        return opened(plain_title(card), fit(card, look_card))

    async def _form(self, said: Heard, press: Press) -> Action | Card:
        click = await self._asked(said, press)
        return UNKNOWN if click is None else await self._inbox.form(click)

    async def _click(self, said: Heard, press: Press) -> Card | None:
        click = await self._asked(said, press)
        return UNKNOWN if click is None else await self._inbox.clicked(click)

    async def _asked(self, said: Heard, press: Press) -> Click | None:
        """The click with what Teams says of the person; None where Teams cannot be asked, for then nobody is let through."""
        standing = await self._means.members.standing(said)
        if standing == "unknown":
            return None
        return Click(said.id, said.place, said.login, press.verb, press.subject, press.fields, guest=standing == "guest")

    def _tell(self, said: Heard, card: Card | None) -> None:
        """Says to the person alone what a click came to."""
        if card is not None:
            self._sending.whisper(said.place, said.login, card)

    async def _file(self, said: Heard) -> None:
        """Hands over a file that the person wants."""
        try:
            message = await self._means.offers.answered(said.place.channel, said.value)
        except (Faulty, Refusal):
            failed = Note("Teams took it back, or it was offered too long ago. Ask for it again.", "danger")
            self._sending.show(said.place, Card("error", "The file could not be handed over", "danger", (failed,)))
            return
        if message is not None:
            self._sending.send(said.place, message)


def _offered(card: Card, long: Sequence[File]) -> Card:
    """The card without the files that go another way."""
    kept = tuple(file for file in card.files if file not in long)
    note = Note(f"{', '.join(file.name for file in long)}: offered for download in our chat.")
    return replace(card, files=kept, blocks=(*card.blocks, note))


def _card(content: Json) -> Json:
    return {"statusCode": 200, "type": ATTACHMENT, "value": content}


def _message(text: str) -> Json:
    return {"statusCode": 200, "type": MESSAGE, "value": text}


def _note(text: str) -> Json:
    """A sentence in a modal."""
    return {"task": {"type": "message", "value": text}}
