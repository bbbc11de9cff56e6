"""What changes to web apps, Kubernetes clusters, their node pools, and public addresses are on ARM's wire. Edge."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.azure.requests.sending import Perform, deleted, number, posted, sent
from engine.clouds.azure.scanners import clusters, node_pools, public_addresses, web_apps
from engine.clouds.azure.session import AzureSession
from engine.clouds.azure.tables import services
from engine.clouds.operation import Call, Receipt
from engine.errors import Rejected

# What a node pool tells of itself and nobody sets.
TOLD_ONLY = frozenset({"provisioningState", "currentOrchestratorVersion", "nodeImageVersion", "eTag", "status"})


async def _scale_pool(session: AzureSession, call: Call) -> Receipt:
    """ARM replaces a pool as a whole, so the pool is sent as it is now but for its count."""
    if call.resource.properties.get("autoscaled"):
        raise Rejected(f"The autoscaler decides the size of {call.resource.name}.", tried=call.operation, code="Autoscaled")
    now = await session.rest_item(call.resource.id, node_pools.VERSION)
    kept = {name: value for name, value in now["properties"].items() if name not in TOLD_ONLY}
    body = {"properties": {**kept, "count": number(call, "count")}}
    return await sent(session, call, "PUT", call.resource.id, {"api-version": node_pools.VERSION}, body)


CALLS: Mapping[str, Perform] = {
    services.START_APP: posted("start", web_apps.VERSION),
    services.STOP_APP: posted("stop", web_apps.VERSION),
    services.RESTART_APP: posted("restart", web_apps.VERSION),
    services.START_CLUSTER: posted("start", clusters.VERSION),
    services.STOP_CLUSTER: posted("stop", clusters.VERSION),
    services.SCALE_POOL: _scale_pool,
    services.DELETE_ADDRESS: deleted(public_addresses.VERSION),
}
