"""What `escher doctor` finds of Slack, well and ill."""

from __future__ import annotations

from dataclasses import replace

from bot.platforms.slack.calls import SlackSecrets
from bot.platforms.slack.doctor import check
from engine.settings import SlackSettings
from tests.bot.platforms.slack.server import AWAY, CHANNEL, LENA, OMAR, SCOPES, TEAM, Trouble, slack_server
from tests.bot.platforms.slack.stage import SECRETS


async def test_all_is_well() -> None:
    async with slack_server() as server:
        settings = SlackSettings(api_url=f"{server.base}/api/", channels=(CHANNEL, f"#{CHANNEL.lower()}"))
        found = await check(settings, SECRETS, (f"{TEAM}/{LENA}",))
        assert {finding.name: finding.well for finding in found} == {
            "bot token": True, "scopes": True, f"channel {CHANNEL}": True, f"channel {CHANNEL.lower()}": True, f"login {TEAM}/{LENA}": True, "app token": True,
        }  # fmt: skip


async def test_all_is_ill_and_each_says_what_to_do() -> None:
    async with slack_server() as server:
        server.scopes = SCOPES.replace("users:read", "").replace("im:write,", "")
        server.users[OMAR]["is_restricted"] = True
        settings = SlackSettings(api_url=f"{server.base}/api/", channels=(AWAY,))
        logins = (f"{TEAM}/{OMAR}", f"{TEAM}/U0GONE", "T0OTHER/U1", "omar")
        found = {finding.name: finding for finding in await check(settings, replace(SECRETS, app_token="wrong"), logins)}
        assert [name for name, finding in found.items() if finding.well] == ["bot token"]
        assert "im:write (to write to somebody directly" in found["scopes"].says
        assert "users:read (to tell colleagues" in found["scopes"].says
        assert found[f"channel {AWAY}"].says == "Escher is not in it. Type /invite @escher there."
        assert "is_restricted" in found[f"login {TEAM}/{OMAR}"].says
        assert "user_not_found" in found[f"login {TEAM}/U0GONE"].says
        assert "own_teams" in found["login T0OTHER/U1"].says
        assert "TEAM/USER" in found["login omar"].says
        assert "connections:write" in found["app token"].says


async def test_a_token_that_is_refused_ends_the_look_there() -> None:
    async with slack_server() as server:
        settings = SlackSettings(api_url=f"{server.base}/api/", mode="http", channels=(CHANNEL,))
        found = await check(settings, SlackSecrets("wrong"), ("T/U",))
        assert [(finding.name, finding.well) for finding in found] == [("bot token", False), ("signing secret", False)]
        assert "invalid_auth" in found[0].says


async def test_channels_that_slack_does_not_tell_are_not_called_missing() -> None:
    async with slack_server() as server:
        server.troubles["users.conversations"] = [Trouble(error="missing_scope")]
        found = await check(SlackSettings(api_url=f"{server.base}/api/", mode="http", channels=(CHANNEL,)), SECRETS)
        assert "does not say where Escher is (missing_scope)" in next(finding.says for finding in found if finding.name == "channels")
