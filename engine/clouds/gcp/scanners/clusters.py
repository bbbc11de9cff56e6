"""Kubernetes Engine clusters. Pure mapping over two calls."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.clouds.gcp.answers import whole
from engine.clouds.gcp.names import FullName, Kind, Project, Seen, Wire, flag_of, region_of, resource
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.session import GcpSession
from engine.estate.resource import Resource

KIND = Kind("kubernetes_cluster", "container.googleapis.com/Cluster")
# A cluster serves while Google changes it.
STATES: Mapping[str, str] = {"RUNNING": "running", "RECONCILING": "running", "PROVISIONING": "pending", "STOPPING": "stopping"}


def everything(session: GcpSession) -> list[Wire]:
    """All clusters of the project. Raises Partial when Google left zones out, since a part is not the whole."""
    answer = session.rest("GET", "container", f"/v1/projects/{session.project.id}/locations/-/clusters")
    whole(answer)
    return list(answer.get("clusters") or ())


def _one(session: GcpSession, where: FullName) -> Wire:
    found: Wire = session.rest("GET", "container", f"/v1/{where.path}")
    return found


def path(project: Project, told: Wire) -> str:
    return f"projects/{project.id}/locations/{told['location']}/clusters/{told['name']}"


def region(location: str) -> str:
    """A cluster's location is a region or a zone."""
    return region_of(location) if re.fullmatch(r".+-[a-z]", location) else location


def cluster(project: Project, told: Wire) -> Resource:
    where, status = path(project, told), str(told.get("status") or "UNKNOWN")
    facts = {
        "location_flag": flag_of(where),
        "version": str(told.get("currentMasterVersion") or ""),
        "nodes": int(told.get("currentNodeCount") or 0),
        "node_pools": len(told.get("nodePools") or ()),
        "autopilot": bool((told.get("autopilot") or {}).get("enabled", False)),
    }
    state = STATES.get(status, status.lower())
    seen = Seen(f"//container.googleapis.com/{where}", region(str(told["location"])), state, told.get("resourceLabels") or {}, facts)
    return resource(project, KIND, str(told["name"]), seen)


SCANNER = Scanner(KIND, "container.clusters.list", everything, _one, cluster)
