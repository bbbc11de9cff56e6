"""App Service apps, function apps among them, and whether they answer. Pure."""

from __future__ import annotations

from engine.clouds.azure.arm import Account, Kind, Wire, resource
from engine.clouds.azure.scanner import Scanner, everything_of, one_of
from engine.estate.resource import Resource

KIND = Kind("web_app", "Microsoft.Web/sites")
VERSION = "2023-12-01"


def app(account: Account, wire: Wire) -> Resource:
    """An app costs nothing of its own: its plan does, whether the app runs or not."""
    told = wire["properties"]
    facts = {
        "kind": str(wire.get("kind") or "app"),
        "plan": str(told.get("serverFarmId") or ""),
        "host": str(told.get("defaultHostName") or ""),
        "https_only": bool(told.get("httpsOnly", False)),
    }
    return resource(account, KIND, wire, str(told.get("state") or "unknown").lower(), facts)


SCANNER = Scanner(KIND, "Microsoft.Web/sites/read", everything_of(KIND, VERSION), one_of(VERSION), app)
