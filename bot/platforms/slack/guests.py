"""Who is a guest, from another organisation, or a bot: Slack is asked, and remembered for some minutes. Edge."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.platforms.outbox import Faulty, Refusal, TooMany
from bot.platforms.slack.calls import Calls
from engine.clock import Clock

REMEMBERED = timedelta(minutes=5)
MOST = 10_000
SIGNS = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted")


class Guests:
    """Tells guests from colleagues. Whoever Slack does not vouch for is a guest."""

    def __init__(self, calls: Calls, clock: Clock) -> None:
        self._calls = calls
        self._clock = clock
        self._known: dict[str, tuple[datetime, bool]] = {}
        self.teams: Collection[str] = ()

    async def is_guest(self, login: str) -> bool:
        """Whether this person may not decide anything. Never raises: what cannot be asked counts as yes, and is asked again next time."""
        team, _, user = login.partition("/")
        if not team or team not in self.teams:
            return True
        known = self._known.get(user)
        if known and self._clock.now() - known[0] < REMEMBERED:
            return known[1]
        try:
            answer = await self._calls.call("users.info", user=user)
        except (TooMany, Faulty, Refusal):
            return True
        guest = any(answer["user"].get(sign) for sign in SIGNS)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[user] = (self._clock.now(), guest)
        return guest
