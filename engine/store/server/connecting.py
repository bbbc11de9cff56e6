"""A client for the configured server: its address, certificate and key. Edge (files, and the secret's store)."""

from __future__ import annotations

import asyncio
import math
import ssl
from collections.abc import Mapping

import httpx
from qdrant_client import AsyncQdrantClient

from engine.errors import SettingsError
from engine.secrets.references import secret
from engine.settings import StoreSettings

_CONNECTIONS = httpx.Limits(max_connections=8, max_keepalive_connections=8, keepalive_expiry=30.0)


async def connect(settings: StoreSettings, env: Mapping[str, str]) -> tuple[AsyncQdrantClient, str]:
    """A client, and the key it uses ("" for none). Nothing is sent yet. Raises SettingsError naming the setting."""
    key = await secret(settings.api_key, env) if settings.api_key else ""
    # Reading certificates takes a while: not on the loop.
    return await asyncio.to_thread(client_of, settings, key), key


def client_of(settings: StoreSettings, key: str, transport: httpx.AsyncBaseTransport | None = None) -> AsyncQdrantClient:
    """The client itself; `transport` stands in for the network. Raises SettingsError for a CA file that cannot be read."""
    return AsyncQdrantClient(
        url=settings.url,
        # With the key as an argument, the client warns of a key on plain loopback, which settings allow.
        headers={"api-key": key} if key else None,
        timeout=math.ceil(settings.timeout_s),
        # It would ask in a thread of its own, and warn; `escher doctor` tells.
        check_compatibility=False,
        limits=_CONNECTIONS,
        verify=_trust(settings.ca_file),
        trust_env=False,
        transport=transport,
    )


def _trust(ca_file: str) -> ssl.SSLContext | bool:
    if not ca_file:
        return True
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise SettingsError(
            f"estate.store.ca_file: {ca_file} cannot be read: {error.strerror or error}.", hint="It is a PEM bundle of certificates."
        ) from None
