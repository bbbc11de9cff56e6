"""The manifest of the Teams app: what an administrator uploads so that people can talk to the bot. Pure.

Schema 1.16. The limits are the schema's own; what breaks one is refused here and not by an upload page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import SettingsError

SCHEMA_VERSION = "1.16"
SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA_VERSION}/MicrosoftTeams.schema.json"
COLOR, OUTLINE = "color.png", "outline.png"
SCOPES = ("personal", "team", "groupchat")
MOST_COMMANDS, LONGEST_TITLE, LONGEST_DESCRIPTION = 10, 32, 128
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
SHORT = "Operate AWS, Azure and GCP in plain words"
FULL = (
    "Write what you want: Escher finds exactly the resources you mean, shows a plan with its risk and cost, waits for approval where your "
    "policy asks for it, runs it with your own credentials, and can undo it."
)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who stands behind the app in your organisation. The schema wants three https addresses; a page of your intranet does."""

    name: str
    website: str
    privacy: str = ""
    terms: str = ""


def manifest(app_id: str, rooms: Mapping[str, str], publisher: Publisher, version: str, *, name: str = "Escher") -> dict[str, Any]:
    """The manifest. `rooms` are the words that show a standing view, each with what it shows. Raises SettingsError."""
    if not GUID.fullmatch(app_id):
        raise SettingsError(
            f"teams.app_id: {app_id[:60]!r} is no application id.", hint="It looks like 00000000-0000-0000-0000-000000000000."
        )
    addresses = [publisher.website, publisher.privacy or publisher.website, publisher.terms or publisher.website]
    if strange := [one for one in addresses if not one.startswith("https://")]:
        raise SettingsError(f"The manifest needs addresses that begin with https://, not {strange[0][:60]!r}.")
    return {
        "$schema": SCHEMA,
        "manifestVersion": SCHEMA_VERSION,
        "version": version,
        "id": app_id,
        "developer": {
            "name": publisher.name[:32],
            "websiteUrl": addresses[0],
            "privacyUrl": addresses[1],
            "termsOfUseUrl": addresses[2],
        },
        "name": {"short": name[:30], "full": f"{name}, cloud operations in chat"[:100]},
        "description": {"short": SHORT, "full": FULL},
        "icons": {"color": COLOR, "outline": OUTLINE},
        "accentColor": "#2D4FC7",
        "bots": [_bot(app_id, rooms)],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [],
        "webApplicationInfo": {"id": app_id, "resource": f"api://botid-{app_id}"},
    }


def _bot(app_id: str, rooms: Mapping[str, str]) -> dict[str, Any]:
    """Rooms are entered in the personal chat; elsewhere Teams suggests only how to begin."""
    shown = list(rooms.items())[:MOST_COMMANDS]
    commands = [{"title": word[:LONGEST_TITLE], "description": says[:LONGEST_DESCRIPTION]} for word, says in shown]
    begin = [{"title": "help", "description": "What you can ask"}]
    return {
        "botId": app_id,
        "scopes": list(SCOPES),
        "supportsFiles": True,
        "isNotificationOnly": False,
        "commandLists": [{"scopes": ["personal"], "commands": commands or begin}, {"scopes": ["team", "groupchat"], "commands": begin}],
    }
