"""Names while they are typed, as people can tell them apart; and the one resource that a typed name or a picked id means. Edge (estate)."""

from __future__ import annotations

from bot.cards.rows import kind, where
from bot.platforms.platform import Suggestion
from engine.estate.resource import Resource
from engine.estate.view import EstateView
from engine.estate.where import AnyOf, is_
from engine.request.completing import complete

_MOST = 26  # of one name: more than a page says as much


async def suggestions(estate: EstateView, text: str) -> list[Suggestion]:
    """What the text may be the beginning of. A name that several resources bear is written as the exact id. Raises StoreError."""
    found = [match.resource for match in await complete(text, estate)]
    alone = {name: await estate.count(is_("name", name)) == 1 for name in {one.name for one in found}}
    return [Suggestion(one.id, one.name if alone[one.name] else one.id, one.name, detail(one)) for one in found]


def detail(resource: Resource) -> str:
    """`instance · acme-dev · us-east-1 · development (by account)`."""
    return " · ".join((kind(resource.type), resource.account_name or resource.account, resource.region, where(resource)))


async def named(estate: EstateView, text: str) -> list[Resource]:
    """What exactly this name or id means; where there is none, what is like it. Raises StoreError."""
    said = text.strip()
    exact = await estate.select(AnyOf((is_("id", said), is_("name", said))), _MOST) if said else []
    return exact or [match.resource for match in await complete(said, estate)]
