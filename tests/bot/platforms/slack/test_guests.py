"""Who is a guest: asked once in five minutes, and again when Slack did not say."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.platforms.slack.calls import Calls
from bot.platforms.slack.guests import Guests
from engine.clock import FakeClock
from tests.bot.platforms.slack.server import LENA, TEAM, TOKEN, Trouble, slack_server


async def test_an_answer_is_remembered_for_some_minutes_and_a_failure_is_not() -> None:
    clock = FakeClock(datetime(2026, 11, 21, tzinfo=UTC))
    async with slack_server() as server:
        calls = Calls(f"{server.base}/api/", TOKEN)
        guests = Guests(calls, clock)
        guests.teams = {TEAM}
        login = f"{TEAM}/{LENA}"
        server.troubles["users.info"] = [Trouble(500), Trouble(error="user_not_found")]
        assert [await guests.is_guest(login) for _ in range(4)] == [True, True, False, False]
        assert len(server.called("users.info")) == 3
        server.users[LENA]["is_restricted"] = True
        assert not await guests.is_guest(login)
        clock.advance(301)
        assert await guests.is_guest(login)
        for nobody in ("", f"/{LENA}", f"T0OTHER/{LENA}"):
            assert await guests.is_guest(nobody)
        await calls.close()
