"""The local Google Cloud of the demo: `python -m deploy.sandbox.gcp --port 0`. Edge."""

from __future__ import annotations

import argparse
import asyncio

from deploy.sandbox import gcp_compute, gcp_kubernetes, gcp_service_estate, gcp_services, gcp_sql
from deploy.sandbox.front import Front
from deploy.sandbox.gcp_estate import documents
from deploy.sandbox.gcp_world import GcpWorld
from deploy.sandbox.serve import serve
from deploy.sandbox.wire import Clock


def world(clock: Clock, page: int = 20) -> GcpWorld:
    """The whole Google estate of the demo, fresh."""
    made = GcpWorld(clock, (*gcp_compute.ROUTES, *gcp_sql.ROUTES, *gcp_services.ROUTES, *gcp_kubernetes.ROUTES), page)
    for document in (*documents(), *gcp_service_estate.documents()):
        made.seed(document)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(
        description="A local Google Cloud (Compute, Cloud SQL, Storage, Kubernetes Engine, Pub/Sub, Monitoring) with a made-up estate, on loopback."
    )
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--delay", type=float, default=0.3, help="seconds until a change shows")
    parser.add_argument("--page-size", type=int, default=20)
    told = parser.parse_args()
    asyncio.run(serve(Front(lambda clock: world(clock, told.page_size), told.delay), told.port))


if __name__ == "__main__":
    main()
