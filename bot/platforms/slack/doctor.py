"""Whether Slack is set up as Escher needs it: tokens, scopes, channels and people, each with what to do. Edge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import NamedTuple

from bot.platforms.outbox import Faulty, Refusal, TooMany
from bot.platforms.slack.calls import Calls, SlackSecrets
from bot.platforms.slack.guests import SIGNS
from bot.platforms.slack.manifest import SCOPES, needed
from engine.settings import SlackSettings

PAGE = 200
MOST_PAGES = 50
AWAY = (TooMany, Faulty)
PROBLEMS = (*AWAY, Refusal)


class Finding(NamedTuple):
    """One thing looked at: whether it is well, and what it says."""

    name: str
    well: bool
    says: str


def _well(name: str, says: str) -> Finding:
    return Finding(name, well=True, says=says)


def _ill(name: str, says: str) -> Finding:
    return Finding(name, well=False, says=says)


async def check(settings: SlackSettings, secrets: SlackSecrets, logins: Sequence[str] = ()) -> Sequence[Finding]:
    """Everything worth knowing about one workspace. `logins` are those of the configured people, `TEAM/USER`. Never raises."""
    calls, opener = Calls(settings.api_url, secrets.bot_token), Calls(settings.api_url, secrets.app_token)
    try:
        found = [finding async for finding in _bot(settings, calls, logins)]
        found.append(await _socket(opener) if settings.mode == "socket" else _signing(secrets))
        return found
    finally:
        await calls.close()
        await opener.close()


async def _bot(settings: SlackSettings, calls: Calls, logins: Sequence[str]) -> AsyncIterator[Finding]:
    try:
        me, headers = await calls.call_with_headers("auth.test")
    except AWAY as problem:
        yield _ill(
            "bot token", f"Slack was not reached at {settings.api_url} ({problem}). Look at the network and the proxy, and run this again."
        )
        return
    except Refusal as problem:
        yield _ill(
            "bot token",
            f"Slack does not take it ({problem}). Install the app and put its Bot User OAuth Token where `bot_token` points.",
        )
        return
    yield _well("bot token", f"Escher is {me.get('user', me['user_id'])} in {me.get('team', me['team_id'])}.")
    yield _scopes(headers.get("x-oauth-scopes", ""))
    async for finding in _channels(settings.channels, calls, str(me.get("user", "escher"))):
        yield finding
    for login in logins:
        yield await _person(calls, login, {me["team_id"], *settings.own_teams})


def _scopes(granted: str) -> Finding:
    missing = sorted(needed() - {scope.strip() for scope in granted.split(",")})
    if not missing:
        return _well("scopes", f"All {len(needed())} are granted.")
    reasons = "; ".join(f"{scope} (to {SCOPES[scope]})" for scope in missing)
    return _ill("scopes", f"Missing: {reasons}. Add them under OAuth & Permissions, and install the app again.")


async def _channels(wanted: Iterable[str], calls: Calls, name: str) -> AsyncIterator[Finding]:
    names = [channel.lstrip("#") for channel in wanted]
    if not names:
        return
    try:
        there = await _memberships(calls)
    except PROBLEMS as problem:
        yield _ill("channels", f"Slack does not say where Escher is ({problem}).")
        return
    for channel in names:
        if channel in there:
            yield _well(f"channel {channel}", "Escher is in it.")
        else:
            yield _ill(f"channel {channel}", f"Escher is not in it. Type /invite @{name} there.")


async def _memberships(calls: Calls) -> set[str]:
    """The ids and names of the channels the bot is in. Raises TooMany, Faulty or Refusal."""
    found: set[str] = set()
    cursor = ""
    for _ in range(MOST_PAGES):
        page = await calls.call("users.conversations", types="public_channel,private_channel", limit=PAGE, cursor=cursor or None)
        found |= {str(channel[key]) for channel in page["channels"] for key in ("id", "name") if channel.get(key)}
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            break
    return found


async def _person(calls: Calls, login: str, teams: set[str]) -> Finding:
    team, _, user = login.partition("/")
    name = f"login {login}"
    if not user:
        return _ill(name, "A Slack login is TEAM/USER, as T0123/U4567. Slack shows both under the person's profile.")
    if team not in teams:
        return _ill(name, f"{team} is not this workspace; name it in `own_teams`, or they count as a guest.")
    try:
        answer = await calls.call("users.info", user=user)
    except PROBLEMS as problem:
        return _ill(name, f"Slack does not know this person ({problem}).")
    signs = [sign for sign in SIGNS if answer["user"].get(sign)]
    if signs:
        return _ill(name, f"Counts as a guest ({', '.join(signs)}) and cannot approve.")
    return _well(name, f"Known as {answer['user'].get('real_name') or answer['user'].get('name', user)}.")


async def _socket(opener: Calls) -> Finding:
    try:
        await opener.call("apps.connections.open")
    except AWAY as problem:
        return _ill("app token", f"Slack was not reached ({problem}). Look at the network and the proxy, and run this again.")
    except Refusal as problem:
        return _ill(
            "app token",
            f"It cannot open a connection ({problem}). Make one with the scope connections:write, and put it where `app_token` points.",
        )
    return _well("app token", "It opens a Socket Mode connection.")


def _signing(secrets: SlackSecrets) -> Finding:
    if secrets.signing_secret:
        return _well("signing secret", "It is set. Whether it is the right one shows with Slack's first request.")
    return _ill("signing secret", "It is empty: no request of Slack can be checked. It stands under Basic Information of the app.")
