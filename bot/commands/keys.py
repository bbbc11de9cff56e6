"""`escher key`: where the data key is wrapped, another wrapping key, another data key. Edge."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from bot.calling import KEY, of_the_bot, through
from bot.commands.session import ConfigOption, Exit, JsonOption, errors, home, out, run, say_json, settings_from
from bot.control import key_replaced
from engine.clock import SystemClock
from engine.errors import EscherError, SettingsError
from engine.journal.journal import PURPOSE
from engine.journal.resealing import progress
from engine.secrets.data_key import DataKeyFile
from engine.secrets.keys import store_for
from engine.secrets.passphrase import NEW_VARIABLE, VARIABLE, PassphraseStore
from engine.secrets.ring import Record, Ring, Rotation
from engine.secrets.store import KeyStore
from engine.settings import EstateSettings, KeyKind, Settings, parse
from engine.wiring import JOURNAL_FOLDER, open_replacement

KINDS: tuple[str, ...] = get_args(KeyKind)
key = typer.Typer(help="The key that everything here is encrypted with, and what wraps it.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a data key is to go: a kind, and for a service what `estate.key_service` would say of it."""

    kind: str
    service: dict[str, str]


@key.command("status")
def key_status(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """What wraps the data key, since when, whether it opens, and how far a rotation is."""
    run(_status(config, as_json=as_json))


@key.command("rewrap")
def key_rewrap(
    *,
    to: Annotated[str, typer.Option("--to", help=f"{', '.join(KINDS)}. [default: the one of the configuration]", show_default=False)] = "",
    id_: Annotated[str, typer.Option("--id", help="The key in the service, as `estate.key_service.id`.")] = "",
    url: Annotated[str, typer.Option("--url", help="The service's address, where it needs one.")] = "",
    token: Annotated[str, typer.Option("--token", help="Vault's token, by reference: env:NAME, keychain:NAME, file:PATH.")] = "",
    profile: Annotated[str, typer.Option("--profile", help="The AWS profile to use.")] = "",
    ca_file: Annotated[str, typer.Option("--ca-file", help="The PEM bundle that vouches for the service.")] = "",
    config: ConfigOption = None,
) -> None:
    """Wrap the data key with a fresh key, or hand it to another key store. Takes a moment: nothing else is encrypted anew."""
    told = {"id": id_, "url": url, "token": token, "profile": profile, "ca_file": ca_file}
    run(_rewrap(config, Target(to, {name: value for name, value in told.items() if value})))


@key.command("rotate")
def key_rotate(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Make a new data key and seal everything with it, while Escher runs or not. May be stopped at any time: the next call or start goes on."""
    run(_rotate(config, as_json=as_json))


async def _status(config: Path | None, *, as_json: bool) -> Exit:
    settings = settings_from(config)
    store = store_for(settings.estate, home(), os.environ)
    file = DataKeyFile(home(), store, SystemClock())
    record = await file.record()
    if record is None:
        if as_json:
            say_json({"made": False})
        else:
            out.print(f"There is no data key in {home()} yet: whatever first writes there makes one.")
        return Exit.DONE
    ring, trouble = await _tried(file)
    if as_json:
        say_json(_data(record, store, ring, trouble))
    else:
        for line in _lines(_data(record, store, ring, trouble)):
            out.print(line, soft_wrap=True)
    return Exit.FAILED if trouble else Exit.DONE


async def _tried(file: DataKeyFile) -> tuple[Ring | None, str]:
    try:
        return await file.open(), ""
    except EscherError as error:
        return None, str(error)


def _data(record: Record, store: KeyStore, ring: Ring | None, trouble: str) -> dict[str, Any]:
    keys = [
        {"id": key_id, "made": kept.made, "current": key_id == record.current} for key_id, kept in record.keys.items() if record.current
    ] or ([{"id": ring.current.id, "made": "", "current": True}] if ring else [])
    place = store.place if store.name == record.store else ""
    return {
        "made": True,
        "store": record.store,
        "place": place,
        "since": record.since,
        "keys": keys,
        "rotation": _under_way(record.rotation, ring) if record.rotation else None,
        "opens": ring is not None,
        "says": trouble,
    }


def _under_way(rotation: Rotation, ring: Ring | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "from": rotation.old,
        "to": rotation.new,
        "since": rotation.since,
        "done": list(rotation.done),
        "left": list(rotation.left),
    }
    if ring:
        done, total = progress(home() / JOURNAL_FOLDER, ring.current.for_(PURPOSE))
        told["journal"] = {"segments_done": done, "segments": total}
    return told


def _lines(data: dict[str, Any]) -> list[str]:
    place = f": {data['place']}" if data["place"] else ""
    lines = [f"Wrapped by {data['store']} since {data['since'] or 'before this was noted'}{place}"]
    lines += [
        f"Data key {one['id']}, made {one['made'] or 'before this was noted'}{'' if one['current'] else ', being replaced'}."
        for one in data["keys"]
    ]
    if rotation := data["rotation"]:
        left = ", ".join(rotation["left"]) or "nothing but to drop the old key"
        lines.append(
            f"A rotation is under way since {rotation['since']}: left {left}. Go on with `escher key rotate`; a start of Escher does too."
        )
        if segments := rotation.get("journal"):
            lines.append(f"Journal: {segments['segments_done']} of {segments['segments']} segments are under the new key.")
    lines.append(f"It does not open: {data['says']}" if data["says"] else "It opens.")
    return lines


async def _rewrap(config: Path | None, target: Target) -> Exit:
    settings = settings_from(config)
    there = _wanted(settings.estate, target)
    old, new = store_for(settings.estate, home(), os.environ), _new_store(settings.estate, there)
    left_to_do = await DataKeyFile(home(), old, SystemClock()).rewrap(new)
    out.print(f"The data key is now wrapped by {there.key} ({new.place}); it was read back and opened.", soft_wrap=True)
    if left_to_do:
        out.print(left_to_do, soft_wrap=True)
    if there != settings.estate:
        said = there.model_dump(include={"key", "key_service"}, exclude_defaults=True, mode="json")
        out.print(f"Now set in the configuration, else nothing opens: estate: {{key: {there.key}{_service(said)}}}", soft_wrap=True)
    elif there.key == "passphrase":
        out.print(f"From now on {VARIABLE} has to be the new passphrase.")
    return Exit.DONE


def _service(said: dict[str, Any]) -> str:
    told = ", ".join(f'{name}: "{value}"' for name, value in said.get("key_service", {}).items())
    return f", key_service: {{{told}}}" if told else ""


def _wanted(now: EstateSettings, target: Target) -> EstateSettings:
    """The settings the data key is to go by. Raises SettingsError."""
    kind = target.kind or now.key
    if kind not in KINDS:
        raise SettingsError(f"--to {kind}: there is no such key store.", hint=f"Write one of {', '.join(KINDS)}.")
    before = now.key_service.model_dump() if kind == now.key else {}
    said = {"estate": {**now.model_dump(), "key": kind, "key_service": {**before, **target.service}}}
    return parse(said, source=f"--to {kind}").estate


def _new_store(now: EstateSettings, there: EstateSettings) -> KeyStore:
    if there.key != "passphrase":
        return store_for(there, home(), os.environ)
    # The old passphrase opens, so that the new one needs a name of its own.
    variable = NEW_VARIABLE if now.key == "passphrase" or NEW_VARIABLE in os.environ else VARIABLE
    return PassphraseStore(os.environ.get(variable, ""), variable)


async def _rotate(config: Path | None, *, as_json: bool) -> Exit:
    settings = settings_from(config)
    file = DataKeyFile(home(), store_for(settings.estate, home(), os.environ), SystemClock())
    if await file.record() is None:
        raise SettingsError(f"There is no data key in {home()} yet.", hint="Whatever first writes there makes one.")
    running = await through(home(), {"do": KEY})
    after: dict[str, Any] = {}
    with errors.status("Sealing everything with a new data key …") as status:
        async for row in of_the_bot(running) if running is not None else _alone(settings):
            if "key" in row:
                after = row
            elif row["part"]:
                status.update(f"Sealing with a new data key: {row['part']}, {row['done']} of {row['total']}")
    if as_json:
        say_json(after)
    else:
        out.print(f"Everything is sealed with the new data key {after['key']}; the old one is gone.")
        out.print(f"The journal is the same: {after['entries']} entries, last hash {after['last_hash'][:16]}.")
    return Exit.DONE


async def _alone(settings: Settings) -> AsyncIterator[dict[str, Any]]:
    """As the running bot would answer, where none runs."""
    async with open_replacement(home(), settings, os.environ) as (replacement, journal):
        async for row in key_replaced(replacement, journal):
            yield row
