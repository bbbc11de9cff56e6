"""What is said when a platform is configured and cannot be opened."""

import pytest

from bot.app import extra, slack_secrets
from engine.errors import SettingsError
from engine.settings import SlackSettings


def test_a_missing_extra_is_named() -> None:
    with pytest.raises(SettingsError, match=r"Slack needs no_such_sdk, which is not installed. .*escher-ops\[slack\]"), extra("slack"):
        import no_such_sdk  # noqa: F401


async def test_each_mode_asks_for_its_own_secrets() -> None:
    env = {"ESCHER_SLACK_BOT_TOKEN": "xoxb-1", "ESCHER_SLACK_APP_TOKEN": "xapp-1", "ESCHER_SLACK_SIGNING_SECRET": "s"}
    over_socket = await slack_secrets(SlackSettings(), env)
    assert (over_socket.bot_token, over_socket.app_token, over_socket.signing_secret) == ("xoxb-1", "xapp-1", "")
    over_http = await slack_secrets(SlackSettings(mode="http"), env)
    assert (over_http.app_token, over_http.signing_secret) == ("", "s")
    assert "xoxb-1" not in repr(over_socket)


async def test_a_secret_that_is_not_there_is_named() -> None:
    with pytest.raises(SettingsError, match="ESCHER_SLACK_APP_TOKEN is not set"):
        await slack_secrets(SlackSettings(), {"ESCHER_SLACK_BOT_TOKEN": "xoxb-1"})
