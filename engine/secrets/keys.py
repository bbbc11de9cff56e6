"""Opens the data key: reads the wrapped one from ESCHER_HOME, or makes it on first use. Edge."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import Corrupted, WrongKey
from engine.secrets.derive import KEY_BYTES, Keys
from engine.secrets.file import FileStore, read_private, write_once, write_private
from engine.secrets.keychain import KeychainStore
from engine.secrets.passphrase import VARIABLE, PassphraseStore
from engine.secrets.store import KeyStore
from engine.settings import EstateSettings

WRAPPED_FILE = "data.key"
_SALT_BYTES, _NONCE_BYTES, _FORMAT = 16, 12, 1


async def open_keys(settings: EstateSettings, home: Path, env: Mapping[str, str]) -> Keys:
    """The keys of the data folder `home`, made on first use. Raises SettingsError, WrongKey, Corrupted."""
    return await unwrap(store_for(settings, home, env), home)


def store_for(settings: EstateSettings, home: Path, env: Mapping[str, str]) -> KeyStore:
    """The key store that the settings name."""
    match settings.key:
        case "file":
            return FileStore(home)
        case "keychain":
            return KeychainStore(home)
        case "passphrase":
            return PassphraseStore(env.get(VARIABLE, ""))


async def unwrap(store: KeyStore, home: Path) -> Keys:
    """The data key in `home`, unwrapped by `store`; a new one where there is none. Raises SettingsError, WrongKey, Corrupted."""
    path = home / WRAPPED_FILE
    if not await asyncio.to_thread(path.exists):
        record = await _wrapped(store, secrets.token_bytes(KEY_BYTES), fresh=True)
        await asyncio.to_thread(write_once, path, record)
    return Keys(await _unwrapped(store, path))


async def rewrap(old: KeyStore, new: KeyStore, home: Path) -> None:
    """Hands the data key from one key store to another; nothing else is encrypted anew. Raises what `unwrap` raises."""
    path = home / WRAPPED_FILE
    record = await _wrapped(new, await _unwrapped(old, path), fresh=True)
    fresh = path.with_suffix(".new")
    await asyncio.to_thread(write_private, fresh, record)
    await asyncio.to_thread(fresh.replace, path)


async def _wrapped(store: KeyStore, data_key: bytes, *, fresh: bool) -> bytes:
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    key = await store.wrapping_key(salt, fresh=fresh)
    sealed = nonce + AESGCM(key).encrypt(nonce, data_key, _bound(store.name))
    return json.dumps({"format": _FORMAT, "store": store.name, "salt": salt.hex(), "wrapped": sealed.hex()}).encode() + b"\n"


async def _unwrapped(store: KeyStore, path: Path) -> bytes:
    record = _parsed(await asyncio.to_thread(read_private, path), path)
    if record["store"] != store.name:
        raise WrongKey(
            f"The data key in {path} is wrapped by `estate.key: {record['store']}`, and the settings say `{store.name}`.",
            hint="Change the setting back, or put back the `data.key` that goes with it.",
        )
    sealed = bytes.fromhex(record["wrapped"])
    key = await store.wrapping_key(bytes.fromhex(record["salt"]), fresh=False)
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(store.name))
    except InvalidTag:
        raise WrongKey(f"The {store.name} key does not open {path}.", hint="Is it the one this folder was made with?") from None


def _parsed(data: bytes, path: Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads(data)
        whole = record["format"] == _FORMAT and len(bytes.fromhex(record["salt"])) == _SALT_BYTES
        whole = whole and len(bytes.fromhex(record["wrapped"])) > _NONCE_BYTES and isinstance(record["store"], str)
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise Corrupted(f"{path} is not a wrapped data key.", what=str(path), hint="Put it back from a backup.")
    return record


def _bound(store: str) -> bytes:
    return b"escher data key\0" + store.encode()
