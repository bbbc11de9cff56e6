"""Serves a local cloud on loopback, says so in one line of JSON, and stops when told. Edge."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from deploy.sandbox.front import Front

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files that TLS needs: what the server shows, and the authority a client must trust."""

    chain: Path
    authority: Path


def certificate(folder: Path) -> Certificate:
    """A fresh certificate for loopback, vouched for by an authority that lives in `folder` and nowhere else."""
    import trustme

    folder.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA()
    shown = authority.issue_cert(LOOPBACK, "localhost")
    chain, root = folder / "server.pem", folder / "ca.pem"
    # The private key is in this file: nobody else may read it.
    chain.touch(mode=0o600)
    shown.private_key_and_cert_chain_pem.write_to_path(str(chain))
    authority.cert_pem.write_to_path(str(root))
    return Certificate(chain, root)


class _Announcing(uvicorn.Server):
    """A server that prints one line when it listens, for whoever started it."""

    def __init__(self, config: uvicorn.Config, said: Mapping[str, object]) -> None:
        super().__init__(config)
        self._said = said

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(json.dumps({"ready": True, **self._said}), flush=True)


def _listening(port: int) -> socket.socket:
    # Named TCP in so many words: asyncio switches Nagle's delay off (40 ms a call) only for sockets that say so.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((LOOPBACK, port))
    listening.listen(256)
    return listening


async def serve(front: Front, port: int, secured: Certificate | None = None) -> None:
    """Serves until SIGTERM or SIGINT. Port 0 chooses a free one."""
    listening = _listening(port)
    port = listening.getsockname()[1]
    config = uvicorn.Config(
        front, log_level="warning", access_log=False, lifespan="off", proxy_headers=False, http="h11", timeout_graceful_shutdown=1
    )
    said: dict[str, object] = {"port": port, "endpoint": f"{'https' if secured else 'http'}://{LOOPBACK}:{port}"}
    if secured:
        config.load()
        config.ssl = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        config.ssl.load_cert_chain(secured.chain)
        said["ca_file"] = str(secured.authority)
    await _Announcing(config, said).serve(sockets=[listening])
