"""Reads the packs of commands from disk, once, at the start. Edge."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.commands.pack import BadPack, decode
from ai_server.knowledge.playbook import CLOUDS
from ai_server.wire import CloudName

PACKS = Path(__file__).parent / "packs"
MANIFEST = "manifest.json"
REBUILD = "Install the package anew, or build the packs with `make knowledge`."


class CommandsMissing(ValueError):
    """A pack is absent or broken; the message names the file, what is wrong with it, and what to do."""


def load_commands(cloud: CloudName | None = None, folder: Path = PACKS) -> tuple[Command, ...]:
    """The commands of one cloud, or of all three in the order aws, azure, gcp. Raises CommandsMissing."""
    manifest = load_manifest(folder)
    return tuple(command for one in ((cloud,) if cloud else CLOUDS) for command in _pack(one, manifest, folder))


def load_what_is_there(folder: Path = PACKS) -> tuple[tuple[Command, ...], tuple[str, ...]]:
    """The commands of every cloud whose pack can be read, and a sentence for each that cannot: a server starts without them."""
    found: list[Command] = []
    problems: list[str] = []
    for cloud in CLOUDS:
        try:
            found.extend(load_commands(cloud, folder))
        except CommandsMissing as error:
            problems.append(str(error))
    return tuple(found), tuple(dict.fromkeys(problems))


def load_manifest(folder: Path = PACKS) -> dict[str, Any]:
    """What the packs were built from: sources, counts, sums. Raises CommandsMissing."""
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise CommandsMissing(f"{path}: {error.strerror}. {REBUILD}") from None
    except ValueError as error:
        raise CommandsMissing(f"{path} is not JSON: {error}. {REBUILD}") from None
    if not isinstance(found, dict) or not isinstance(found.get("packs"), dict):
        raise CommandsMissing(f"{path} names no packs. {REBUILD}")
    return found


def _pack(cloud: CloudName, manifest: dict[str, Any], folder: Path) -> tuple[Command, ...]:
    path = folder / f"{cloud}.pack"
    expected = manifest["packs"].get(cloud, {}).get("sha256", "")
    if not expected:
        raise CommandsMissing(f"{folder / MANIFEST} names no pack for {cloud}. {REBUILD}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CommandsMissing(f"{path}: {error.strerror}. {REBUILD}") from None
    if (found := hashlib.sha256(data).hexdigest()) != expected:
        raise CommandsMissing(f"{path} is broken: its SHA-256 is {found[:16]}… where {MANIFEST} says {expected[:16]}…. {REBUILD}")
    try:
        return decode(data)
    except BadPack as error:
        raise CommandsMissing(f"{path} is broken: {error}. {REBUILD}") from None
