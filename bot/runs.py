"""Runs on their way to people: a granted plan is executed and its card kept up to date; an approved review makes its schedule stand. Edge."""

from __future__ import annotations

import asyncio

from bot.cards.runs import outcome_card, progress_card
from bot.cards.schedules import scheduled_card
from bot.cards.talk import error_card, refusal_card
from bot.platforms.platform import Place
from bot.showing import Showing, place_of
from engine.approvals.filed import Filed
from engine.errors import EscherError, Refused
from engine.execution.history import RUN_KINDS, runs
from engine.execution.report import Report
from engine.wiring import Engine

LEAST_BETWEEN_EDITS_S = 1.0


class Runs:
    """Starts runs in the background and reports them. A card is edited at most once a second."""

    def __init__(self, engine: Engine, showing: Showing) -> None:
        self._engine = engine
        self._showing = showing
        self._tasks: set[asyncio.Task[None]] = set()
        self.swept = asyncio.Event()  # set once nothing of before the start is taken for something new

    def start(self, plan_id: str) -> asyncio.Task[None]:
        """Runs an approved plan in the background, or has a schedule stand by its review; whatever comes of it becomes a card."""
        task = asyncio.create_task(self._run(plan_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def recover(self) -> None:
        """After a start: finishes what a kill left open, closes what never began, and tells the places it was asked from."""
        await self._engine.schedules.recover()
        ran = {entry.body["plan"]["id"] for entry in self._engine.journal.entries({"run.started"})}
        for filed in await self._engine.desk.abandon_unbegun(ran):
            await self._showing.redraw(filed)
        self.swept.set()
        for report in await self._engine.executor.recover():
            await self._showing.tell(report.plan, outcome_card(report))

    async def settled(self) -> None:
        """Waits until nothing runs."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def _run(self, plan_id: str) -> None:
        filed = self._engine.desk.find(plan_id)
        assert filed is not None
        try:
            if filed.plan.schedule:
                await self._stands(filed)
            else:
                await self.carry(plan_id)
        except Refused as refused:
            await self._showing.tell(filed.plan, refusal_card(refused))
        except EscherError as error:
            await self._showing.tell(filed.plan, error_card(error, f"running {plan_id}"))

    async def carry(self, plan_id: str) -> Report:
        """Runs an approved plan to its end, shown as it goes. Raises EscherError when it did not begin, or could not be written down."""
        filed = self._engine.desk.find(plan_id)
        assert filed is not None
        live = _Live(self._showing, place_of(filed.plan))
        try:
            grant = await self._engine.desk.grant(plan_id)
            report = await self._engine.executor.execute(filed.plan, grant, live.saw)
        finally:
            await live.stop()
        await self._showing.tell(filed.plan, outcome_card(report))
        await self._undone(report)
        return report

    async def _stands(self, filed: Filed) -> None:
        """An approved review: nothing runs now."""
        schedule = await self._engine.schedules.approved(filed.plan.id)
        await self._showing.redraw(self._engine.desk.find(filed.plan.id) or filed)
        await self._showing.tell(filed.plan, scheduled_card(schedule, self._engine.clock.now()))

    async def _undone(self, report: Report) -> None:
        """The outcome card of a run that was taken back loses its Undo button."""
        if report.plan.undoes and (left := runs(self._engine.journal.entries(RUN_KINDS)).get(report.plan.undoes)):
            await self._showing.tell(left.plan, outcome_card(left.report()))


class _Live:
    """A progress card that follows a run, at most one edit a second; the newest state always wins."""

    def __init__(self, showing: Showing, place: Place) -> None:
        self._showing = showing
        self._place = place
        self._newest: Report | None = None
        self._task: asyncio.Task[None] | None = None

    def saw(self, report: Report) -> None:
        self._newest = report
        if self._task is None:
            self._task = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        shown: Report | None = None
        while True:
            if self._newest is not shown and self._newest is not None:
                shown = self._newest
                await self._showing.show(self._place, progress_card(shown))
            await asyncio.sleep(LEAST_BETWEEN_EDITS_S)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
