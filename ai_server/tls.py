"""The server's side of TLS: 1.3 alone, from a certificate and its key. Edge (reads two files)."""

from __future__ import annotations

import ssl
from pathlib import Path

from ai_server.settings import PREFIX, BadSettings


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Raises BadSettings naming the file that is missing or the pair that does not fit."""
    for variable, path in (("CERTIFICATE", certificate), ("KEY", key)):
        try:
            path.read_bytes()
        except OSError as error:
            raise BadSettings(f"{PREFIX}{variable}: {path} cannot be read: {error.strerror}.") from None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols(["http/1.1"])
    # A ticket would be a memory of the client, and another replica could not read it.
    context.num_tickets = 0
    try:
        # Without a password OpenSSL would ask for one on the terminal, and wait.
        context.load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None) or "not a PEM pair"
        raise BadSettings(f"{PREFIX}CERTIFICATE {certificate} and {PREFIX}KEY {key} make no pair: {reason}.") from None
    return context
