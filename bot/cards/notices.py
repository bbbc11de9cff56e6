"""Cards that tell somebody of a plan: that it waits for them, still waits, expired, or was decided. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.cards.card import Card, Facts, Text
from bot.cards.plans import headline, state_line
from engine.approvals.filed import Filed
from engine.approvals.notices import Kind
from engine.estate.facts import environment
from engine.execution.plan import Plan

_MOST_NAMED = 3
_LONGEST_QUOTE = 200


def notice_card(kind: Kind, filed: Filed, asker: str, now: datetime) -> Card:
    """What somebody is told of a plan; `asker` is the name of the person who asked. The plan's own card stands below where one may decide."""
    plan = filed.plan
    facts = Facts(tuple(_facts(plan)))
    match kind:
        case "asked":
            said = f"{asker} waits for your approval: {headline(plan)}. Expires {_clock(plan.expires_at, now)}."
            return Card("notice", "Your approval is wanted", "waiting", (Text(said, strong=True), facts))
        case "reminder":
            said = f"{asker} still waits for your approval: {headline(plan)}. Expires {_clock(plan.expires_at, now)}."
            return Card("notice", "Reminder", "waiting", (Text(said, strong=True), facts))
        case "expired":
            said = f"Nobody approved in time: {headline(plan)}. It expired at {_clock(plan.expires_at, now)}."
            lines = (Text(said, strong=True), Text(f"That is no denial, and nothing was touched. {_again(plan)}"))
            return Card("notice", "Expired, not denied", blocks=(*lines, facts))
        case "decided":
            denied = filed.request.state == "denied"
            said = f"{headline(plan)}. {state_line(filed.request, filed.because)}"
            title = "Your plan was denied" if denied else "Your plan was approved"
            return Card("notice", title, "neutral" if denied else "good", (Text(said, strong=True), facts))


def _facts(plan: Plan) -> list[tuple[str, str]]:
    """Where the plan would act: what it is must not hang on its name alone."""
    accounts = _some(f"{one.account_name} ({one.cloud})" for one in plan.changed)
    regions = _some(one.region for one in plan.changed)
    environments = _some(environment(one)[0] or "unknown" for one in plan.changed)
    return [("Account", accounts), ("Region", regions), ("Environment", environments), ("Plan", plan.id)]


def _some(values: Iterable[str]) -> str:
    """The distinct values; of many, how many more there are."""
    named = list(dict.fromkeys(value for value in values if value))
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return ", ".join(named[:_MOST_NAMED]) + more


def _again(plan: Plan) -> str:
    """How to ask for the same once more."""
    if plan.undoes:
        return f"To ask again, press Undo on the run's card, or say: undo {plan.undoes}"
    message = plan.message if len(plan.message) <= _LONGEST_QUOTE else plan.message[:_LONGEST_QUOTE] + "\u2026"
    return f"To ask again, send your message once more: \u201c{message}\u201d"


def _clock(at: datetime, now: datetime) -> str:
    """A time in UTC, with its day where that is not today."""
    return f"{at:%H:%M} UTC" if at.date() == now.date() else f"{at:%H:%M} UTC on {at.day} {at:%B}"
