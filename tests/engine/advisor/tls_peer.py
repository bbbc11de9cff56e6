"""A TLS server on loopback that notes every byte it could decrypt and answers as an AI server would. Edge."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import trustme

ANSWER = json.dumps({"version": "1", "request_id": "0123456789abcdef", "reply": {"kind": "unknown", "reason": "r"}}).encode()


@dataclass
class Peer:
    """`heard` is what arrived inside TLS; `handshakes` counts those that were finished."""

    url: str
    authority: trustme.CA
    certificate: bytes = b""  # DER
    heard: bytearray = field(default_factory=bytearray)
    handshakes: int = 0


@contextlib.asynccontextmanager
async def tls_peer(authority: trustme.CA, name: str = "127.0.0.1", newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> AsyncIterator[Peer]:
    """The server, up until the block ends."""
    issued = authority.issue_cert(name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = newest
    issued.configure_cert(context)
    peer = Peer("", authority, ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode()))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer.handshakes += 1
        with contextlib.suppress(OSError, ssl.SSLError):
            while b"\r\n\r\n" not in peer.heard and (part := await reader.read(65536)):
                peer.heard += part
            if peer.heard:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(ANSWER) + ANSWER)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    peer.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield peer
