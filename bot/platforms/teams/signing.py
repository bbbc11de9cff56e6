"""The keys Teams signs with, as its OpenID metadata publishes them: fetched when needed, kept for a day. Edge.

It stands in for the key store of botframework-connector, which fetches synchronously, never looks again for an unknown key, and lets keys
without endorsements sign for every channel.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx
from jwt.algorithms import RSAAlgorithm

from engine.clock import Clock

KEPT_S = 24 * 3600
# An unknown key makes us look again, but not more often than this: anybody can send unknown keys.
AGAIN_S = 300
PATIENCE_S = 2.0
CHANNEL = "msteams"


class UnknownKey(Exception):
    """No published key has that id, or it may not sign for Teams."""


class KeysAway(Exception):
    """The metadata could not be read; nobody can be told from anybody else."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """In the shape that botframework-connector's extractor reads."""

    public_key: Any
    endorsements: tuple[str, ...]


class SigningKeys:
    """One for a metadata address."""

    def __init__(self, metadata_url: str, client: httpx.AsyncClient, clock: Clock) -> None:
        self._url = metadata_url
        self._client = client
        self._clock = clock
        self._keys: dict[str, SigningKey] = {}
        self._read_at = 0.0
        self._reading: asyncio.Task[None] | None = None
        self._away = ""

    async def get(self, key_id: str | None) -> SigningKey:
        """The key of that id, if it may sign for Teams. Raises UnknownKey, KeysAway."""
        age = self._clock.now().timestamp() - self._read_at
        if age > KEPT_S or (key_id not in self._keys and age > AGAIN_S):
            await self._read()
        key = self._keys.get(key_id or "")
        if key is None or CHANNEL not in key.endorsements:
            raise UnknownKey(f"No published key {str(key_id)[:40]!r} may sign for Teams.")
        return key

    def warm(self) -> None:
        """Begins to read the keys, so that the first message need not wait for them."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._attempt())

    async def _read(self) -> None:
        """Waits for the keys no longer than Teams waits for us; reading goes on, one at a time. Raises KeysAway."""
        self.warm()
        assert self._reading is not None
        await asyncio.wait({self._reading}, timeout=PATIENCE_S)
        if not self._reading.done():
            raise KeysAway(f"The keys that Teams signs with are still being read from {self._url}.")
        if self._away:
            raise KeysAway(self._away)

    async def _attempt(self) -> None:
        """Reads the keys; what went wrong stands in `_away`."""
        self._away = ""
        try:
            await self.refresh()
        except KeysAway as away:
            self._away = str(away)

    async def close(self) -> None:
        """Ends what is being read."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def refresh(self) -> int:
        """Reads the keys anew and returns how many there are. Raises KeysAway; then the old ones stay."""
        try:
            metadata = await self._json(self._url)
            published = (await self._json(str(metadata["jwks_uri"])))["keys"]
            self._keys = {str(key["kid"]): _key(key) for key in published if key.get("kty") == "RSA"}
        except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
            raise KeysAway(f"The keys that Teams signs with could not be read from {self._url}: {type(error).__name__}.") from None
        self._read_at = self._clock.now().timestamp()
        return len(self._keys)

    async def _json(self, url: str) -> Any:
        answer = await self._client.get(url)
        answer.raise_for_status()
        return answer.json()


def _key(published: dict[str, Any]) -> SigningKey:
    return SigningKey(RSAAlgorithm.from_jwk(json.dumps(published)), tuple(published.get("endorsements") or ()))
