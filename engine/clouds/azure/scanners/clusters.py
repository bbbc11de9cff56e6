"""AKS clusters, and whether they run. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.azure.arm import Account, Kind, Wire, resource
from engine.clouds.azure.scanner import Scanner, everything_of, one_of
from engine.estate.resource import Resource

KIND = Kind("kubernetes_cluster", "Microsoft.ContainerService/managedClusters")
VERSION = "2024-09-01"
# Changes of labels, pools and versions leave a cluster running.
_STEADY = frozenset({"succeeded", "updating", "upgrading", "scaling", "reconciling"})


def state(told: Mapping[str, object]) -> str:
    """What Azure does with it just now (starting, stopping, creating, deleting, failed), else its power: running or stopped."""
    doing = str(told.get("provisioningState") or "Succeeded").lower()
    power = told.get("powerState")
    code = power.get("code") if isinstance(power, Mapping) else None
    return str(code or "Running").lower() if doing in _STEADY else doing


def cluster(account: Account, wire: Wire) -> Resource:
    told = wire["properties"]
    pools = told.get("agentPoolProfiles") or ()
    facts = {
        "version": str(told.get("kubernetesVersion") or ""),
        "nodes": sum(int(pool.get("count") or 0) for pool in pools),
        "node_pools": len(pools),
    }
    return resource(account, KIND, wire, state(told), facts)


SCANNER = Scanner(KIND, "Microsoft.ContainerService/managedClusters/read", everything_of(KIND, VERSION), one_of(VERSION), cluster)
