"""Tells people of plans that wait for them, where they are reached, and of how their own plans ended. Edge (engine, platforms).

A notice is written into the journal before it is sent: a restart finds what was told and tells nothing twice, and what a kill came
between is not told at all; the next approver follows by the rules of `engine/approvals/notices.py`, which decides everything here.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from bot.cards.card import Card
from bot.cards.notices import notice_card
from bot.drawing import drawn
from bot.platforms.platform import Place, Platform
from engine.approvals import notices as rules
from engine.approvals.filed import Filed
from engine.approvals.notices import Heard, Notice, Rota, Told
from engine.errors import EscherError
from engine.journal.entry import Entry
from engine.logs import Log
from engine.settings import Person
from engine.wiring import Engine

Show = Callable[[Place, Card], Awaitable[None]]
Redraw = Callable[[Filed], Awaitable[None]]
EVERY_S = 15.0
SENT = "notice.sent"
REDRAWN_FOR = timedelta(days=7)  # after a longer stop, cards of expired plans keep their buttons; a click on one is refused and redraws it
_FOR_APPROVERS = ("asked", "reminder")
_log = Log("escher.notices")


class Notices:
    """One for a bot. `platforms` are those that run, by name; `redraw` draws a plan's card anew wherever it stands."""

    def __init__(self, engine: Engine, people: Sequence[Person], platforms: Mapping[str, Platform], show: Show, redraw: Redraw) -> None:
        self._engine = engine
        self._people = {person.id: person for person in people}
        self._platforms = platforms
        self._show = show
        self._redraw = redraw
        self._read = 0
        self._watched: dict[str, bool] = {}  # plan id: whether its expiry has still to be drawn
        self._told: defaultdict[str, list[Told]] = defaultdict(list)
        self._stirred = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    def stir(self) -> None:
        """Says that a plan was filed or decided, so that nobody waits for the next tick."""
        self._stirred.set()

    async def run(self) -> None:
        """Ticks every 15 s and whenever stirred, until cancelled."""
        while True:
            self._stirred.clear()
            await self.tick()
            await self._pause()

    async def tick(self) -> None:
        """Sends everything that is due now. A fault of the journal or of a platform is logged and stops nothing but its own notice."""
        async with self._one_at_a_time:  # two ticks at once would both find the same notice due
            with _logged("reading the journal"):
                self._read_on()
            for plan_id in list(self._watched):
                await self._attend(plan_id)

    def _read_on(self) -> None:
        """Takes in what the journal says since the last time: plans that wait, and what was told."""
        oldest = self._engine.clock.now() - REDRAWN_FOR
        for entry in self._engine.journal.entries({"approval.asked", SENT}, after=self._read):
            if entry.kind == SENT:
                told = _told(entry)
                self._told[told.plan_id].append(told)
            else:
                asked = entry.body["request"]
                if asked["needs"] and datetime.fromisoformat(asked["expires_at"]) > oldest:
                    self._watched[asked["plan_id"]] = True
            self._read = entry.sequence

    async def _attend(self, plan_id: str) -> None:
        """One plan: its card when it has expired, then every notice that is due, looked up afresh after each."""
        filed = self._engine.desk.find(plan_id)
        if filed is None:  # it is being filed at this moment
            return
        if filed.request.state == "expired" and self._watched[plan_id]:
            self._watched[plan_id] = False
            with _logged("drawing an expired plan", plan=plan_id):
                await self._redraw(filed)
        tried: set[Notice] = set()
        while notice := next((one for one in self._due(plan_id) if one not in tried), None):
            tried.add(notice)
            with _logged("telling somebody", plan=plan_id, person=notice.person_id):
                await self._send(notice)
        if rules.is_over(filed, self._engine.clock.now()):
            del self._watched[plan_id]
            self._told.pop(plan_id, None)

    def _due(self, plan_id: str) -> tuple[Notice, ...]:
        filed = self._engine.desk.find(plan_id)
        if filed is None:
            return ()
        rota = Rota(tuple(self._people.values()), self._engine.settings.policy, frozenset(self._platforms))
        return rules.due(filed, self._told[plan_id], rota, self._engine.clock.now())

    async def _send(self, notice: Notice) -> None:
        """Finds the place, writes the notice down, shows it. While the platform was asked or the disk was busy somebody may have decided."""
        place = await self._direct(self._people[notice.person_id])
        if notice not in self._due(notice.plan_id):
            return
        await self._write(notice, place)
        filed = self._engine.desk.find(notice.plan_id)
        for_approver = notice.kind in _FOR_APPROVERS
        if place is None or filed is None or (for_approver and filed.request.state != "asked"):
            return
        asker = self._people.get(filed.plan.asked_by)
        name = asker.name if asker else filed.plan.asked_by
        await self._show(place, notice_card(notice.kind, filed, name, self._engine.clock.now()))
        if for_approver and not _is_own_place(place, filed):
            await self._show(place, await drawn(self._engine, filed))

    async def _direct(self, person: Person) -> Place | None:
        """Where this person is spoken to alone, on the first platform that reaches them; None when none does."""
        for name, login in rules.ways(person, self._platforms):
            with _logged("reaching somebody", person=person.id, platform=name):
                if place := await self._platforms[name].direct(login):
                    return place
        return None

    async def _write(self, notice: Notice, place: Place | None) -> None:
        kind: Heard = notice.kind if place else "unreachable"
        platform = place.platform if place else ""
        body = {"plan": notice.plan_id, "person": notice.person_id, "kind": kind, "platform": platform}
        await self._engine.journal.append(SENT, body)
        self._read_on()

    async def _pause(self) -> None:
        waits = [asyncio.ensure_future(self._engine.clock.sleep(EVERY_S)), asyncio.ensure_future(self._stirred.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


@contextlib.contextmanager
def _logged(doing: str, **about: str) -> Iterator[None]:
    """Logs what went wrong with one thing, so that the others go on."""
    try:
        yield
    except EscherError as error:
        _log.error("a notice failed", doing=doing, why=str(error), **about)


def _told(entry: Entry) -> Told:
    return Told(entry.body["plan"], entry.body["person"], cast(Heard, entry.body["kind"]), datetime.fromisoformat(entry.at))


def _is_own_place(place: Place, filed: Filed) -> bool:
    """Whether the plan was asked for right here, so that its card stands above."""
    own = filed.plan.place
    return (place.platform, place.channel) == (own.get("platform"), own.get("channel"))
