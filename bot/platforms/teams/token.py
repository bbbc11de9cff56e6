"""The bot's own token, with which it speaks to Teams: asked for with its secret, kept until shortly before it ends. Edge.

The client-credentials grant of Microsoft Entra, at the tenant of the bot. The secret and the token are in no message, log or error.
"""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import httpx

from bot.platforms.outbox import Faulty
from engine.clock import Clock
from engine.settings import TeamsSettings

SCOPE = "https://api.botframework.com/.default"
EARLY_S = 300


class NoToken(Faulty):
    """Microsoft Entra gave no token. `why` is its own word for the reason."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Microsoft Entra gave the bot no token: {why}")
        self.why = why


class Bearer:
    """One for a bot."""

    def __init__(self, settings: TeamsSettings, secret: str, client: httpx.AsyncClient, clock: Clock) -> None:
        self._url = f"{settings.login_url.rstrip('/')}/{quote(settings.tenant, safe='')}/oauth2/v2.0/token"
        self._app_id = settings.app_id
        self._secret = secret
        self._client = client
        self._clock = clock
        self._token = ""
        self._ends_at = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def token(self) -> str:
        """A token that lasts for some minutes. Raises NoToken."""
        async with self._one_at_a_time:
            if not self._token or self._clock.now().timestamp() >= self._ends_at - EARLY_S:
                await self._renew()
            return self._token

    def drop(self) -> None:
        """Forgets the token: Teams did not take it."""
        self._token = ""

    async def _renew(self) -> None:
        form = {"grant_type": "client_credentials", "client_id": self._app_id, "client_secret": self._secret, "scope": SCOPE}
        try:
            answer = await self._client.post(self._url, data=form)
            said = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise NoToken(type(error).__name__) from None
        if answer.status_code != httpx.codes.OK or not isinstance(said, dict) or not isinstance(said.get("access_token"), str):
            reason = said.get("error") if isinstance(said, dict) else None
            raise NoToken(f"{answer.status_code} {str(reason or '')[:60]}".strip())
        self._token = said["access_token"]
        self._ends_at = self._clock.now().timestamp() + float(said.get("expires_in") or 0)
