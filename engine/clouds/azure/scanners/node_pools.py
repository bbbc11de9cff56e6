"""Node pools of AKS clusters, and how many nodes each has. Pure mapping over two calls for each cluster."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, ArmId, Kind, Wire, resource
from engine.clouds.azure.fanning import each
from engine.clouds.azure.scanner import Scanner
from engine.clouds.azure.scanners import clusters
from engine.clouds.azure.session import AzureSession
from engine.estate.resource import Resource

KIND = Kind("node_pool", "Microsoft.ContainerService/managedClusters/agentPools")
VERSION = clusters.VERSION


async def _everything(session: AzureSession) -> list[Wire]:
    found = await each(await session.rest_kind(clusters.KIND.native, VERSION), partial(_pools, session))
    return [pool for pools in found for pool in pools]


async def _pools(session: AzureSession, cluster: Wire) -> list[Wire]:
    listed = await session.rest_items(f"{cluster['id']}/agentPools", VERSION)
    return [_placed(pool, cluster) for pool in listed]


async def _one(session: AzureSession, where: ArmId) -> Wire:
    return _placed(await session.rest_item(where.path, VERSION), await session.rest_item(where.above().path, VERSION))


def _placed(pool: Wire, cluster: Wire) -> Wire:
    """A pool tells neither where it is nor tags like other resources; it stands where its cluster does."""
    return {**pool, "location": cluster["location"], "tags": pool["properties"].get("tags") or cluster.get("tags") or {}}


def pool(account: Account, wire: Wire) -> Resource:
    told, where = wire["properties"], ArmId.parse(str(wire["id"]))
    size, count = str(told.get("vmSize") or ""), int(told.get("count") or 0)
    facts = {
        "cluster": where.names[0],
        "pool": where.names[1],
        "count": count,
        "vm_size": size,
        "mode": str(told.get("mode") or ""),
        "autoscaled": bool(told.get("enableAutoScaling", False)),
    }
    found = resource(account, KIND, wire, clusters.state(told), facts)
    return replace(found, monthly_cost=round(costs.virtual_machine(size) * count, 2))


SCANNER = Scanner(KIND, "Microsoft.ContainerService/managedClusters/agentPools/read", _everything, _one, pool)
