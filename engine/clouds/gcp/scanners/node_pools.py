"""Node pools of Kubernetes Engine, and how many nodes each has now. Pure mapping; a pool's instance groups tell its size."""

from __future__ import annotations

from engine.clouds.gcp import costs
from engine.clouds.gcp.names import FullName, Kind, Project, Seen, Wire, flag_of, project_path, resource
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.scanners import clusters
from engine.clouds.gcp.session import GcpSession
from engine.estate.resource import Resource

KIND = Kind("node_pool", "container.googleapis.com/NodePool")


def _everything(session: GcpSession) -> list[Wire]:
    return [_whole(session, cluster, pool) for cluster in clusters.everything(session) for pool in cluster.get("nodePools") or ()]


def _one(session: GcpSession, where: FullName) -> Wire:
    return _whole(session, session.rest("GET", "container", f"/v1/{where.above}"), session.rest("GET", "container", f"/v1/{where.path}"))


def _whole(session: GcpSession, cluster: Wire, pool: Wire) -> Wire:
    """A pool says with how many nodes it began, not how many it has: that stands with its instance groups, one a zone."""
    groups = [session.rest("GET", "compute", f"/compute/v1/{project_path(url)}") for url in pool.get("instanceGroupUrls") or ()]
    return {**pool, "cluster": cluster, "sizes": [int(group.get("targetSize") or 0) for group in groups]}


def pool(project: Project, told: Wire) -> Resource:
    """`count` is for each zone, as Google takes it; `nodes` are all."""
    cluster, config, sizes = told["cluster"], told.get("config") or {}, told["sizes"]
    where = f"{clusters.path(project, cluster)}/nodePools/{told['name']}"
    machine_type, status = str(config.get("machineType") or ""), str(told.get("status") or "UNKNOWN")
    facts = {
        "location_flag": flag_of(where),
        "cluster": str(cluster["name"]),
        "pool": str(told["name"]),
        "count": max(sizes, default=0),
        "nodes": sum(sizes),
        "machine_type": machine_type,
        "autoscaled": bool((told.get("autoscaling") or {}).get("enabled", False)),
    }
    state, labels = clusters.STATES.get(status, status.lower()), cluster.get("resourceLabels") or {}
    cost = round(costs.machine(machine_type) * sum(sizes), 2)
    seen = Seen(f"//container.googleapis.com/{where}", clusters.region(str(cluster["location"])), state, labels, facts, cost)
    return resource(project, KIND, f"{cluster['name']}/{told['name']}", seen)


SCANNER = Scanner(KIND, "container.clusters.list", _everything, _one, pool)
