"""Standing views: what waits for me, my runs, how things stand. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.card import Action, Block, Card, Column, Facts, Note, Table, Text, Tone
from bot.cards.plans import headline, subject_of
from bot.cards.schedules import coming
from engine.approvals.filed import Filed
from engine.estate.resource import Gap
from engine.execution.report import Report
from engine.schedules.schedule import Schedule

MOST_WAITING = 10
MOST_RUNS = 10
MOST_COMING = 5
_MOST_GAPS = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand for one person: plans they may decide, their own that wait, their runs newest first, the estate and its gaps."""

    name: str
    to_decide: tuple[Filed, ...]
    own: tuple[Filed, ...]
    runs: tuple[Report, ...]
    resources: int
    by_environment: tuple[tuple[str, int], ...]
    gaps: tuple[Gap, ...]
    scanned: str
    away: str  # why the AI server does not answer; '' when it does
    schedules: tuple[Schedule, ...] = ()  # what runs within a day, the next one first


def home_card(standing: Standing) -> Card:
    """Everything at a glance."""
    blocks = (*_waiting(standing), *_coming(standing.schedules), *_runs(standing.runs), *_estate(standing))
    return Card("home", f"Hello {standing.name}", blocks=blocks, actions=_reviews((*standing.to_decide, *standing.own)))


def approvals_card(standing: Standing) -> Card:
    """What waits for this person, and what of theirs waits for others."""
    tone: Tone = "waiting" if standing.to_decide else "neutral"
    return Card("home", "Approvals", tone, _waiting(standing), _reviews((*standing.to_decide, *standing.own)))


def runs_card(standing: Standing) -> Card:
    """The person's own runs."""
    return Card("home", "Your runs", blocks=_runs(standing.runs))


def status_card(standing: Standing) -> Card:
    """The estate, its gaps, and whether everything works."""
    return Card("home", "How things stand", "warning" if standing.gaps or standing.away else "good", _estate(standing))


def _waiting(standing: Standing) -> tuple[Block, ...]:
    blocks: list[Block] = []
    count = len(standing.to_decide)
    blocks.append(
        Text(f"{count} wait{'s' if count == 1 else ''} for your approval." if count else "Nothing waits for your approval.", strong=True)
    )
    blocks += [_line(filed) for filed in standing.to_decide[:MOST_WAITING]]
    if standing.own:
        blocks.append(Text(f"{len(standing.own)} of yours wait{'s' if len(standing.own) == 1 else ''} for somebody else."))
        blocks += [_line(filed) for filed in standing.own[:MOST_WAITING]]
    return tuple(blocks)


def _coming(schedules: Sequence[Schedule]) -> tuple[Block, ...]:
    if not schedules:
        return ()
    more = len(schedules) - MOST_COMING
    lines = [Note(coming(one)) for one in schedules[:MOST_COMING]]
    lines += [Note(f"and {more} more; `schedules` shows all.")] if more > 0 else []
    return (Text("Within a day:", strong=True), *lines)


def _line(filed: Filed) -> Note:
    plan = filed.plan
    return Note(
        f"{headline(plan)}. {plan.risk.capitalize()} risk, asked by {plan.asked_by}, expires {plan.expires_at:%H:%M} UTC.", "waiting"
    )


def _reviews(waiting: Sequence[Filed]) -> tuple[Action, ...]:
    return tuple(
        Action("review", subject_of(filed.plan), f"Review: {headline(filed.plan)}", opens=True) for filed in waiting[:MOST_WAITING]
    )


def _runs(reports: Sequence[Report]) -> tuple[Block, ...]:
    if not reports:
        return (Text("You have run nothing yet."),)
    rows = tuple((headline(one.plan), _came_to(one), f"{one.started_at:%Y-%m-%d %H:%M}", one.id) for one in reports[:MOST_RUNS])
    return (
        Table(
            (Column("What"), Column("Outcome"), Column("Started", unit="UTC"), Column("Run")), rows, "Your last runs", total=len(reports)
        ),
    )


def _came_to(report: Report) -> str:
    if report.undone_by:
        return "undone"
    if report.finished_at is None:
        return f"{report.over} of {len(report.steps)}"
    return "done" if report.succeeded else f"{report.done} of {len(report.steps)} done"


def _estate(standing: Standing) -> tuple[Block, ...]:
    environments = " · ".join(f"{count} {name or 'of unknown environment'}" for name, count in standing.by_environment)
    rows = [("Resources", f"{standing.resources:,}"), ("Environments", environments), ("Last scan", standing.scanned or "not yet")]
    rows.append(("AI server", standing.away or "answers"))
    blocks: list[Block] = [Facts(tuple(row for row in rows if row[1]))]
    blocks += [
        Note(f"Not seen: {gap.type.replace('_', ' ')} in {gap.account_name} {gap.region}: {gap.reason}.", "warning")
        for gap in standing.gaps[:_MOST_GAPS]
    ]
    if len(standing.gaps) > _MOST_GAPS:
        blocks.append(Note(f"and {len(standing.gaps) - _MOST_GAPS} more gaps.", "warning"))
    return tuple(blocks)
