"""Nothing reaches the inbox unless Teams signed it, for our bot and our tenant: wrong, expired and foreign tokens over real HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from datetime import timedelta
from functools import cache

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.platforms.teams.auth import Door, Foreign, KeysAway, Unproven, insist_on_loopback, served_by
from bot.platforms.teams.platform import TeamsPlatform
from bot.platforms.teams.signing import SigningKeys
from engine.clock import SystemClock
from engine.errors import SettingsError
from engine.settings import TeamsSettings
from tests.bot.platforms.teams.running import FakePosts, Served, settings_for
from tests.bot.platforms.teams.service import APP_ID, LENA, TENANT, teams_service

MINE = "a:29:lena"
HOUR = 3600


@cache
def other_key() -> rsa.RSAPrivateKey:
    """A key that Teams does not publish."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


async def delivered(teams: Served, token: str | None, **more: object) -> int:
    """The status of a message with this token; checks that only an admitted one reached the inbox."""
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    answer = await teams.service.deliver(teams.service.said(LENA, MINE, "hello", **more), headers=headers)
    assert answer.content == b""
    assert bool(teams.inbox.messages) == (answer.status_code == 200)
    return answer.status_code


async def test_what_teams_signed_is_let_in(teams: Served) -> None:
    assert await delivered(teams, teams.service.token()) == 200


async def test_no_token_is_refused(teams: Served) -> None:
    assert await delivered(teams, None) == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Basic abc", "Bearer a.b.c", "Bearer a b", "bearer x"])
async def test_what_is_no_token_is_refused(teams: Served, header: str) -> None:
    answer = await teams.service.deliver(teams.service.said(LENA, MINE, "x"), headers={"Authorization": header})
    assert answer.status_code == 401
    assert teams.inbox.messages == []


async def test_a_token_signed_by_somebody_else_is_refused(teams: Served) -> None:
    assert await delivered(teams, teams.service.token(key=other_key())) == 401


async def test_an_expired_token_is_refused(teams: Served) -> None:
    now = int(time.time())
    assert await delivered(teams, teams.service.token(nbf=now - 2 * HOUR, exp=now - HOUR)) == 401


async def test_a_token_that_never_expires_is_refused(teams: Served) -> None:
    assert await delivered(teams, teams.service.token(exp=None)) == 401


async def test_a_token_for_later_is_refused(teams: Served) -> None:
    now = int(time.time())
    assert await delivered(teams, teams.service.token(nbf=now + HOUR, exp=now + 2 * HOUR)) == 401


@pytest.mark.parametrize("audience", ["00000000-0000-0000-0000-000000000000", None, APP_ID + "x", [APP_ID]])
async def test_a_token_for_another_bot_is_refused(teams: Served, audience: object) -> None:
    assert await delivered(teams, teams.service.token(aud=audience)) == 401


@pytest.mark.parametrize("issuer", ["https://sts.windows.net/x/", None, "https://api.botframework.com.evil.com", "https://api"])
async def test_a_token_of_another_issuer_is_refused(teams: Served, issuer: str | None) -> None:
    assert await delivered(teams, teams.service.token(iss=issuer)) == 401


@pytest.mark.parametrize("url", [None, "https://elsewhere.example/"])
async def test_a_token_for_another_service_address_is_refused(teams: Served, url: str | None) -> None:
    assert await delivered(teams, teams.service.token(serviceurl=url)) == 401


@pytest.mark.parametrize("kid", ["k-2", ""])
async def test_a_token_of_an_unknown_key_is_refused(teams: Served, kid: str) -> None:
    assert await delivered(teams, teams.service.token(headers={"kid": kid})) == 401


async def test_a_token_without_a_signature_is_refused(teams: Served) -> None:
    payload = teams.service.token().split(".")[1]
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "k-1"}).encode()).decode().rstrip("=")
    assert await delivered(teams, f"{head}.{payload}.") == 401


async def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(teams: Served) -> None:
    payload = teams.service.token().split(".")[1]
    head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "k-1"}).encode()).decode().rstrip("=")
    assert await delivered(teams, f"{head}.{payload}.c2lnbmF0dXJl") == 401


@pytest.mark.parametrize("endorsements", [[], ["webchat"]])
async def test_a_key_that_may_not_sign_for_teams_is_refused(teams: Served, endorsements: list[str]) -> None:
    teams.service.endorsements = endorsements
    assert await delivered(teams, teams.service.token()) == 401


async def test_another_tenant_is_refused(teams: Served) -> None:
    assert await delivered(teams, teams.service.token(), channelData={"tenant": {"id": "other"}}) == 403
    assert await delivered(teams, teams.service.token(), channelData={}, conversation={"id": MINE}) == 403


async def test_another_channel_is_refused(teams: Served) -> None:
    assert await delivered(teams, teams.service.token(), channelId="webchat") == 403


async def test_an_address_we_do_not_speak_to_is_refused_even_if_signed(teams: Served) -> None:
    evil = "https://smba.trafficmanager.net.evil.example/"
    assert await delivered(teams, teams.service.token(serviceurl=evil), serviceUrl=evil) == 403


async def test_a_new_key_is_found_and_an_old_one_forgotten() -> None:
    async with teams_service() as service, httpx.AsyncClient(verify=False) as client:
        moving = Moving()
        door = Door(settings_for(service), SigningKeys(service.metadata_url, client, moving))
        activity = service.said(LENA, MINE, "x")
        await door.admit(f"Bearer {service.token()}", activity)
        service.key = other_key()
        with pytest.raises(Unproven):
            await door.admit(f"Bearer {service.token()}", activity)
        moving.ahead_s = 25 * HOUR
        await door.admit(f"Bearer {service.token()}", activity)


class Moving(SystemClock):
    """The machine's clock, some seconds ahead."""

    ahead_s = 0.0

    def now(self):
        return super().now() + timedelta(seconds=self.ahead_s)


async def test_keys_that_take_long_are_not_waited_for_and_are_there_the_next_time() -> None:
    gate = asyncio.Event()
    async with teams_service() as service, httpx.AsyncClient(verify=False) as client:

        async def slowly(request: httpx.Request) -> httpx.Response:
            await gate.wait()
            return await client.get(request.url)

        async with httpx.AsyncClient(transport=httpx.MockTransport(slowly)) as slow:
            keys = SigningKeys(service.metadata_url, slow, SystemClock())
            door, activity = Door(settings_for(service), keys), service.said(LENA, MINE, "x")
            began = time.monotonic()
            with pytest.raises(KeysAway, match="still being read"):
                await door.admit(f"Bearer {service.token()}", activity)
            assert time.monotonic() - began < 2.5
            gate.set()
            await door.admit(f"Bearer {service.token()}", activity)
            await keys.close()


async def test_without_the_keys_nobody_is_let_in_and_teams_may_try_again() -> None:
    async with teams_service() as service, httpx.AsyncClient(verify=False) as client:
        away = TeamsSettings.model_validate(settings_for(service).model_dump() | {"metadata_url": "http://127.0.0.1:9/none"})
        door = Door(away, SigningKeys(away.metadata_url, client, SystemClock()))
        with pytest.raises(KeysAway, match="could not be read"):
            await door.admit(f"Bearer {service.token()}", service.said(LENA, MINE, "x"))


async def test_the_playgrounds_door_opens_without_a_token_but_not_with_a_wrong_one() -> None:
    async with teams_service() as service, httpx.AsyncClient(verify=False) as client:
        door = Door(settings_for(service), SigningKeys(service.metadata_url, client, SystemClock()), open_to_playground=True)
        await door.admit("", service.said(LENA, MINE, "x"))
        with pytest.raises(Unproven):
            await door.admit("Bearer a.b.c", service.said(LENA, MINE, "x"))
        with pytest.raises(Foreign):
            await door.admit("", service.said(LENA, MINE, "x", channelData={"tenant": {"id": "other"}}))


FAR = {
    "host": "0.0.0.0",
    "login_url": "https://login.microsoftonline.com",
    "metadata_url": "https://login.botframework.com/v1",
    "service_urls": ("http://127.0.0.1:1/", "https://smba.trafficmanager.net/"),
}


@pytest.mark.parametrize("field", FAR)
def test_the_playgrounds_door_opens_on_this_machine_alone(field: str) -> None:
    near = {"login_url": "http://localhost:1", "metadata_url": "http://[::1]:1/x", "service_urls": ("http://127.0.0.1:1/",)}
    insist_on_loopback(TeamsSettings.model_validate({"app_id": APP_ID, "tenant": TENANT} | near))
    with pytest.raises(SettingsError, match="not this machine"):
        insist_on_loopback(TeamsSettings.model_validate({"app_id": APP_ID, "tenant": TENANT} | near | {field: FAR[field]}))


def test_the_playgrounds_door_cannot_be_opened_with_the_usual_settings() -> None:
    with pytest.raises(SettingsError, match="for a playground on this machine"):
        TeamsPlatform(TeamsSettings(app_id=APP_ID, tenant=TENANT), "", FakePosts(), list, open_to_playground=True)


def test_service_addresses_are_compared_as_addresses() -> None:
    allowed = ("https://smba.trafficmanager.net/",)
    assert served_by("https://smba.trafficmanager.net/emea/", allowed)
    assert served_by("https://smba.trafficmanager.net", allowed)
    for url in (
        "https://smba.trafficmanager.net.evil.example/",
        "http://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net/../x",
        "",
    ):
        assert not served_by(url, allowed)
    assert not served_by("https://smba.trafficmanager.net@evil.example/", ("https://smba.trafficmanager.net",))


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [(b"{}", "text/plain", 415), (b"[]", "application/json", 400), (b"{", "application/json", 400), (b"\xff", "application/json", 400)],
)
async def test_what_is_no_activity_is_refused(teams: Served, content: bytes, kind: str, status: int) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(teams.service.bot_url, content=content, headers={"Content-Type": kind})
    assert answer.status_code == status


async def test_what_is_too_long_is_refused(teams: Served) -> None:
    assert (await teams.service.deliver(teams.service.said(LENA, MINE, "x" * 300_000))).status_code == 413
    assert teams.inbox.messages == []


async def test_it_says_that_it_is_there(teams: Served) -> None:
    async with httpx.AsyncClient() as client:
        assert (await client.get(teams.service.bot_url.replace("/api/messages", "/health"))).text == "ok\n"
