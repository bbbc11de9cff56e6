"""`escher scan`: the clouds into the estate. Edge."""

from __future__ import annotations

import os
from pathlib import Path

from bot.app import opened
from bot.commands.session import ConfigOption, Exit, JsonOption, errors, home, out, run, say_json, settings_from
from engine.errors import SettingsError


def scan(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Scan every configured cloud into the estate; what could not be seen is listed, never silently empty."""
    run(_scan(config, as_json=as_json))


async def _scan(config: Path | None, *, as_json: bool) -> Exit:
    settings = settings_from(config)
    if not settings.accounts:
        raise SettingsError("No accounts are configured.", hint="Add them under `accounts` in escher.yaml.")
    async with opened(home(), settings, os.environ) as app:
        with errors.status("Scanning …") as status:
            tally = await app.engine.sweeper.sweep(
                lambda now: status.update(f"Scanning: {now.parts} parts, {now.resources} resources, {len(now.gaps)} gaps")
            )
    gaps = [
        {
            "account": gap.account_name,
            "region": gap.region,
            "type": gap.type,
            "reason": gap.reason,
            "tried": gap.tried,
            "detail": gap.detail,
        }
        for gap in tally.gaps
    ]
    if as_json:
        say_json({"resources": tally.resources, "added": tally.added, "changed": tally.changed, "vanished": tally.vanished, "gaps": gaps})
    else:
        out.print(f"{tally.resources} resources: {tally.added} new, {tally.changed} changed, {tally.vanished} gone.")
        for gap in gaps:
            out.print(f"Not seen: {gap['type']} in {gap['account']} {gap['region']}: {gap['reason']} ({gap['tried']}) {gap['detail']}")
    return Exit.DONE
