"""Notices over a real journal and desk: who is reached where, what a restart and a kill leave, and that one fault stops nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from bot.cards.card import Card
from bot.cards.plain import plain
from bot.notices import EVERY_S, SENT, Notices
from bot.platforms.platform import Inbox, Place
from engine.approvals.desk import Pressed
from engine.approvals.filed import Filed
from engine.approvals.policy import Decision
from engine.clock import FakeClock
from engine.errors import DiskFull, EscherError
from engine.estate.memory import MemoryEstate
from engine.execution.plan import Plan
from engine.journal.entry import Entry
from engine.settings import EstateSettings, Person, PolicySettings, QuietHours, Settings
from engine.wiring import Engine, Parts, open_engine
from tests.engine.execution.samples import NOW, stopping, vm

LENA = Person(id="lena", name="Lena", roles=("executor",), logins={"web": "lena"})
MONA = Person(id="mona", name="Mona", roles=("manager",), logins={"web": "mona", "slack": "T/M"}, reach="slack")
THEO = Person(id="theo", name="Theo", roles=("manager",), logins={"slack": "T/T"})
PEOPLE = (LENA, MONA, THEO)
HERE = {"platform": "web", "channel": "general", "thread": "m1"}
ONE, TWO, NONE = Decision(1, ("it touches production",)), Decision(2, ("its risk is critical",)), Decision(0, ("low risk",))


class Killed(Exception):
    """The process ends right here."""


@dataclass
class Recorder:
    """A platform that keeps what was shown, in order. `unreachable` logins have no place; `broken` ones make it fail."""

    name: str
    shown: list[tuple[Place, Card]] = field(default_factory=list)
    unreachable: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    meanwhile: Callable[[], object] | None = None  # what happens while the platform looks somebody up

    async def show(self, place: Place, card: Card) -> None:
        self.shown.append((place, card))

    async def whisper(self, place: Place, login: str, card: Card) -> None:
        raise AssertionError("a notice is not whispered")

    async def direct(self, login: str) -> Place | None:
        await asyncio.sleep(0)
        if self.meanwhile is not None and asyncio.iscoroutine(done := self.meanwhile()):
            await done
        if login in self.broken:
            raise EscherError(f"{self.name} does not answer.")
        return None if login in self.unreachable else Place(self.name, f"D-{login}", "")

    async def run(self, inbox: Inbox) -> None:
        """Serves nobody: these tests only listen."""


@dataclass
class House:
    """A bot's engine, its platforms and its notices, with what was redrawn."""

    engine: Engine
    platforms: dict[str, Recorder]
    clock: FakeClock
    redrawn: list[str] = field(default_factory=list)
    killed_at: str = ""

    def __post_init__(self) -> None:
        self.notices = Notices(self.engine, self.engine.settings.people, self.platforms, self.show, self.redraw)

    async def show(self, place: Place, card: Card) -> None:
        if self.killed_at == place.channel:
            raise Killed
        if place.channel in self.platforms[place.platform].broken:
            raise EscherError("What was posted could not be remembered.")
        await self.platforms[place.platform].show(place, card)

    async def redraw(self, filed: Filed) -> None:
        self.redrawn.append(filed.plan.id)

    async def file(self, plan: Plan, decision: Decision = ONE) -> Filed:
        return await self.engine.desk.file(plan, decision)

    async def after(self, minutes: float) -> list[str]:
        """Moves the clock, ticks, and gives the channels that something was shown in."""
        before = {name: len(platform.shown) for name, platform in self.platforms.items()}
        self.clock.advance(minutes * 60)
        await self.notices.tick()
        return [place.channel for name, platform in self.platforms.items() for place, _ in platform.shown[before[name] :]]

    def sent(self) -> list[tuple[str, str, str]]:
        return [(entry.body["person"], entry.body["kind"], entry.body["platform"]) for entry in self.engine.journal.entries({SENT})]


@contextlib.asynccontextmanager
async def house(
    home: Path, *, people: tuple[Person, ...] = PEOPLE, now: datetime = NOW, names: tuple[str, ...] = ("web", "slack"), remind: int = 10
) -> AsyncIterator[House]:
    made = Settings(people=people, estate=EstateSettings(key="file"), policy=PolicySettings(remind_minutes=remind))
    clock = FakeClock(now)
    engine = await open_engine(home, made, {}, Parts(estate=MemoryEstate(()), clouds={}, clock=clock))
    try:
        yield House(engine, {name: Recorder(name) for name in names}, clock)
    finally:
        await engine.close()


@pytest.fixture
async def open_house(tmp_path):
    async with house(tmp_path) as made:
        yield made


def planned(number: int = 1, **changes) -> Plan:
    return replace(
        stopping(vm(f"web-{number}", env="production")), **({"id": f"plan-{number}", "asked_by": "lena", "place": HERE} | changes)
    )


async def test_the_approver_is_told_on_the_platform_they_prefer_and_can_decide_right_there(open_house):
    await open_house.file(planned())
    assert await open_house.after(0) == ["D-T/M", "D-T/M"]
    notice, plan = [card for _, card in open_house.platforms["slack"].shown]
    assert notice.kind == "notice"
    assert "Lena waits for your approval: Stop web-1 in production. Expires 13:00 UTC." in plain(notice)
    assert (plan.kind, plan.subject) == ("plan", "plan-1")
    assert "approve" in [action.verb for action in plan.actions]
    assert open_house.sent() == [("mona", "asked", "slack")]
    assert await open_house.after(1) == []


async def test_a_reminder_then_the_next_then_the_expiry_is_told_to_who_asked(open_house):
    await open_house.file(planned())
    await open_house.after(0)
    await open_house.after(10)
    assert "Lena still waits for your approval" in plain(open_house.platforms["slack"].shown[2][1])
    await open_house.after(10)
    await open_house.after(10)
    assert open_house.sent() == [
        ("mona", "asked", "slack"),
        ("mona", "reminder", "slack"),
        ("theo", "asked", "slack"),
        ("theo", "reminder", "slack"),
    ]
    assert open_house.redrawn == []
    assert await open_house.after(30) == ["D-lena"]
    told = plain(open_house.platforms["web"].shown[-1][1])
    assert "That is no denial, and nothing was touched." in told
    assert "send your message once more: \u201cstop things\u201d" in told
    assert open_house.redrawn == ["plan-1"]
    await open_house.after(1)
    await open_house.after(60 * 24)
    assert len(open_house.sent()) == 5
    assert open_house.redrawn == ["plan-1"]


async def test_an_expiry_is_drawn_though_nobody_is_to_be_told(tmp_path):
    async with house(tmp_path, remind=0) as made:
        await made.file(planned())
        assert await made.after(61) == []
        assert (made.redrawn, made.sent()) == (["plan-1"], [])


async def test_critical_plans_are_told_to_two_at_once(open_house):
    await open_house.file(planned(), TWO)
    await open_house.after(0)
    assert [person for person, _, _ in open_house.sent()] == ["mona", "theo"]


async def test_what_runs_at_once_is_told_to_nobody(open_house):
    await open_house.file(planned(), NONE)
    assert await open_house.after(0) == []
    assert open_house.sent() == []


async def test_nobody_is_told_after_a_decision_and_who_asked_hears_of_it_elsewhere_only(tmp_path):
    omar = Person(id="omar", name="Omar", roles=("executor",), logins={"web": "omar", "slack": "T/O"}, reach="slack")
    async with house(tmp_path, people=(*PEOPLE, omar)) as made:
        mine, other = planned(1), planned(2, asked_by="omar")
        await made.file(mine)
        await made.file(other)
        await made.after(0)
        for plan in (mine, other):
            await made.engine.desk.click(plan.id, Pressed("deny", MONA, plan.digest, "not today"))
        assert await made.after(1) == ["D-T/O"]
        assert "Denied by mona: not today. Nothing was touched." in plain(made.platforms["slack"].shown[-1][1])
        assert made.sent()[2:] == [("omar", "decided", "slack")]
        assert await made.after(30) == []


async def test_who_cannot_be_reached_is_passed_over_at_once(open_house):
    open_house.platforms["slack"].unreachable = {"T/M"}
    open_house.platforms["web"].unreachable = {"mona"}
    await open_house.file(planned())
    assert await open_house.after(0) == ["D-T/T", "D-T/T"]
    assert open_house.sent() == [("mona", "unreachable", ""), ("theo", "asked", "slack")]


async def test_where_the_preferred_platform_does_not_reach_somebody_another_does(open_house):
    open_house.platforms["slack"].broken = {"T/M"}
    await open_house.file(planned())
    assert await open_house.after(0) == ["D-mona", "D-mona"]
    assert open_house.sent() == [("mona", "asked", "web")]


async def test_a_platform_that_does_not_run_reaches_nobody(tmp_path):
    async with house(tmp_path, names=("web",)) as made:
        await made.file(planned(), TWO)
        assert await made.after(0) == ["D-mona", "D-mona"]
        assert made.sent() == [("mona", "asked", "web"), ("theo", "unreachable", "")]


async def test_quiet_hours_pass_somebody_over(tmp_path):
    asleep = MONA.model_copy(update={"quiet": QuietHours(start=time(11), end=time(12, 5))})
    async with house(tmp_path, people=(LENA, asleep)) as made:
        await made.file(planned())
        assert await made.after(0) == []
        assert await made.after(4) == []
        assert await made.after(1) == ["D-T/M", "D-T/M"]


async def test_where_the_plan_stands_already_only_the_notice_is_shown(open_house):
    await open_house.file(planned(place={"platform": "slack", "channel": "D-T/M", "thread": "m7"}))
    assert await open_house.after(0) == ["D-T/M"]


async def test_a_fault_in_one_sending_stops_no_other(open_house):
    open_house.platforms["slack"].broken = {"D-T/M"}
    await open_house.file(planned(1), TWO)
    await open_house.file(planned(2))
    assert await open_house.after(0) == ["D-T/T", "D-T/T"]
    assert open_house.sent() == [("mona", "asked", "slack"), ("theo", "asked", "slack"), ("mona", "asked", "slack")]
    open_house.platforms["slack"].broken = set()
    assert await open_house.after(20) == ["D-T/T", "D-T/T"], "the next approver follows by the rules; mona is not asked again"


async def test_what_cannot_be_written_down_is_not_sent_and_tried_again(open_house, monkeypatch):
    await open_house.file(planned(1))
    append = open_house.engine.journal.append

    async def full(kind: str, body: object) -> Entry:
        raise DiskFull("The disk took nothing more.")

    monkeypatch.setattr(open_house.engine.journal, "append", full)
    assert await open_house.after(0) == []
    monkeypatch.setattr(open_house.engine.journal, "append", append)
    assert await open_house.after(1) == ["D-T/M", "D-T/M"]


async def test_a_decision_while_the_platform_was_asked_is_not_followed_by_a_notice(open_house):
    plan = planned()
    await open_house.file(plan)
    open_house.platforms["slack"].meanwhile = lambda: open_house.engine.desk.click(plan.id, Pressed("deny", THEO, plan.digest))
    assert await open_house.after(0) == []
    assert open_house.sent() == []


async def test_a_decision_while_the_disk_was_busy_is_not_followed_by_a_notice(open_house, monkeypatch):
    plan = planned()
    await open_house.file(plan)
    append = open_house.engine.journal.append

    async def slow(kind: str, body: dict[str, str]) -> Entry:
        if kind == SENT:
            await open_house.engine.desk.click(plan.id, Pressed("deny", THEO, plan.digest))
        return await append(kind, body)

    monkeypatch.setattr(open_house.engine.journal, "append", slow)
    assert await open_house.after(0) == []
    assert open_house.sent() == [("mona", "asked", "slack")]


async def test_a_restart_tells_nothing_twice_and_goes_on_where_it_was(tmp_path):
    async with house(tmp_path) as made:
        await made.file(planned())
        await made.after(0)
        await made.after(10)
    async with house(tmp_path, now=NOW + timedelta(minutes=12)) as made:
        assert await made.after(0) == []
        assert await made.after(8) == ["D-T/T", "D-T/T"]
    async with house(tmp_path, now=NOW + timedelta(minutes=61)) as made:
        assert await made.after(0) == ["D-lena"]
        assert made.redrawn == ["plan-1"]
    async with house(tmp_path, now=NOW + timedelta(minutes=70)) as made:
        assert await made.after(0) == []
        assert [kind for _, kind, _ in made.sent()] == ["asked", "reminder", "asked", "expired"]


async def test_a_long_stop_leaves_no_news_of_old_expiries_but_draws_them(tmp_path):
    async with house(tmp_path) as made:
        await made.file(planned())
    async with house(tmp_path, now=NOW + timedelta(days=3)) as made:
        assert await made.after(0) == []
        assert made.redrawn == ["plan-1"]
    async with house(tmp_path, now=NOW + timedelta(days=9)) as made:
        await made.after(0)
        assert made.redrawn == []


async def test_a_kill_between_the_journal_and_the_sending_tells_nobody_twice(tmp_path):
    async with house(tmp_path) as made:
        await made.file(planned())
        made.killed_at = "D-T/M"
        with pytest.raises(Killed):
            await made.after(0)
        assert made.sent() == [("mona", "asked", "slack")]
    async with house(tmp_path, now=NOW + timedelta(minutes=1)) as made:
        assert await made.after(0) == []
        await made.after(9)
        assert made.sent()[1:] == [("mona", "reminder", "slack")]


async def test_two_ticks_at_once_tell_once(open_house):
    await open_house.file(planned())
    await asyncio.gather(*(open_house.notices.tick() for _ in range(5)))
    assert open_house.sent() == [("mona", "asked", "slack")]
    assert len(open_house.platforms["slack"].shown) == 2


async def test_a_plan_that_is_being_filed_while_the_clock_ticks_is_not_forgotten(open_house):
    """The journal knows it a moment before the desk does."""
    filing = asyncio.create_task(open_house.file(planned()))
    while not filing.done():
        await open_house.notices.tick()
        await asyncio.sleep(0)
    await open_house.notices.tick()
    assert open_house.sent() == [("mona", "asked", "slack")]


class StoppedClock(FakeClock):
    """A clock that stands still until a test lets its sleepers go."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.asked_for: list[float] = []
        self.sleepers: list[asyncio.Event] = []

    async def sleep(self, seconds: float) -> None:
        self.asked_for.append(seconds)
        gone = asyncio.Event()
        self.sleepers.append(gone)
        await gone.wait()


async def test_it_ticks_when_stirred_and_on_its_own(tmp_path, monkeypatch):
    async with house(tmp_path) as made:
        clock, before = StoppedClock(), asyncio.all_tasks()
        slow = House(replace(made.engine, clock=clock), made.platforms, clock)
        running = asyncio.create_task(slow.notices.run())
        try:
            await until(lambda: clock.asked_for == [EVERY_S])
            await slow.file(planned(1))
            slow.notices.stir()
            await until(lambda: len(slow.sent()) == 1)
            await until(lambda: len(clock.sleepers) == 2)
            await slow.file(planned(2))
            clock.sleepers[-1].set()
            await until(lambda: len(slow.sent()) == 2)
            await asyncio.sleep(0.05)
            assert clock.asked_for == [EVERY_S] * 3, "it rests between ticks"
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() - before == set(), "nothing is left waiting"


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)
