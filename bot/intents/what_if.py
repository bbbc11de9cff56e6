"""What a change would do, without asking for it: "what happens if I stop …", "is it safe to delete …". Edge (engine)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.card import Card
from bot.cards.plans import preview_card
from bot.cards.talk import text_card
from bot.intents.operate import wire_action
from bot.turn import Turn
from engine.errors import AdvisorError, Refused
from engine.estate.resource import Resource
from engine.execution.plan import Plan
from engine.planning.planner import Ask, NothingToDo
from engine.request.seal import Wanted


async def what_if(turn: Turn, action: str, resources: Sequence[Resource]) -> Card | None:
    """What a plan of it would say. Nothing stands on the desk then and nothing can run; None where a value is missing or nobody can tell."""
    wanted = (Wanted(wire_action(action, resources), tuple(resources)),)
    by_name = bool(turn.understood.reading.about.names)
    try:
        plan = await turn.engine.planner.preview(Ask(turn.person, turn.message, turn.understood.sealed_text, wanted, by_name=by_name))
        if isinstance(plan, Plan):
            return preview_card(plan, turn.engine.planner.decide(plan, turn.person))
    except Refused as refused:
        return text_card("That would be refused", refused.message, refused.who_can, footer="Nothing was changed.")
    except AdvisorError:
        return None
    if isinstance(plan, NothingToDo):
        reasons = "; ".join(f"{part.count}: {part.reason}" for part in plan.left_out if part.count)
        return text_card(
            "That would change nothing", f"{reasons[:1].upper()}{reasons[1:]}." if reasons else "", footer="Nothing was changed."
        )
    return None
