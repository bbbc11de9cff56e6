"""How the AI server is spoken to: TLS 1.3, its certificate checked, its key pinned where pins are given. Edge (reads the CA file)."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi

from engine.advisor.pins import pinned
from engine.errors import SettingsError


def client_context(ca_file: str = "", pins: tuple[str, ...] = ()) -> ssl.SSLContext:
    """For one server. `ca_file` (PEM) is trusted in place of the public authorities. Raises SettingsError naming the file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and host name
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    path = Path(ca_file).expanduser() if ca_file else Path(certifi.where())
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise SettingsError(f"advisor.ca_file: {path} holds no PEM certificates.") from None
    except OSError as error:
        raise SettingsError(f"advisor.ca_file: {path} cannot be read: {error.strerror}.") from None
    return pinned(context, pins)
