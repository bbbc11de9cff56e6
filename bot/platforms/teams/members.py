"""Who is in a conversation, as Teams says: guests and strangers for clicks, members' ids for cards that refresh. Edge.

Answers are kept for five minutes. Where Teams cannot be asked, nobody's standing is guessed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from bot.platforms.outbox import Faulty, Refusal, TooMany
from bot.platforms.teams.buttons import MOST_REFRESHERS
from bot.platforms.teams.connector import Connector, Member, is_gone
from bot.platforms.teams.heard import Heard
from engine.clock import Clock

KEPT_S = 300
MOST = 5000
Standing = Literal["own", "guest", "unknown"]
Key = TypeVar("Key")
Value = TypeVar("Value")


class Members:
    """One for a platform. `logins` are the configured people's, as `TENANT/OBJECT-ID`."""

    def __init__(self, connector: Connector, tenant: str, logins: Callable[[], Sequence[str]], clock: Clock) -> None:
        self._connector = connector
        self._tenant = tenant.lower()
        self._logins = logins
        self._clock = clock
        self._standings: OrderedDict[tuple[str, str], tuple[float, Standing]] = OrderedDict()
        self._members: OrderedDict[str, tuple[float, tuple[Member, ...]]] = OrderedDict()

    async def standing(self, heard: Heard) -> Standing:
        """Whether who pressed belongs to the tenant. Bots, guests, people of other tenants and people who are not there are guests."""
        if heard.is_bot:
            return "guest"
        key, now = (heard.place.channel, heard.sender), self._now()
        kept = self._standings.get(key)
        if kept is not None and now - kept[0] < KEPT_S:
            return kept[1]
        try:
            found = self._judged(await self._connector.member(heard.service_url, heard.place.channel, heard.sender), heard.person)
        except Refusal as refusal:
            if not is_gone(refusal):
                return "unknown"
            found = "guest"
        except (Faulty, TooMany):
            return "unknown"
        _put(self._standings, key, (now, found))
        return found

    async def refreshers(self, service_url: str, channel: str) -> tuple[str, ...]:
        """The ids of the configured people in a conversation; none where they cannot be known or are too many to refresh for."""
        people = {login.lower().partition("/")[2] for login in self._logins() if login.lower().startswith(self._tenant + "/")}
        if not people:
            return ()
        try:
            known = await self.known(service_url, channel)
        except (Faulty, Refusal):
            return ()
        ids = tuple(member.id for member in known if member.person in people and member.id)
        return ids if len(ids) <= MOST_REFRESHERS else ()

    async def known(self, service_url: str, channel: str) -> tuple[Member, ...]:
        """The members of a conversation. Raises TooMany, Faulty, Refusal."""
        kept = self._members.get(channel)
        if kept is not None and self._now() - kept[0] < KEPT_S:
            return kept[1]
        found = tuple(await self._connector.members(service_url, channel))
        _put(self._members, channel, (self._now(), found))
        return found

    def _judged(self, member: Member, person: str) -> Standing:
        """What Teams must say of somebody of our own: a user, of this tenant, and the person the activity named."""
        own = member.role in ("user", "owner") and member.tenant in ("", self._tenant) and member.person == person
        return "own" if own else "guest"

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _put(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    while len(kept) > MOST:
        kept.popitem(last=False)
