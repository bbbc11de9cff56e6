"""The manifest an admin installs Escher with as an internal Slack app, and why it asks for each scope. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMMAND = "/escher"
SHORTCUT = "ask_about_message"
# Where signed requests arrive.
PATH = "/slack/events"
DESCRIPTION = "Runs what you ask for in AWS, Azure and GCP, after the right people agreed."
# What Slack offers somebody to ask first; four are the most.
PROMPTS = (
    ("What waits for me", "approvals"),
    ("What runs in production", "Show all running instances in production"),
    ("What is public", "Which buckets are public?"),
    ("What costs most", "What costs us the most?"),
)
# Mentions and direct messages only: Escher does not read what is said in channels. Whoever wants edits and deletions of mentions heeded
# there too adds channels:history and the event message.channels (groups:history and message.groups for private channels).
SCOPES: Mapping[str, str] = {
    "app_mentions:read": "be told when somebody writes @escher",
    "assistant:write": "suggest what to ask, and show that an answer is on its way",
    "channels:read": "let `escher doctor` say whether Escher is in its public channels",
    "chat:write": "answer",
    "commands": "take /escher and the shortcut on messages",
    "files:write": "hand over answers that are too long for a message",
    "groups:read": "let `escher doctor` say whether Escher is in its private channels",
    "im:history": "read what is written to Escher directly",
    "im:write": "write to somebody directly: what only they may see, files, approvals wanted",
    "users:read": "tell colleagues from guests and bots, who may not approve",
}
APP_SCOPES: Mapping[str, str] = {"connections:write": "open the Socket Mode connection; goes into the app-level token"}
EVENTS: Mapping[str, str] = {
    "app_home_opened": "somebody opened Escher's home",
    "app_mention": "somebody wrote @escher",
    "message.im": "somebody wrote to Escher directly, changed that, or deleted it",
}


def manifest(*, socket: bool, url: str = "", agent: bool = True) -> dict[str, Any]:
    """The manifest as Slack's app settings take it, in JSON or YAML.

    `url` is the public https address that a proxy of yours passes on to Escher, for signed requests; Socket Mode needs none. `agent` turns
    on Slack's view for agents, which not every plan has. Source: docs.slack.dev "App manifest reference".
    """
    address = {} if socket else {"request_url": url.rstrip("/") + PATH}
    return {
        "display_information": {"name": "Escher", "description": DESCRIPTION, "background_color": "#1f2a37"},
        "features": _features(address.get("request_url", ""), agent=agent),
        "oauth_config": {"scopes": {"bot": sorted(needed(agent=agent))}},
        "settings": {
            "event_subscriptions": {**address, "bot_events": sorted(EVENTS)},
            # Where lists of a modal ask for their options; over a socket they come the way everything does.
            "interactivity": {"is_enabled": True, **address, **({"message_menu_options_url": address["request_url"]} if address else {})},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def needed(*, agent: bool = True) -> frozenset[str]:
    """The scopes of the bot token."""
    return frozenset(scope for scope in SCOPES if agent or scope != "assistant:write")


def _features(url: str, *, agent: bool) -> dict[str, Any]:
    command = {
        "command": COMMAND,
        "description": "What waits, how things stand, or ask for something",
        "usage_hint": "status | approvals | search NAME | what you want done",
        # Mentions and channels come by id, so that nobody can write another person's name.
        "should_escape": True,
    }
    features: dict[str, Any] = {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "escher", "always_online": True},
        "shortcuts": [
            {
                "name": "Ask Escher about this",
                "type": "message",
                "callback_id": SHORTCUT,
                "description": "Ask or do something about a message",
            }
        ],
        "slash_commands": [command | ({"url": url} if url else {})],
    }
    if agent:
        prompts = [{"title": title, "message": message} for title, message in PROMPTS]
        features["agent_view"] = {"agent_description": DESCRIPTION, "suggested_prompts": prompts}
    return features
