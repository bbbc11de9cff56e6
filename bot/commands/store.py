"""`escher store`: everything from one store to another. Edge."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
import yaml

from bot.commands.session import ConfigOption, Exit, JsonOption, errors, home, out, run, say_json, settings_from
from engine.errors import Refused, SettingsError
from engine.estate.estate import FOLDER
from engine.secrets.derive import Keys
from engine.secrets.keys import open_ring
from engine.settings import StoreSettings, parse
from engine.store.moving import Moved, move
from engine.store.opening import open_store

Kind = Literal["edge", "qdrant"]
store = typer.Typer(help="What holds the estate and the other collections.", no_args_is_help=True)


@store.callback()
def _store() -> None:
    """A callback, so that one command alone is still named."""


@store.command("move")
def store_move(
    to: Annotated[Kind, typer.Option(help="edge: in a process of Escher's own; qdrant: a server or cluster.")],
    *,
    url: Annotated[str, typer.Option(help="The server, as https://qdrant.example.com:6333.")] = "",
    api_key: Annotated[str, typer.Option(help="Where its API key is: env:NAME, keychain:NAME or file:PATH.")] = "",
    ca_file: Annotated[str, typer.Option(help="The PEM bundle that vouches for it.")] = "",
    prefix: Annotated[str, typer.Option(help="What stands before each collection's name there. [default: escher_]")] = "",
    shards: Annotated[int, typer.Option(help="Parts of each new collection there.")] = 1,
    replicas: Annotated[int, typer.Option(help="Copies of each part there.")] = 1,
    replace: Annotated[bool, typer.Option("--replace", help="Make what is there already that which is here.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy every collection as it is, sealed, to another store, and compare all of it. Stop Escher first; repeating it does no harm."""
    said = {"url": url, "api_key": api_key, "ca_file": ca_file, "prefix": prefix}
    given = {"kind": to, "shards": shards, "replicas": replicas} | {name: value for name, value in said.items() if value}
    run(_store_move(given, config, replace=replace, as_json=as_json))


async def _store_move(given: dict[str, Any], config: Path | None, *, replace: bool, as_json: bool) -> Exit:
    settings = settings_from(config)
    here, there = settings.estate.store, parse({"estate": {"store": given}}, source="The target").estate.store
    if (here.kind, here.url, here.prefix) == (there.kind, there.url, there.prefix) or here.kind == there.kind == "edge":
        raise SettingsError("The collections are there already: that is the configured store.", hint="Name another with --to and --url.")
    ring = await open_ring(settings.estate, home(), os.environ)
    if ring.rotation:
        raise Refused(
            "The data key is being replaced, and half of everything is under the old one.", hint="End that first: `escher key rotate`."
        )
    keys = ring.current
    moved = await _moved(here, there, keys, replace=replace)
    if as_json:
        say_json({"moved": [{"collection": m.collection, "copied": m.copied, "there": m.there, "removed": m.removed} for m in moved]})
        return Exit.DONE
    for one in moved:
        out.print(f"{one.collection}: {one.copied} copied, {one.there} were there, {one.removed} removed; every point compared.")
    out.print("Now set this in escher.yaml and start Escher; the old store is as it was until you take it away.\n")
    out.print(yaml.safe_dump({"estate": {"store": _to_set(there)}}, sort_keys=False))
    return Exit.DONE


async def _moved(here: StoreSettings, there: StoreSettings, keys: Keys, *, replace: bool) -> list[Moved]:
    source = await open_store(here, home() / FOLDER, keys, os.environ)
    try:
        target = await open_store(there, home() / FOLDER, keys, os.environ)
        try:
            with errors.status("Moving …") as status:
                return await move(
                    source, target, lambda name, done, total: status.update(f"Moving {name}: {done} of {total}"), replace=replace
                )
        finally:
            await target.close()
    finally:
        await source.close()


def _to_set(settings: StoreSettings) -> dict[str, Any]:
    return {"kind": settings.kind, **settings.model_dump(mode="json", exclude_defaults=True)}
