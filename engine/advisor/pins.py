"""Pins: which keys a server may present, whatever its certificate says besides. Pure.

A pin is the SHA-256 of a certificate's SubjectPublicKeyInfo (RFC 7469), so it outlives a renewed certificate as long as the key stays. Name the
next key beside the present one before it is put in.
"""

from __future__ import annotations

import base64
import hashlib
import ssl

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class PinMismatch(ssl.SSLCertVerificationError):
    """The server's key is none of those that are expected; `presented` is its pin."""

    def __init__(self, presented: str) -> None:
        super().__init__(1, f"the server presents the key {presented}, which is not among the pins")
        self.presented = presented


def pin_of(certificate: bytes) -> str:
    """The pin of a certificate in DER, as `sha256/BASE64`. Raises ValueError for what is no certificate."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    return f"sha256/{base64.b64encode(digest).decode()}"


def pinned(context: ssl.SSLContext, pins: tuple[str, ...]) -> ssl.SSLContext:
    """The context with the pins made a part of every handshake, so that nothing can be sent over a connection that does not fit them.

    The certificate is still checked as before; pins only narrow. Without pins the context stays as it is.
    """
    if not pins:
        return context

    class Pinned(ssl.SSLObject):
        """A handshake that fails for any other key. asyncio and anyio send an application's first byte only after `do_handshake` returns."""

        def do_handshake(self) -> None:
            super().do_handshake()
            certificate = self.getpeercert(binary_form=True)
            presented = pin_of(certificate) if certificate else "none"
            if presented not in pins:
                raise PinMismatch(presented)

    context.sslobject_class = Pinned
    return context
