"""Standing views by a word: what waits for me, my runs, how things stand, help. Edge (reads the engine)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.cards.card import Card
from bot.cards.home import MOST_RUNS, Standing, approvals_card, home_card, runs_card, status_card
from bot.cards.schedules import list_card
from bot.cards.talk import help_card
from engine.approvals.filed import Filed
from engine.estate.where import EVERYTHING
from engine.execution.history import RUN_KINDS, runs
from engine.execution.report import Report
from engine.settings import Person
from engine.wiring import Engine

ROOMS: Mapping[str, str] = {
    "home": "everything at a glance",
    "approvals": "what waits for your approval, and what of yours waits",
    "runs": "your last runs",
    "schedules": "what is done later or again and again, and when next",
    "status": "the estate, its gaps, and whether everything works",
    "search": "resources by name or description: search WORDS",
    "help": "what you can say",
}


class Rooms:
    """The standing views of a bot."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def view(self, room: str, person: Person) -> Sequence[Card]:
        """The cards of a room but `search`, which is a question like any other. Raises EscherError."""
        if room == "schedules":
            return (list_card(self._engine.schedules.all(), self._engine.clock.now()),)
        if room not in ("home", "approvals", "runs", "status"):
            return (help_card(await self._engine.estate.count(EVERYTHING), self._engine.estate.gaps(), ROOMS),)
        standing = await self._standing(person)
        match room:
            case "home":
                return (home_card(standing),)
            case "approvals":
                return (approvals_card(standing),)
            case "runs":
                return (runs_card(standing),)
            case _:
                return (status_card(standing),)

    async def _standing(self, person: Person) -> Standing:
        stats = await self._engine.estate.stats()
        waiting = self._engine.desk.waiting()
        last = self._engine.sweeper.last
        return Standing(
            name=person.name,
            to_decide=tuple(filed for filed in waiting if _may_decide(filed, person)),
            own=tuple(filed for filed in waiting if filed.plan.asked_by == person.id),
            runs=self._runs(person),
            schedules=self._engine.schedules.upcoming(timedelta(days=1)),
            resources=stats.total,
            by_environment=tuple(sorted(stats.by_environment.items(), key=lambda item: -item[1])),
            gaps=tuple(self._engine.estate.gaps()),
            scanned=f"{last:%Y-%m-%d %H:%M} UTC" if last else "",
            away=await self._engine.advisor.away(),
        )

    def _runs(self, person: Person) -> tuple[Report, ...]:
        """The person's runs, newest first; those under way as they are now."""
        live = {report.id: report for report in self._engine.executor.under_way()}
        own = [left for left in runs(self._engine.journal.entries(RUN_KINDS)).values() if left.plan.asked_by == person.id]
        return tuple(live.get(left.run) or left.report() for left in reversed(own[-MOST_RUNS:]))


def _may_decide(filed: Filed, person: Person) -> bool:
    """Whether this person's approval would count; the click is checked again."""
    request = filed.request
    own = request.asked_by == person.id and not request.requester_may_approve
    return "manager" in person.roles and not own and all(vote.by != person.id for vote in request.votes)
