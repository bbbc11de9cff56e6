"""What the bot asks of Teams, over real HTTP: tokens, and what each refusal means."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from bot.platforms.outbox import Faulty, Refusal, TooMany
from bot.platforms.teams.connector import BotConnector, is_gone
from bot.platforms.teams.token import Bearer, NoToken
from engine.clock import FakeClock
from tests.bot.platforms.teams.running import settings_for
from tests.bot.platforms.teams.service import BOT, GINA, LENA, NOAH, SECRET, TENANT, TOKEN, TeamsService, teams_service

MINE = "a:29:lena"
HELLO = {"type": "message", "text": "hello"}


@dataclass
class Line:
    """A connector with a stand-in service at the other end."""

    connector: BotConnector
    service: TeamsService
    bearer: Bearer
    clock: FakeClock


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with teams_service() as service, httpx.AsyncClient() as client:
        clock = FakeClock(datetime(2026, 11, 21, tzinfo=UTC))
        bearer = Bearer(settings_for(service), SECRET, client, clock)
        yield Line(BotConnector(client, bearer), service, bearer, clock)


async def test_a_message_is_posted_and_replaced_with_the_bots_token(line: Line) -> None:
    number = await line.connector.post(line.service.url, MINE, HELLO)
    await line.connector.replace(line.service.url, MINE, number, {"type": "message", "text": "bye"})
    assert [one["text"] for one in line.service.messages(MINE)] == ["bye"]
    assert {one.authorization for one in line.service.asked} == {f"Bearer {TOKEN}"}


async def test_the_token_is_asked_for_once_until_it_is_about_to_end(line: Line) -> None:
    for _ in range(3):
        await line.connector.post(line.service.url, MINE, HELLO)
    assert line.service.tokens == 1
    line.clock.advance(3599 - 300)
    await line.connector.post(line.service.url, MINE, HELLO)
    assert line.service.tokens == 2


async def test_a_wrong_secret_says_so_and_prints_nothing(line: Line) -> None:
    line.service.takes_secret = False
    with pytest.raises(NoToken) as refused:
        await line.bearer.token()
    assert str(refused.value) == "Microsoft Entra gave the bot no token: 401 invalid_client"


async def test_too_many_says_for_how_long(line: Line) -> None:
    for said, seconds in (("7", 7.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 2.0), ("", 2.0)):
        line.service.next.append((429, {"Retry-After": said} if said else {}))
        with pytest.raises(TooMany) as limit:
            await line.connector.post(line.service.url, MINE, HELLO)
        assert limit.value.after_s == seconds


@pytest.mark.parametrize("status", [500, 502, 503, 504, 412, 408])
async def test_what_may_pass_is_a_fault_and_is_sent_once(line: Line, status: int) -> None:
    line.service.next.append((status, {}))
    with pytest.raises(Faulty):
        await line.connector.post(line.service.url, MINE, HELLO)
    assert len(line.service.asked) == 1


async def test_a_token_that_is_not_taken_is_asked_for_anew(line: Line) -> None:
    line.service.next.append((401, {}))
    with pytest.raises(Faulty):
        await line.connector.post(line.service.url, MINE, HELLO)
    await line.connector.post(line.service.url, MINE, HELLO)
    assert line.service.tokens == 2


async def test_what_is_gone_is_told_from_what_is_forbidden(line: Line) -> None:
    with pytest.raises(Refusal) as gone:
        await line.connector.replace(line.service.url, MINE, "17", HELLO)
    assert is_gone(gone.value)
    line.service.next.append((403, {}))
    with pytest.raises(Refusal) as forbidden:
        await line.connector.post(line.service.url, MINE, HELLO)
    assert not is_gone(forbidden.value)
    with pytest.raises(Refusal, match="413 MessageSizeTooBig"):
        await line.connector.post(line.service.url, MINE, {"type": "message", "text": "x" * 30_000})


async def test_nobody_there_is_a_fault(line: Line) -> None:
    with pytest.raises(Faulty):
        await line.connector.post("http://127.0.0.1:9/", MINE, HELLO)


async def test_members_are_known_with_role_and_tenant(line: Line) -> None:
    one = await line.connector.member(line.service.url, "19:group@thread.v2", GINA.sender)
    assert (one.person, one.role, one.tenant, one.name) == (GINA.person, "guest", TENANT, "Gina Guest")
    assert {one.id for one in await line.connector.members(line.service.url, "19:group@thread.v2")} >= {LENA.sender, GINA.sender}


async def test_a_personal_chat_is_opened_where_the_bot_is_installed(line: Line) -> None:
    assert await line.connector.converse(line.service.url, BOT, LENA.person, TENANT) == MINE
    with pytest.raises(Refusal, match="403 BotNotInstalled"):
        await line.connector.converse(line.service.url, BOT, NOAH.person, TENANT)


async def test_an_answer_that_cannot_be_read_is_a_fault() -> None:
    pages = httpx.MockTransport(lambda _: httpx.Response(502, text="<html>", headers={"Content-Type": "text/html"}))
    async with httpx.AsyncClient(transport=pages) as client:
        with pytest.raises(Faulty):
            await BotConnector(client, None).post("https://x.example/", MINE, HELLO)
