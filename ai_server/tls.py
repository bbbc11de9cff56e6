"""The server's side of TLS: 1.3 alone, from a certificate and its key, read again when the files change. Edge (reads two files)."""

from __future__ import annotations

import ssl
from pathlib import Path

from ai_server.logs import line
from ai_server.settings import PREFIX, BadSettings

Mark = tuple[tuple[int, int, int], ...]


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


def renewing_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """A context whose handshakes take the certificate that is in the files by then. Raises BadSettings for the first pair."""
    context = server_context(certificate, key)
    context.sni_callback = Pair(certificate, key, context).chosen
    return context


class Pair:
    """A certificate and its key on disk. OpenSSL asks for them at each handshake, whether or not the client names a server."""

    def __init__(self, certificate: Path, key: Path, context: ssl.SSLContext) -> None:
        self._files = (certificate, key)
        self._context = context
        self._mark = self._look()

    def chosen(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        """Gives the connection the pair of this moment; one that cannot be used is logged, once, and the old one stays."""
        mark = self._look()
        if mark != self._mark:
            # Also for a pair that fails: half of a renewal is written before the other half, and each change is tried once.
            self._mark = mark
            self._renew()
        connection.context = self._context

    def _renew(self) -> None:
        try:
            self._context = server_context(*self._files)
        except BadSettings:
            line("certificate", code="certificate_kept")
        else:
            line("certificate", code="certificate_renewed")

    def _look(self) -> Mark:
        """What tells one state of the files from another; a missing file is a state too."""
        return tuple(_state(path) for path in self._files)


def _state(path: Path) -> tuple[int, int, int]:
    try:
        seen = path.stat()
    except OSError:
        return (0, 0, 0)
    return (seen.st_ino, seen.st_mtime_ns, seen.st_size)
