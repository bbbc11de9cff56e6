"""`escher estate`: import, search, stats and export of the local inventory. Edge."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Annotated, TextIO

import typer

from bot.calling import ESTATE, of_the_bot, through
from bot.commands.resource_files import ResourceFile, written
from bot.commands.session import ConfigOption, Exit, JsonOption, errors, home, out, print_rows, run, say_json, settings_from
from engine.estate.importing import import_batches
from engine.estate.resource import Resource
from engine.estate.standing import StandingEstate
from engine.estate.view import EstateStore, EstateView
from engine.estate.where import EVERYTHING
from engine.request.inquiries import Answer, asked
from engine.secrets.keys import open_ring

# So many resources are read and taken in together.
_AT_ONCE = 2_000
_PAGE = 500

estate = typer.Typer(help="The local encrypted inventory.", no_args_is_help=True)


@estate.command("import")
def estate_import(file: Path, config: ConfigOption = None) -> None:
    """Import resources from a file with one JSON object a line, as `escher estate export` writes it.

    Each part of the estate that the file speaks of (a cloud, account, region and type) is replaced by what it says.
    """
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
def estate_export(
    file: Annotated[str, typer.Argument(help="Where to; - prints.")] = "-",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    config: ConfigOption = None,
) -> None:
    """Write every resource, decrypted, one JSON object a line, into a file that its owner alone may read."""
    run(_estate_export(file, config, force=force))


async def _open_estate(config: Path | None) -> StandingEstate:
    settings = settings_from(config)
    home().mkdir(mode=0o700, parents=True, exist_ok=True)
    return await StandingEstate.open(home(), await open_ring(settings.estate, home(), os.environ), settings.estate, os.environ)


async def _estate_import(path: Path, config: Path | None) -> Exit:
    with errors.status(f"Looking through {path} …") as status:
        file = await asyncio.to_thread(
            ResourceFile.looked_through, path, lambda lines: status.update(f"Looking through {path}: {lines} lines")
        )
        opened_estate = await _open_estate(config)
        try:
            done = await _taken_in(opened_estate, file, lambda now: status.update(f"Importing: {now} of {len(file)} resources"))
        finally:
            await opened_estate.close()
    out.print(f"{done} resources imported.")
    return Exit.DONE


async def _taken_in(opened_estate: EstateStore, file: ResourceFile, progress: Callable[[int], None]) -> int:
    return await import_batches(opened_estate, file.parts(_AT_ONCE), progress)


async def _asked(name: str, question: Mapping[str, str], config: Path | None) -> Answer:
    """The answer of the bot that runs in this data folder, or of the estate opened for the one question. Raises EscherError."""
    running = await through(home(), {"do": ESTATE, "ask": name, **question})
    if running is not None:
        (answer,) = [row async for row in of_the_bot(running)]
        return answer
    opened_estate = await _open_estate(config)
    try:
        return await asked(opened_estate, name, question)
    finally:
        await opened_estate.close()


async def _estate_search(text: str, config: Path | None, *, as_json: bool) -> Exit:
    found = await _asked("search", {"text": text}, config)
    resources = found["resources"]
    if as_json:
        say_json(resources)
    else:
        print_rows(
            ("Name", "Account", "Region", "State", "Id"),
            [(one["name"], one["account_name"], one["region"], one["state"], one["id"]) for one in resources],
        )
        if found["says"]:
            errors.print(found["says"])
    return Exit.DONE if resources else Exit.FAILED


async def _estate_stats(config: Path | None, *, as_json: bool) -> Exit:
    stats = await _asked("stats", {}, config)
    if as_json:
        say_json(stats)
    else:
        groups = {name: counts for name, counts in stats.items() if name != "total"}
        print_rows(
            ("By", "Value", "Resources"),
            [(name, value or "unknown", str(count)) for name, counts in groups.items() for value, count in sorted(counts.items())],
        )
        out.print(f"{stats['total']} in all.")
    return Exit.DONE


async def _estate_export(file: str, config: Path | None, *, force: bool) -> Exit:
    opened_estate = await _open_estate(config)
    try:
        if file == "-":
            done = await _print_all(opened_estate)
        else:
            with written(Path(file), force=force) as stream:
                done = await _write_all(opened_estate, stream)
    finally:
        await opened_estate.close()
    errors.print(
        f"{done} resources written, in plain text: names, ids and tags of the estate. Keep it as you keep them, and delete it after use."
    )
    return Exit.DONE


async def _print_all(opened_estate: EstateView) -> int:
    try:
        return await _write_all(opened_estate, sys.stdout)
    except BrokenPipeError:
        # Who read it has had enough (`| head`); what is left to flush at the end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(Exit.DONE) from None


async def _write_all(opened_estate: EstateView, stream: TextIO) -> int:
    done, total = 0, await opened_estate.count(EVERYTHING)
    with errors.status("Exporting …") as status:
        async for page in _pages(opened_estate):
            stream.writelines(json.dumps(resource.to_json(), ensure_ascii=False) + "\n" for resource in page)
            done += len(page)
            status.update(f"Exporting: {done} of {total} resources")
    stream.flush()
    return done


async def _pages(opened_estate: EstateView) -> AsyncIterator[list[Resource]]:
    after = ""
    while True:
        page, after = await opened_estate.page(EVERYTHING, after, _PAGE)
        yield page
        if not after:
            return
