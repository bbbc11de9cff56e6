"""`escher init` and `escher doctor`: a first configuration, and whether everything it names works. Edge."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.app import LOCAL_ADVISOR, extra, opened, slack_secrets
from bot.commands.session import ConfigOption, Exit, JsonOption, home, out, run, say_json, settings_from
from engine.errors import EscherError, SettingsError
from engine.estate.estate import FOLDER
from engine.secrets.keys import open_ring
from engine.secrets.references import secret
from engine.settings import Settings, SlackSettings, TeamsSettings
from engine.store.opening import check_store, keys_of

EXAMPLE = """\
# Escher's configuration. Nothing secret belongs in this file: credentials are references.

accounts:
  # AWS: `default` is the usual chain (environment, profile, instance role); `profile:NAME` names one. `role` is assumed from it.
  # - {cloud: aws, id: "123456789012", name: my-dev, environment: development, regions: [us-east-1], credentials: "profile:my-dev"}
  # Azure: id is the subscription; `default` is the usual chain (environment, managed identity, az login).
  # - {cloud: azure, id: 00000000-0000-0000-0000-000000000000, name: my-subscription}
  # GCP: id is the project; `default` is application default credentials.
  # - {cloud: gcp, id: my-project, name: my-project}

people:
  # manager: approves and sets policy; executor: asks for changes; viewer: asks questions.
  # logins: slack is TEAM/USER, teams is TENANT/OBJECT-ID; who writes to Escher unknown is told theirs. `reach` is where you are told of
  # approvals, `quiet` when not: {start: "22:00", end: "07:00", timezone: Europe/Berlin}
  - {id: me, name: Me, roles: [executor], logins: {web: me}}
  - {id: boss, name: Boss, roles: [manager], logins: {web: boss}}

# Slack: `escher slack manifest` prints the app to install; the tokens it gives you stand in the environment, the keychain or files.
# slack:
#   bot_token: env:ESCHER_SLACK_BOT_TOKEN
#   app_token: env:ESCHER_SLACK_APP_TOKEN
#   channels: [ops] # where Escher should be; `escher doctor` looks
# Teams: `escher teams package` writes the app to upload.
# teams: {app_id: 00000000-0000-0000-0000-000000000000, tenant: 00000000-0000-0000-0000-000000000000, secret: "env:ESCHER_TEAMS_SECRET"}

policy:
  approve_above_targets: 10 # more targets than this wait for a manager
  approval_minutes: 60
  remind_minutes: 10 # an approver who does not answer is reminded, then the next is asked; 0 tells nobody

advisor:
  url: local # an AI server of our own on this machine; or the address of one

estate:
  # store: {kind: qdrant, url: "https://qdrant.example.com:6333", api_key: "env:QDRANT_API_KEY"} # `escher store move` takes everything along
  key: %s # keychain (the system's), passphrase (ESCHER_PASSPHRASE), or file (in ESCHER_HOME, mode 600)
"""


def init(force: bool = False) -> None:
    """Write a commented configuration into ESCHER_HOME to start from."""
    run(_init(force=force))


async def _init(*, force: bool) -> Exit:
    path = home() / "escher.yaml"
    if path.exists() and not force:
        raise SettingsError(f"{path} exists.", hint="Give --force to write over it.")
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(EXAMPLE % ("keychain" if _has_keychain() else "file"), encoding="utf-8")
    out.print(f"Wrote {path}. Add your accounts and people there, then: escher doctor, escher scan, escher run.")
    return Exit.DONE


def _has_keychain() -> bool:
    """Whether this machine has a keychain that keyring can use."""
    import keyring
    from keyring.backends.fail import Keyring as Missing

    return not isinstance(keyring.get_keyring(), Missing)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it is well, and what to do if not."""

    name: str
    well: bool
    says: str


def doctor(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check the configuration, the store and its key, the journal, the AI server and every account."""
    run(_doctor(config, as_json=as_json))


async def _chat(settings: Settings) -> list[Check]:
    """The chat platforms that are configured: secrets, scopes, channels, people."""
    checks: list[Check] = []
    if settings.slack is not None:
        checks += await _of("Slack", _slack(settings.slack, _logins(settings, "slack")))
    if settings.teams is not None:
        checks += await _of("Teams", _teams(settings.teams))
    return checks


async def _slack(settings: SlackSettings, logins: list[str]) -> Sequence[tuple[str, bool, str]]:
    with extra("slack"):
        from bot.platforms.slack import doctor as slack
    return await slack.check(settings, await slack_secrets(settings, os.environ), logins)


async def _teams(settings: TeamsSettings) -> Sequence[tuple[str, bool, str]]:
    with extra("teams"):
        from bot.platforms.teams import doctor as teams
    if settings.playground:
        return [("mode", True, "takes requests without tokens, for the Agents Playground on this machine")]
    return await teams.check(settings, await secret(settings.secret, os.environ))


async def _of(platform: str, asked: Awaitable[Sequence[tuple[str, bool, str]]]) -> list[Check]:
    try:
        return [Check(f"{platform}: {name}", well, says) for name, well, says in await asked]
    except SettingsError as error:
        return [Check(platform, well=False, says=str(error))]


def _logins(settings: Settings, platform: str) -> list[str]:
    return [login for person in settings.people for name, login in person.logins.items() if name == platform]


async def _store(settings: Settings) -> list[Check]:
    """The store by itself, before the rest opens it: one at a time has an embedded store."""
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        ring = await open_ring(settings.estate, home(), os.environ)
        keys = await asyncio.to_thread(keys_of, home() / FOLDER, ring)
        lines = await check_store(settings.estate.store, home() / FOLDER, keys, os.environ)
    except EscherError as error:
        return [Check("store", well=False, says=str(error))]
    return [Check(f"store: {name}", well, says) for name, well, says in lines]


async def _doctor(config: Path | None, *, as_json: bool) -> Exit:
    settings = settings_from(config)
    checks = [Check("configuration", well=True, says=f"{len(settings.accounts)} accounts, {len(settings.people)} people")]
    managers = [person for person in settings.people if "manager" in person.roles]
    checks.append(
        Check(
            "managers",
            well=bool(managers),
            says=f"{len(managers)} can approve" if managers else "nobody can approve: give somebody the role manager",
        )
    )
    checks += await _store(settings)
    try:
        async with opened(home(), settings, os.environ) as app:
            engine = app.engine
            stats = await engine.estate.stats()
            checks.append(Check("estate", well=True, says=f"opens with its key; {stats.total} resources"))
            checks += [Check("repaired", well=False, says=note) for note in engine.notes]
            away = engine.estate.meaning_away()
            checks.append(Check("search by meaning", well=not away or engine.estate.meaning_waits(), says=away or "works"))
            verdict = engine.journal.verdict()
            checks.append(Check("journal", verdict.whole, str(verdict)))
            server = await engine.advisor.away()
            where = "our own" if settings.advisor.url == LOCAL_ADVISOR else settings.advisor.url
            if settings.advisor.url.startswith("https://"):
                where += f"; TLS 1.3, {len(settings.advisor.pins)} pinned keys"
            checks.append(Check("AI server", well=not server, says=server or f"answers ({where})"))
            checks += await _chat(settings)
            gaps = (await engine.sweeper.sweep()).gaps if settings.accounts else []
            checks += [
                Check(f"{gap.account_name} {gap.region} {gap.type}", well=False, says=f"{gap.reason}: {gap.tried} {gap.detail}")
                for gap in gaps
            ]
    except EscherError as error:
        checks.append(Check("opening", well=False, says=str(error)))
    if as_json:
        say_json([{"name": one.name, "well": one.well, "says": one.says} for one in checks])
    else:
        for one in checks:
            out.print(f"{'ok ' if one.well else 'NOT'}  {one.name}: {one.says}")
    return Exit.DONE if all(one.well for one in checks) else Exit.FAILED
