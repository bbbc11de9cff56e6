"""The local Azure of the demo: `python -m deploy.sandbox.azure --port 0 --cert-dir DIR`. Edge."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from deploy.sandbox import azure_routes, azure_service_estate, azure_service_routes
from deploy.sandbox.azure_estate import documents
from deploy.sandbox.azure_world import AzureWorld
from deploy.sandbox.front import Front
from deploy.sandbox.serve import certificate, serve
from deploy.sandbox.wire import Clock


def world(clock: Clock, page: int = 20) -> AzureWorld:
    """The whole Azure estate of the demo, fresh."""
    made = AzureWorld(clock, (*azure_service_routes.ROUTES, *azure_routes.ROUTES), page)
    for document in (*documents(), *azure_service_estate.documents()):
        made.seed(document)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description="A local Azure Resource Manager with a made-up estate, in memory, over TLS on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--cert-dir", type=Path, required=True, help="where ca.pem is written, for clients to trust")
    parser.add_argument("--delay", type=float, default=0.3, help="seconds until a change shows")
    parser.add_argument("--page-size", type=int, default=20)
    told = parser.parse_args()
    front = Front(lambda clock: world(clock, told.page_size), told.delay)
    asyncio.run(serve(front, told.port, certificate(told.cert_dir)))


if __name__ == "__main__":
    main()
