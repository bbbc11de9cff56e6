"""What people do to schedules, by button and in words: every press is checked by the engine, and every card of it is drawn anew. Edge (engine)."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import schedules as cards
from bot.cards.card import Card
from bot.platforms.platform import Click, Place
from bot.showing import Showing
from engine.approvals.filed import Filed
from engine.errors import Refused
from engine.schedules.schedule import Schedule
from engine.schedules.states import Press
from engine.settings import Person
from engine.wiring import Engine

AN_HOUR = timedelta(hours=1)
_LIST = "Say `schedules` for those there are."
_PAST = {"pause": "Paused", "resume": "Resumed", "end": "Ended", "snooze": "Snoozed", "skip": "Skipped"}


class ScheduleClicks:
    """One for a conversation."""

    def __init__(self, engine: Engine, showing: Showing) -> None:
        self._engine = engine
        self._showing = showing

    async def act(self, click: Click, person: Person) -> Card | Filed | None:
        """Does what a button of a schedule says: a card for this person alone, a fresh review to show, or None. Raises EscherError."""
        verb = click.verb.removeprefix("schedule-")
        schedule_id, due = cards.of_subject(click.subject)
        if click.verb == cards.SHOW:
            row = next(iter(click.fields.get("row", ())), schedule_id)
            return cards.scheduled_card(self.known(row), self._engine.clock.now())
        schedule = self.known(schedule_id)
        if click.verb == cards.REVIEW:
            return await self._engine.schedules.review(schedule.id, person)
        if verb in ("snooze", "skip"):
            self._same_time(schedule, due)
        moved = await self.move(verb, schedule, Press(person.id, frozenset(person.roles), click.guest))
        await self._told(schedule, moved, f"{_PAST[verb]} by {person.name}.")
        return None

    async def move(self, verb: str, schedule: Schedule, press: Press, by: timedelta = AN_HOUR) -> Schedule:
        """The schedule after a press. Raises Refused, JournalError."""
        match verb:
            case "snooze":
                return await self._engine.schedules.snooze(schedule.id, by, press)
            case "skip":
                return await self._engine.schedules.skip(schedule.id, press)
            case "pause" | "resume" | "end":
                return await self._engine.schedules.move(schedule.id, verb, press)
            case _:
                raise Refused("That button means nothing to me.", hint=_LIST)

    def known(self, schedule_id: str) -> Schedule:
        """The schedule of this id. Raises Refused."""
        found = self._engine.schedules.find(schedule_id)
        if found is None:
            raise Refused(f"There is no schedule {schedule_id[:40]!r}.", hint=_LIST)
        return found

    async def said(self, verb: str, schedule: Schedule, person: Person, by: timedelta = AN_HOUR) -> Card | Filed:
        """As a button, for somebody who said it: the schedule as it stands now, or its fresh review. Raises EscherError."""
        if verb == "show":
            return cards.scheduled_card(schedule, self._engine.clock.now())
        if verb == "review":
            return await self._engine.schedules.review(schedule.id, person)
        moved = await self.move(verb, schedule, Press(person.id, frozenset(person.roles)), by)
        await self._near_is_over(schedule, f"{_PAST[verb]} by {person.name}.")
        await self._showing.update(cards.scheduled_card(moved, self._engine.clock.now()))
        return cards.moved_card(moved, f"{_PAST[verb]}.", self._engine.clock.now())

    def _same_time(self, schedule: Schedule, due: str) -> None:
        """A card of yesterday must not put off tomorrow's run."""
        if due and due != cards.of_subject(cards.subject_of(schedule))[1]:
            raise Refused(
                "That card is about another time of this schedule.", hint=f"Say `show schedule {schedule.id}` for how it stands now."
            )

    async def _told(self, before: Schedule, after: Schedule, said: str) -> None:
        await self._near_is_over(before, said)
        await self._showing.show(place_of(after), cards.scheduled_card(after, self._engine.clock.now()))

    async def _near_is_over(self, before: Schedule, said: str) -> None:
        """The heads-up of a time that was put off or taken back loses its buttons."""
        if before.next_at is not None:
            near = cards.heads_up_card(before, None, self._engine.clock.now())
            await self._showing.update(near.without_actions(said))


def place_of(schedule: Schedule) -> Place:
    """Where a schedule was asked for."""
    return Place(schedule.place.get("platform", ""), schedule.place.get("channel", ""), schedule.place.get("thread", ""))
