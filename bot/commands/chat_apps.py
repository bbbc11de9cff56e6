"""`escher slack manifest` and `escher teams package`: what an administrator installs Escher with. Edge (writes a file)."""

from __future__ import annotations

import asyncio
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
import yaml

from bot.commands.session import ConfigOption, Exit, errors, home, out, run, settings_from
from bot.rooms import ROOMS
from engine.errors import SettingsError

slack = typer.Typer(help="Connect Slack.", no_args_is_help=True)
teams = typer.Typer(help="Connect Microsoft Teams.", no_args_is_help=True)


@slack.command("manifest")
def slack_manifest(
    url: Annotated[str, typer.Option(help="Public https address for signed requests; without it, Socket Mode needs none.")] = "",
    agent: Annotated[bool, typer.Option(help="Slack's view for agents, which not every plan has.")] = True,
) -> None:
    """Print the manifest to install Escher with as an internal app; a comment says why it asks for each scope."""
    run(_manifest(url, agent=agent))


async def _manifest(url: str, *, agent: bool) -> Exit:
    from bot.platforms.slack.manifest import APP_SCOPES, SCOPES, manifest, needed

    if url and not url.startswith("https://"):
        raise SettingsError(f"--url {url}: Slack sends its requests to https:// addresses only.")
    made = manifest(socket=not url, url=url, agent=agent)
    text = yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=200)
    for scope in needed(agent=agent):
        text = text.replace(f"- {scope}\n", f"- {scope}  # {SCOPES[scope]}\n")
    sys.stdout.write(text)
    for scope, why in {} if url else APP_SCOPES.items():
        errors.print(f"The app-level token needs {scope}: {why}.")
    return Exit.DONE


@teams.command("package")
def teams_package(
    website: Annotated[str, typer.Option(help="An https address of your organisation: the Teams schema wants one.")],
    publisher: Annotated[str, typer.Option(help="Who stands behind the app in your organisation.")] = "Your platform team",
    app_id: Annotated[str, typer.Option(help="The application id of the Azure Bot. [default: teams.app_id of the configuration]")] = "",
    file: Annotated[Path, typer.Option("--out", help="Where to write the package.")] = Path("escher-teams.zip"),
    config: ConfigOption = None,
) -> None:
    """Write the app package that an administrator uploads to Teams."""
    run(_package(website, publisher, app_id, file, config))


async def _package(website: str, publisher: str, app_id: str, file: Path, config: Path | None) -> Exit:
    from bot.platforms.teams.manifest import Publisher, manifest
    from bot.platforms.teams.package import package

    chosen = app_id or _configured(config)
    made = package(manifest(chosen, ROOMS, Publisher(publisher, website), version("escher-ops")))
    await asyncio.to_thread(file.write_bytes, made)
    out.print(f"Wrote {file}. Upload it in the Teams admin center under Manage apps, or in Teams under Apps, Manage your apps.")
    return Exit.DONE


def _configured(config: Path | None) -> str:
    settings = settings_from(config)
    if settings.teams is None:
        raise SettingsError(f"{config or home() / 'escher.yaml'} has no `teams`.", hint="Give --app-id, or add `teams` with its app_id.")
    return settings.teams.app_id
