"""The settings of chat platforms and of people: what is wrong is named by its field, and a secret is never repeated."""

import pytest

from engine.errors import SettingsError
from engine.settings import parse

ADA = {"id": "ada", "name": "Ada", "logins": {"slack": "T1/U1"}}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"slack": {"bot_token": "xoxb-secret"}}, "slack.bot_token: write where the secret is"),
        ({"slack": {"mode": "smoke"}}, "slack.mode"),
        ({"slack": {"tokn": "env:A"}}, "slack.tokn"),
        ({"teams": {"app_id": "a"}}, "teams.tenant"),
        ({"teams": {"app_id": "a", "tenant": "t", "playground": True, "host": "0.0.0.0"}}, "loopback host only"),
        ({"people": [{**ADA, "logins": {"slak": "x"}}]}, "'slack', 'teams', 'web' or 'console'"),
        ({"people": [{**ADA, "reach": "teams"}]}, "ada is to be reached on teams and has no login there"),
        ({"people": [{**ADA, "quiet": {"start": "22:00", "end": "07:00", "timezone": "Mars"}}]}, "people.0.quiet: timezone 'Mars'"),
        ({"people": [{**ADA, "quiet": {"start": "22:00+01:00", "end": "07:00"}}]}, "without an offset"),
        ({"schedules": {"timezone": "Mars/Base"}}, "schedules.timezone: timezone 'Mars/Base' is not in the IANA database"),
        ({"schedules": {"standing_days": 0}}, "schedules.standing_days"),
        ({"people": [{**ADA, "quiet": {"start": "ten", "end": "07:00"}}]}, "people.0.quiet.start"),
        ({"people": [ADA, {**ADA, "id": "bob"}]}, "login slack:T1/U1 belongs to both"),
        ({"policy": {"remind_minutes": -1}}, "policy.remind_minutes"),
    ],
)
def test_what_is_wrong_is_named(data, says):
    with pytest.raises(SettingsError) as raised:
        parse(data, source="escher.yaml")
    assert says in str(raised.value)
    assert "xoxb" not in str(raised.value)


def test_sane_defaults():
    made = parse({"slack": {}, "teams": {"app_id": "a", "tenant": "t"}, "people": [ADA]}, source="x")
    assert made.slack is not None
    assert made.teams is not None
    assert (made.slack.mode, made.slack.bot_token, made.teams.playground) == ("socket", "env:ESCHER_SLACK_BOT_TOKEN", False)
    assert made.policy.remind_minutes == 10


@pytest.mark.parametrize(
    ("advisor", "says"),
    [
        ({"url": "http://ai.example.com"}, "https:// only"),
        ({"url": "ai.example.com"}, "an address such as"),
        ({"url": "https://me:pw@ai.example.com"}, "carries no credentials"),
        ({"url": "http://127.0.0.1:8787", "pins": ["sha256/" + "A" * 43 + "="]}, "belong to an https"),
        ({"pins": ["sha256/" + "A" * 43 + "="]}, "belong to an https"),
        ({"url": "https://ai.example.com", "pins": ["A" * 64]}, "pins"),
        ({"token": "t0ken"}, "write where the secret is"),
    ],
)
def test_an_ai_server_elsewhere_is_spoken_to_in_private(advisor, says):
    with pytest.raises(SettingsError, match=says) as error:
        parse({"advisor": advisor}, source="x")
    assert "t0ken" not in str(error.value)


@pytest.mark.parametrize("url", ["local", "http://127.0.0.1:8787", "http://[::1]:1", "http://localhost:1", "https://ai.example.com"])
def test_addresses_an_ai_server_may_have(url):
    assert parse({"advisor": {"url": url, "token": "env:X"}}, source="x").advisor.url == url
