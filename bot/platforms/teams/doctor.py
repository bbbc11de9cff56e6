"""What `escher doctor` looks at for Teams: the bot's secret, the keys of Teams, and the port. Edge."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from bot.platforms import listening
from bot.platforms.teams.signing import KeysAway, SigningKeys
from bot.platforms.teams.token import Bearer, NoToken
from engine.clock import Clock, SystemClock
from engine.errors import SettingsError
from engine.settings import TeamsSettings

TIMEOUT_S = 10.0
Finding = tuple[str, bool, str]


async def check(settings: TeamsSettings, secret: str, clock: Clock | None = None) -> Sequence[Finding]:
    """Name, whether it is well, and what there is to say, for each thing looked at. Never raises, never says the secret."""
    clock = clock or SystemClock()
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
        return [
            await _secret(Bearer(settings, secret, client, clock)),
            await _keys(SigningKeys(settings.metadata_url, client, clock)),
            _port(settings),
        ]


async def _secret(bearer: Bearer) -> Finding:
    try:
        await bearer.token()
    except NoToken as refusal:
        return "teams secret", False, f"{refusal}. Check `teams.app_id`, `teams.tenant` and the secret, and that it has not expired."
    return "teams secret", True, "Microsoft Entra gives the bot a token."


async def _keys(keys: SigningKeys) -> Finding:
    try:
        count = await keys.refresh()
    except KeysAway as away:
        return (
            "teams keys",
            False,
            f"{away} Nothing that Teams sends can be believed until then. Check `teams.metadata_url` and the network.",
        )
    return "teams keys", count > 0, f"Teams publishes {count} keys to check its messages with."


def _port(settings: TeamsSettings) -> Finding:
    """A port that is taken is well while the bot itself runs; only a person can tell."""
    address = f"{settings.host}:{settings.port}"
    try:
        listening.take(settings.host, settings.port, "teams.port").close()
    except SettingsError as taken:
        return "teams port", False, f"{taken} That is as it should be while `escher run` runs."
    return "teams port", True, f"{address} is free; your proxy passes https://…/api/messages on to it."
