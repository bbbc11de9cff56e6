"""Who is in a conversation: asked once in five minutes, and never guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.platforms.outbox import Faulty
from bot.platforms.teams.connector import Member
from bot.platforms.teams.heard import Heard, heard
from bot.platforms.teams.members import Members
from engine.clock import FakeClock
from tests.bot.platforms.teams.service import LENA, OMAR, TENANT, TeamsService

GROUP = "19:group@thread.v2"
URL = "https://teams.example/"


class Roster:
    """The member routes of a connector, over a list; `away` makes them fail as a service that is down."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.all = list(members)
        self.away = False
        self.asked = 0

    async def member(self, service_url: str, conversation: str, sender: str) -> Member:
        self._check()
        return next(one for one in self.all if one.id == sender)

    async def members(self, service_url: str, conversation: str) -> Sequence[Member]:
        self._check()
        return self.all

    def _check(self) -> None:
        self.asked += 1
        if self.away:
            raise Faulty("503")


def known(*people, role="user") -> list[Member]:
    return [Member(one.sender, one.person, role, TENANT, one.name) for one in people]


def asking(roster: Roster, logins: Sequence[str] = (LENA.login, OMAR.login)) -> tuple[Members, FakeClock]:
    clock = FakeClock(datetime(2026, 11, 21, tzinfo=UTC))
    return Members(roster, TENANT, lambda: logins, clock), clock


def click_of(who) -> Heard:
    said = heard(TeamsService().activity(who, GROUP, "invoke", name="adaptiveCard/action"))
    assert said is not None
    return said


async def test_a_standing_is_asked_for_once_in_five_minutes():
    roster = Roster(known(LENA))
    members, clock = asking(roster)
    assert [await members.standing(click_of(LENA)) for _ in range(3)] == ["own"] * 3
    assert roster.asked == 1
    roster.all = known(LENA, role="guest")
    clock.advance(299)
    assert await members.standing(click_of(LENA)) == "own"
    clock.advance(2)
    assert await members.standing(click_of(LENA)) == "guest"


async def test_an_outage_is_not_remembered_and_nobody_is_let_through():
    roster = Roster(known(LENA))
    members, _ = asking(roster)
    roster.away = True
    assert await members.standing(click_of(LENA)) == "unknown"
    roster.away = False
    assert await members.standing(click_of(LENA)) == "own"


async def test_configured_people_who_are_there_refresh():
    roster = Roster(known(LENA, OMAR))
    members, clock = asking(roster, (LENA.login.upper(), "other-tenant/" + OMAR.person, f"{TENANT}/nobody"))
    assert await members.refreshers(URL, GROUP) == (LENA.sender,)
    await members.refreshers(URL, GROUP)
    assert roster.asked == 1
    clock.advance(301)
    roster.away = True
    assert await members.refreshers(URL, GROUP) == ()


async def test_more_than_teams_refreshes_for_are_none():
    many = [Member(f"29:{i}", f"p{i}", "user", TENANT) for i in range(61)]
    members, _ = asking(Roster(many), [f"{TENANT}/p{i}" for i in range(61)])
    assert await members.refreshers(URL, GROUP) == ()
    fewer, _ = asking(Roster(many), [f"{TENANT}/p{i}" for i in range(60)])
    assert len(await fewer.refreshers(URL, GROUP)) == 60


async def test_without_configured_people_nobody_is_asked():
    roster = Roster(known(LENA))
    members, _ = asking(roster, ())
    assert await members.refreshers(URL, GROUP) == ()
    assert roster.asked == 0
