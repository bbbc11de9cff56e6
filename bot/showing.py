"""Cards on their way to every place they belong to: where it was asked, and where else it stands. Edge (platforms)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.cards.card import Card
from bot.cards.plain import plain
from bot.cards.plans import plan_card
from bot.platforms.platform import Place, Platform
from bot.posts import JournalPosts
from engine.approvals.filed import Filed
from engine.execution.plan import Plan

Draw = Callable[[Filed], Awaitable[Card]]


async def plainly(filed: Filed) -> Card:
    """A plan's card where nothing of schedules is known."""
    return plan_card(filed)


class Showing:
    """The platforms of a bot, by name. A place on a platform that does not run is passed over: the journal has it."""

    def __init__(self, posts: JournalPosts, draw: Draw = plainly) -> None:
        self.platforms: dict[str, Platform] = {}
        self._posts = posts
        self.draw = draw

    async def show(self, place: Place, card: Card) -> None:
        """Shows a card in its place, and its new version wherever else its subject stands."""
        for where in dict.fromkeys((place, *(self._posts.places(card.subject) if card.subject else ()))):
            if platform := self.platforms.get(where.platform):
                await platform.show(where, card)

    async def whisper(self, place: Place, login: str, card: Card) -> None:
        """Shows a card to one person."""
        if platform := self.platforms.get(place.platform):
            await platform.whisper(place, login, card)

    async def redraw(self, filed: Filed) -> None:
        """A plan as it stands now, everywhere: decided ones lose their buttons."""
        await self.show(place_of(filed.plan), await self.draw(filed))

    async def update(self, card: Card) -> None:
        """Shows the new version of a card wherever its subject stands, and nowhere else."""
        for where in self._posts.places(card.subject):
            if platform := self.platforms.get(where.platform):
                await platform.show(where, card)

    async def tell(self, plan: Plan, card: Card) -> None:
        """What became of a plan, in every place where the plan stands: the approver on another platform sees it too. It is noted, once."""
        for where in dict.fromkeys((place_of(plan), *self._posts.places(plan.id))):
            if platform := self.platforms.get(where.platform):
                await platform.show(where, card)
        await self._posts.told(place_of(plan), plan.id, plain(card))


def place_of(plan: Plan) -> Place:
    """Where a plan was asked for."""
    return Place(plan.place.get("platform", ""), plan.place.get("channel", ""), plan.place.get("thread", ""))
