"""`escher init` and `escher doctor`: a first configuration, and whether everything it names works. Edge."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from bot.app import LOCAL_ADVISOR, opened
from bot.commands.session import ConfigOption, Exit, JsonOption, home, out, run, say_json, settings_from
from engine.errors import EscherError, SettingsError
from engine.journal.verify import verify
from engine.wiring import JOURNAL_FOLDER

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
  - {id: me, name: Me, roles: [executor], logins: {web: me}}
  - {id: boss, name: Boss, roles: [manager], logins: {web: boss}}

policy:
  approve_above_targets: 10 # more targets than this wait for a manager
  approval_minutes: 60

advisor:
  url: local # an AI server of our own on this machine; or the address of one

estate:
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
    try:
        async with opened(home(), settings, os.environ) as app:
            engine = app.engine
            stats = await engine.estate.stats()
            checks.append(Check("estate", well=True, says=f"opens with its key; {stats.total} resources"))
            away = engine.estate.meaning_away()
            checks.append(Check("search by meaning", well=not away, says=away or "works"))
            verdict = verify(home() / JOURNAL_FOLDER, engine.keys.for_("journal"))
            checks.append(Check("journal", verdict.whole, str(verdict)))
            server = await engine.advisor.away()
            where = "our own" if settings.advisor.url == LOCAL_ADVISOR else settings.advisor.url
            checks.append(Check("AI server", well=not server, says=server or f"answers ({where})"))
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
