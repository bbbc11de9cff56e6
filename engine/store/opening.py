"""Opens the store that the settings name, and looks whether it is well. Edge."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_never

from engine.errors import Corrupted, EscherError, SettingsError, WrongKey
from engine.secrets.derive import Keys
from engine.secrets.ring import Ring
from engine.settings import StoreSettings
from engine.store.crypto import Crypto
from engine.store.edge.client import EdgeStore
from engine.store.manifest import Manifest, SealedFile, read_manifest
from engine.store.store import Store, every


async def open_store(settings: StoreSettings, folder: Path, keys: Keys, env: Mapping[str, str]) -> Store:
    """The store; one of our own process lies in `folder`.

    Raises SettingsError for what cannot be, StoreError when another process has it, Corrupted naming the file that is not what was written.
    A server is not asked anything yet.
    """
    match settings.kind:
        case "edge":
            return await EdgeStore.open(folder, book_of(folder, keys))
        case "qdrant":
            store: Store = await (await _server("client")).ServerStore.open(settings, env)
            return store
        case _:
            assert_never(settings.kind)


async def store_or_trouble(settings: StoreSettings, folder: Path, keys: Keys, env: Mapping[str, str]) -> tuple[Store, Corrupted | None]:
    """The store; and what is broken of it, which then must not be opened but put aside. Raises what `open_store` else raises."""
    try:
        return await open_store(settings, folder, keys, env), None
    except Corrupted as error:
        await asyncio.to_thread(book_of(folder, keys).remove)
        return await open_store(settings, folder, keys, env), error


def manifest_or_trouble(folder: Path, keys: Keys) -> tuple[Manifest | None, Corrupted | None]:
    """The manifest, None where no store is yet; and what is broken of it. Raises WrongKey."""
    try:
        return read_manifest(folder, keys), None
    except Corrupted as error:
        return None, error


def keys_of(folder: Path, ring: Ring) -> Keys:
    """Those of a ring's keys that the store in `folder` is under: while the data key is replaced, it may still be the one before.

    The current ones where no store is, or where it does not say. Raises WrongKey when it is under none of them.
    """
    try:
        manifest_or_trouble(folder, ring.current)
    except WrongKey:
        for keys in ring.others:
            with contextlib.suppress(WrongKey):
                manifest_or_trouble(folder, keys)
                return keys
        raise
    return ring.current


def book_of(folder: Path, keys: Keys) -> SealedFile:
    """Where the hashes of an embedded store's files are kept."""
    return SealedFile(folder / "files", Crypto(keys, folder.name))


async def check_store(settings: StoreSettings, folder: Path, keys: Keys, env: Mapping[str, str]) -> list[tuple[str, bool, str]]:
    """What was looked at, whether it is well, and what to do if not; nobody else may have an embedded store open."""
    match settings.kind:
        case "edge":
            return await _check_edge(folder, keys)
        case "qdrant":
            lines: list[tuple[str, bool, str]] = await (await _server("checking")).check(settings, env)
            return lines
        case _:
            assert_never(settings.kind)


async def _check_edge(folder: Path, keys: Keys) -> list[tuple[str, bool, str]]:
    try:
        store = await EdgeStore.open(folder, book_of(folder, keys))
    except EscherError as error:
        return [("opens", False, str(error))]
    lines = [("opens", True, f"in {folder}")]
    try:
        collections = await store.collections()
        files = "are those that were left" if store.whole else "were not closed the last time: what is in them is compared instead"
        lines.append(("files", True, files) if collections else ("collections", True, "none yet"))
        for collection in collections:
            await store.ensure(collection)
            lines.append((f"collection {collection.name}", True, f"{await store.count(collection.name, every(()))} points"))
    except EscherError as error:
        lines.append(("collections", False, str(error)))
    finally:
        await store.close()
    return lines


async def _server(part: str) -> Any:
    """A module of the store on a server. Its client takes a second to import, and is an extra: who needs neither pays for neither."""
    try:
        return await asyncio.to_thread(importlib.import_module, f"engine.store.server.{part}")
    except ImportError as missing:
        raise SettingsError(
            f"estate.store.kind qdrant needs {missing.name}, which is not installed.",
            hint="Install escher-ops with the extra: escher-ops[qdrant].",
        ) from None
