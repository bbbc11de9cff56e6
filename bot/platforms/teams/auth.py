"""The door: whether a request comes from Teams, from our tenant and for our bot. Edge (keys).

The token is validated by botframework-connector (issuer, algorithm, signature, expiry) over our own key store, and held against the activity
it came with. There is one way around it, for a playground on this very machine, and it cannot be opened on any other address.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

import jwt
from botframework.connector.auth import AuthenticationConstants, VerifyOptions
from botframework.connector.auth.jwt_token_extractor import JwtTokenExtractor

from bot.platforms.teams.heard import tenant_of
from bot.platforms.teams.signing import KeysAway, SigningKeys, UnknownKey
from engine.errors import SettingsError
from engine.logs import Log
from engine.settings import TeamsSettings

CHANNEL = "msteams"
ISSUER = AuthenticationConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER
ALGORITHM = "RS256"
TOLERANCE_S = 300
_log = Log("escher.teams")


class Unproven(Exception):
    """401: the request does not prove that Teams sent it."""


class Foreign(Exception):
    """403: Teams sent it, but not from where we take anything."""


class Door:
    """One for a bot. `open_to_playground` takes requests without a token, from this machine alone."""

    def __init__(self, settings: TeamsSettings, keys: SigningKeys, *, open_to_playground: bool = False) -> None:
        if open_to_playground:
            insist_on_loopback(settings)
        self._settings = settings
        self._open = open_to_playground
        self._extractor = JwtTokenExtractor(
            VerifyOptions(issuer=[ISSUER], audience=None, clock_tolerance=TOLERANCE_S, ignore_expiration=False),
            settings.metadata_url,
            [ALGORITHM],
        )
        # Its own store would fetch within the event loop; it has not fetched anything yet.
        self._extractor.open_id_metadata = keys

    async def admit(self, header: str, activity: Mapping[str, object]) -> None:
        """Returns when the activity may be acted on. Raises Unproven, Foreign, and KeysAway when nothing can be proven now."""
        if not (self._open and not header):
            await self._prove(header, str(activity.get("serviceUrl") or ""))
        if activity.get("channelId") != CHANNEL:
            raise Foreign(f"channel {str(activity.get('channelId'))[:40]!r} is not Teams")
        if not served_by(str(activity.get("serviceUrl") or ""), self._settings.service_urls):
            raise Foreign("its service address is not one of `service_urls`")
        if tenant_of(activity) != self._settings.tenant.lower():
            raise Foreign("it is from another tenant")

    async def _prove(self, header: str, service_url: str) -> None:
        parts = header.split(" ")
        if len(parts) != 2 or parts[0] != "Bearer":
            raise Unproven("no bearer token")
        try:
            # Refused before any key is looked up: the extractor's own refusal of these has no name to catch.
            if jwt.get_unverified_header(parts[1]).get("alg") != ALGORITHM:
                raise Unproven("signed in a way Teams does not")
            identity = await self._extractor.get_identity(parts[0], parts[1], CHANNEL)
        except (jwt.PyJWTError, UnknownKey) as error:
            raise Unproven(type(error).__name__) from None
        claims = identity.claims if identity is not None and identity.is_authenticated else {}
        if claims.get("iss") != ISSUER or not claims.get("exp"):
            raise Unproven("issued by somebody else, or for ever")
        if claims.get("aud") != self._settings.app_id:
            raise Unproven("issued for another bot")
        if claims.get("serviceurl") != service_url:
            raise Unproven("its service address is not the activity's")


def served_by(url: str, allowed: tuple[str, ...]) -> bool:
    """Whether an address is one of the allowed ones or below one; `https://a.com.evil.com` is not below `https://a.com`."""
    if any(part in (".", "..") for part in urlsplit(url).path.split("/")) or "\\" in url or "@" in urlsplit(url).netloc:
        return False
    return any((url.rstrip("/") + "/").startswith(one.rstrip("/") + "/") for one in allowed)


def insist_on_loopback(settings: TeamsSettings) -> None:
    """Raises SettingsError unless everything the bot talks to and listens on is this machine."""
    addresses = [
        settings.host,
        *(urlsplit(url).hostname or "" for url in (settings.login_url, settings.metadata_url, *settings.service_urls)),
    ]
    if far := [one for one in addresses if not _is_loopback(one)]:
        raise SettingsError(
            f"Teams without tokens is for a playground on this machine, but `{far[0]}` is not this machine.",
            hint="Set `host`, `login_url`, `metadata_url` and `service_urls` to loopback addresses, or take tokens.",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


__all__ = ["Door", "Foreign", "KeysAway", "Unproven", "insist_on_loopback", "served_by"]
