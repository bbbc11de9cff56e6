"""A plan's card as it stands: with its times on top where the plan is the review of a schedule. Edge (engine)."""

from __future__ import annotations

from bot.cards.card import Card
from bot.cards.plans import plan_card
from bot.cards.schedules import Outlook, review_card
from engine.approvals.filed import Filed
from engine.errors import EscherError
from engine.request.times import take_time
from engine.request.tokens import clean
from engine.schedules.schedule import Schedule
from engine.wiring import Engine


async def drawn(engine: Engine, filed: Filed) -> Card:
    """The card of a plan. What a run of this minute would touch is left away where it cannot be told."""
    schedule = schedule_of(engine, filed)
    if schedule is None:
        return plan_card(filed)
    when = take_time(clean(schedule.message))[1]
    touched = await _touched(engine, schedule) if filed.request.state == "asked" else None
    days = engine.settings.schedules.standing_days
    return review_card(filed, schedule, Outlook(engine.clock.now(), touched, when.supposed if when else "", days))


def schedule_of(engine: Engine, filed: Filed) -> Schedule | None:
    """The schedule whose review a plan is, None where it is none."""
    return engine.schedules.find(filed.plan.schedule.partition("@")[0]) if filed.plan.schedule else None


async def _touched(engine: Engine, schedule: Schedule) -> tuple[str, ...] | None:
    try:
        return await engine.schedules.touching(schedule.id)
    except EscherError:
        return None
