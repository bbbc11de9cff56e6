"""Questions about the estate from outside a chat, answered in plain data. Edge (reads the estate)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from engine.errors import SettingsError
from engine.estate.view import EstateView
from engine.request.resolver import resolve
from engine.request.understanding import Understanding

Answer = dict[str, Any]


async def asked(estate: EstateView, name: str, question: Mapping[str, str]) -> Answer:
    """The answer to `search` (of `text`) or `stats`, as JSON data. Raises StoreError; SettingsError for another name."""
    if name not in _ANSWERS:
        raise SettingsError(f"The estate is not asked {name!r}.", hint=f"It is asked {', '.join(_ANSWERS)}.")
    return await _ANSWERS[name](estate, question)


async def _search(estate: EstateView, question: Mapping[str, str]) -> Answer:
    """`{"resources": […], "likeness": bool, "says": "…"}`: what chat would answer to the same words."""
    understood = await Understanding(estate).of(question.get("text", ""))
    found = await resolve(understood.reading.about, estate, changing=False)
    says = (found.question or "By likeness.") if found.by_likeness or not found.resources else ""
    return {"resources": [resource.to_json() for resource in found.resources], "likeness": found.by_likeness, "says": says}


async def _stats(estate: EstateView, _question: Mapping[str, str]) -> Answer:
    """`{"total": 3, "cloud": {"aws": 3}, "type": …, "account": …, "environment": …}`."""
    stats = await estate.stats()
    groups = {"cloud": stats.by_cloud, "type": stats.by_type, "account": stats.by_account, "environment": stats.by_environment}
    return {"total": stats.total, **{name: dict(counts) for name, counts in groups.items()}}


_ANSWERS: Mapping[str, Callable[[EstateView, Mapping[str, str]], Awaitable[Answer]]] = {"search": _search, "stats": _stats}
