"""Secrets by reference: `env:NAME`, `keychain:NAME` or `file:PATH` in the configuration, the secret itself only when it is needed. Edge."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import keyring
import keyring.errors

from engine.errors import SettingsError
from engine.secrets.keychain import SERVICE, Backend


async def secret(reference: str, env: Mapping[str, str], backend: Backend | None = None) -> str:
    """What a reference stands for, without surrounding white space. Raises SettingsError naming the reference, never the secret."""
    kind, _, name = reference.partition(":")
    match kind:
        case "env":
            found = env.get(name, "")
            where = f"The environment variable {name} is not set."
        case "file":
            found, where = await asyncio.to_thread(_read, name)
        case "keychain":
            found, where = await asyncio.to_thread(_keychain, name, backend)
        case _:
            # Somebody may have pasted the secret itself: it is not repeated.
            raise SettingsError("A secret reference is of no known kind.", hint="Write env:NAME, keychain:NAME or file:PATH.")
    if not found.strip():
        raise SettingsError(where, hint=f"The configuration names it as {kind}:{name}.")
    return found.strip()


def _read(name: str) -> tuple[str, str]:
    path = Path(name).expanduser()
    try:
        return path.read_text(encoding="utf-8"), f"{path} is empty."
    except OSError as error:
        return "", f"{path} could not be read: {error.strerror}."


def _keychain(name: str, backend: Backend | None) -> tuple[str, str]:
    store: Backend = backend or keyring.get_keyring()
    missing = f"The keychain holds nothing for {name} (service {SERVICE!r})."
    try:
        return store.get_password(SERVICE, name) or "", missing
    except keyring.errors.KeyringError as error:
        return "", f"The keychain did not answer: {error or type(error).__name__}."
