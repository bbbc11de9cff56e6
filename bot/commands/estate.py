"""`escher estate`: import, search, stats and export of the local inventory. Edge."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from bot.commands.session import ConfigOption, Exit, JsonOption, errors, home, out, print_rows, run, say_json, settings_from
from bot.measuring import import_resources, read_resources
from engine.estate.estate import Estate
from engine.estate.where import EVERYTHING
from engine.request.resolver import resolve
from engine.request.understanding import Understanding
from engine.secrets.keys import open_keys

estate = typer.Typer(help="The local encrypted inventory.", no_args_is_help=True)


@estate.command("import")
def estate_import(file: Path, config: ConfigOption = None) -> None:
    """Import resources from a file with one JSON object a line."""
    run(_estate_import(file, config))


@estate.command("search")
def estate_search(text: str, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Search by the words of chat: "idle azure vms", a name, a part of a name."""
    run(_estate_search(text, config, as_json=as_json))


@estate.command("stats")
def estate_stats(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """How many resources there are, by cloud, type, account and environment."""
    run(_estate_stats(config, as_json=as_json))


@estate.command("export")
def estate_export(config: ConfigOption = None) -> None:
    """Print every resource, decrypted, one JSON object a line."""
    run(_estate_export(config))


async def _open_estate(config: Path | None) -> Estate:
    settings = settings_from(config)
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    return await Estate.open(home(), await open_keys(settings.estate, home(), os.environ), settings.estate)


async def _estate_import(file: Path, config: Path | None) -> Exit:
    resources = read_resources(file)
    opened_estate = await _open_estate(config)
    try:
        out.print(f"{await import_resources(opened_estate, resources)} resources imported.")
    finally:
        await opened_estate.close()
    return Exit.DONE


async def _estate_search(text: str, config: Path | None, *, as_json: bool) -> Exit:
    opened_estate = await _open_estate(config)
    try:
        understood = await Understanding(opened_estate).of(text)
        found = await resolve(understood.reading.about, opened_estate, changing=False)
    finally:
        await opened_estate.close()
    if as_json:
        say_json([resource.to_json() for resource in found.resources])
    else:
        print_rows(
            ("Name", "Account", "Region", "State", "Id"),
            [(one.name, one.account_name, one.region, one.state, one.id) for one in found.resources],
        )
        if found.by_likeness or not found.resources:
            errors.print(found.question or "By likeness.")
    return Exit.DONE if found.resources else Exit.FAILED


async def _estate_stats(config: Path | None, *, as_json: bool) -> Exit:
    opened_estate = await _open_estate(config)
    try:
        stats = await opened_estate.stats()
    finally:
        await opened_estate.close()
    groups = {"cloud": stats.by_cloud, "type": stats.by_type, "account": stats.by_account, "environment": stats.by_environment}
    if as_json:
        say_json({"total": stats.total, **{name: dict(counts) for name, counts in groups.items()}})
    else:
        print_rows(
            ("By", "Value", "Resources"),
            [(name, value or "unknown", str(count)) for name, counts in groups.items() for value, count in sorted(counts.items())],
        )
        out.print(f"{stats.total} in all.")
    return Exit.DONE


async def _estate_export(config: Path | None) -> Exit:
    opened_estate = await _open_estate(config)
    try:
        for resource in await opened_estate.select(EVERYTHING):
            say_json(resource.to_json())
    finally:
        await opened_estate.close()
    return Exit.DONE
