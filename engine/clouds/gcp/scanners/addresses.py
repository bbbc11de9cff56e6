"""Reserved addresses, regional and global, and whether anything uses them. Pure mapping over two calls."""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.gcp import costs
from engine.clouds.gcp.names import FullName, Kind, Project, Seen, Wire, compute_id, flag_of, last, resource
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.session import GcpSession
from engine.estate.resource import Resource

KIND = Kind("ip_address", "compute.googleapis.com/Address")
STATES: Mapping[str, str] = {"RESERVED": "available", "IN_USE": "in-use", "RESERVING": "pending"}


def _everything(session: GcpSession) -> list[Wire]:
    return session.scopes("addresses")


def _one(session: GcpSession, where: FullName) -> Wire:
    found: Wire = session.rest("GET", "compute", f"/compute/v1/{where.path}")
    return found


def address(project: Project, told: Wire) -> Resource:
    own_id, users = compute_id(told), list(told.get("users") or ())
    status, kind = str(told["status"]), str(told.get("addressType") or "EXTERNAL")
    facts = {
        "location_flag": flag_of(own_id),
        "address": str(told.get("address") or ""),
        "kind": kind.lower(),
        "attached": status == "IN_USE",
        "attached_to": users,
    }
    # Google bills a reserved address that nothing uses; one in use is billed with what uses it.
    cost = costs.IDLE_ADDRESS if status == "RESERVED" and kind == "EXTERNAL" else 0.0
    seen = Seen(own_id, last(told.get("region")) or "global", STATES.get(status, status.lower()), told.get("labels") or {}, facts, cost)
    return resource(project, KIND, str(told["name"]), seen)


SCANNER = Scanner(KIND, "compute.addresses.list", _everything, _one, address)
