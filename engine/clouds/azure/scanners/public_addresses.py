"""Public IP addresses, and whether anything uses them. Pure."""

from __future__ import annotations

from dataclasses import replace

from engine.clouds.azure import costs
from engine.clouds.azure.arm import Account, Kind, Wire, resource, settled
from engine.clouds.azure.scanner import Scanner, everything_of, one_of
from engine.estate.resource import Resource

KIND = Kind("ip_address", "Microsoft.Network/publicIPAddresses")
VERSION = "2024-05-01"


def address(account: Account, wire: Wire) -> Resource:
    told = wire["properties"]
    users = [str((told.get(part) or {}).get("id") or "") for part in ("ipConfiguration", "natGateway")]
    attached = any(users)
    facts = {
        "address": str(told.get("ipAddress") or ""),
        "allocation": str(told.get("publicIPAllocationMethod") or ""),
        "sku": str((wire.get("sku") or {}).get("name") or "Basic"),
        "attached": attached,
        "attached_to": next((user for user in users if user), ""),
    }
    found = resource(account, KIND, wire, settled(wire, "in-use" if attached else "available"), facts)
    return replace(found, monthly_cost=costs.PUBLIC_ADDRESS if facts["allocation"] == "Static" else 0.0)


SCANNER = Scanner(KIND, "Microsoft.Network/publicIPAddresses/read", everything_of(KIND, VERSION), one_of(VERSION), address)
