"""Microsoft Teams as a platform: personal chats, group chats and channels of one tenant. Edge.

Theory of operation. Teams posts activities to `server.py`; `auth.py` lets in what Teams signed for our tenant; `receiving.py` and
`invoking.py` hand it to the inbox and answer in time. What is shown goes through `sending.py` and the outbox to `connector.py`. Places: the
channel is the conversation's id; the thread is a channel thread's first message, or `-` for a conversation as a whole (personal and group
chats have no threads; in a channel it begins one).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import httpx

from bot.cards.card import Card
from bot.platforms.outbox import Outbox
from bot.platforms.platform import Inbox, Place, Posts
from bot.platforms.teams.auth import Door
from bot.platforms.teams.connector import BotConnector
from bot.platforms.teams.files import Offers
from bot.platforms.teams.heard import PLATFORM
from bot.platforms.teams.invoking import Invoking
from bot.platforms.teams.members import Members
from bot.platforms.teams.patience import Patience
from bot.platforms.teams.receiving import Receiving
from bot.platforms.teams.references import References
from bot.platforms.teams.sending import Means, Sending
from bot.platforms.teams.server import Listener
from bot.platforms.teams.shown import Shown
from bot.platforms.teams.signing import SigningKeys
from bot.platforms.teams.token import Bearer
from engine.clock import Clock, SystemClock
from engine.settings import TeamsSettings

TIMEOUT_S = 15.0


class TeamsPlatform:
    """One for a tenant.

    `logins` are the configured people's, `TENANT/OBJECT-ID`. `open_to_playground` takes and sends without tokens, on this machine alone.
    """

    def __init__(
        self,
        settings: TeamsSettings,
        secret: str,
        posts: Posts,
        logins: Callable[[], Sequence[str]],
        *,
        clock: Clock | None = None,
        open_to_playground: bool = False,
    ) -> None:
        clock = clock or SystemClock()
        self._client = httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False)
        self._tokens = not open_to_playground
        self._keys = SigningKeys(settings.metadata_url, self._client, clock)
        self._listener = Listener(settings, Door(settings, self._keys, open_to_playground=open_to_playground))
        bearer = None if open_to_playground else Bearer(settings, secret, self._client, clock)
        connector = BotConnector(self._client, bearer)
        self._means = Means(
            connector=connector,
            posts=posts,
            references=References(posts, settings.service_urls),
            members=Members(connector, settings.tenant, logins, clock),
            shown=Shown(),
            offers=Offers(self._client, ("https", "http") if open_to_playground else ("https",)),
            outbox=Outbox(PLATFORM, clock),
            clock=clock,
        )
        self._sending = Sending(self._means, settings.tenant)

    @property
    def name(self) -> str:
        return PLATFORM

    def open(self) -> int:
        """Takes the port now, so that a port in use is known at once, and returns it. Raises SettingsError."""
        return self._listener.open()

    async def show(self, place: Place, card: Card) -> None:
        """Shows or replaces a card for everybody in the place."""
        self._sending.show(place, card)

    async def whisper(self, place: Place, login: str, card: Card) -> None:
        """Shows a card in the person's personal chat; where there is none, says in the place that it could not, and nothing of the card."""
        self._sending.whisper(place, login, card)

    async def direct(self, login: str) -> Place | None:
        """The personal chat with this person; it is opened where they have installed the bot and never spoke to it."""
        return await self._sending.direct(login)

    async def settled(self) -> None:
        """Waits until everything that was shown has arrived or was given up."""
        await self._means.outbox.settled()

    async def run(self, inbox: Inbox) -> None:
        """Serves until cancelled. Raises SettingsError when the port is taken."""
        patience = Patience()
        invoking = Invoking(inbox, self._means, self._sending, patience)
        receiving = Receiving(inbox, self._means, self._sending, invoking, patience)
        if self._tokens:
            self._keys.warm()
        try:
            await self._listener.serve(receiving.take)
        finally:
            await patience.close()
            await self._sending.close()
            await self._keys.close()
            await self._client.aclose()
