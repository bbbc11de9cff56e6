"""Slack's view for agents: suggested prompts when somebody begins, and a status while they wait. Edge.

Not every workspace has it, and nothing depends on it: what Slack refuses is told in the log once, and left.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.platforms.outbox import Faulty, Refusal, TooMany
from bot.platforms.platform import Place
from bot.platforms.slack.calls import Calls
from bot.platforms.slack.manifest import PROMPTS
from engine.logs import Log

STATUS = "is looking into it…"
TITLE = "Ask in plain words, for example"
# These say that no conversation here has it; all others are about the one.
_NOWHERE = frozenset({"unknown_method", "missing_scope", "feature_not_enabled", "access_denied", "no_permission", "not_allowed_token_type"})
_log = Log("escher.slack")


class Agent:
    """The extras of a conversation in the agent view. No method raises."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._refused: set[str] = set()

    async def suggest(self, channel: str, thread: str) -> None:
        """Offers what one could ask."""
        prompts = [{"title": title, "message": message} for title, message in PROMPTS]
        await self._try("assistant.threads.setSuggestedPrompts", channel, thread, title=TITLE, prompts=prompts)

    async def busy(self, place: Place) -> None:
        """Says that an answer is on its way; Slack takes it away with the answer."""
        await self._try("assistant.threads.setStatus", place.channel, place.thread, status=STATUS)

    async def _try(self, method: str, channel: str, thread: str, **arguments: Any) -> None:
        if method in self._refused:
            return
        try:
            await self._calls.call(method, channel_id=channel, thread_ts=thread or None, **arguments)
        except (TooMany, Faulty):
            return
        except Refusal as refusal:
            if refusal.code in _NOWHERE:
                self._refused.add(method)
                _log.info("no agent view here", method=method, code=refusal.code)


def started(event: Mapping[str, Any]) -> tuple[str, str] | None:
    """The channel and thread of a conversation somebody just opened; None for everything else. Pure.

    `assistant_thread_started` is the older view's; in the newer one opening the Messages tab is the sign, and there is no thread yet.
    """
    if event["type"] == "assistant_thread_started":
        thread = event.get("assistant_thread") or {}
        return (thread["channel_id"], thread.get("thread_ts", "")) if thread.get("channel_id") else None
    if event["type"] == "app_home_opened" and event.get("tab") == "messages" and event.get("channel"):
        return event["channel"], ""
    return None
