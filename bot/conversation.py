"""The spine: one message in, one handler by intent, cards out; one click in, checked again, and acted on. Edge of a turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from bot.answering import Answering, Spoken, fault_card
from bot.answers import Answers
from bot.cards import talk as talk_card
from bot.cards.card import Action, Card
from bot.cards.plain import plain
from bot.cards.plans import headline
from bot.cards.talk import error_card, refusal_card
from bot.clicks import Clicks, Desktop, whole
from bot.deliveries import Deliveries, Said
from bot.drawing import drawn
from bot.intents.complete import suggestions
from bot.memory import Memory
from bot.order import InOrder
from bot.people import People
from bot.platforms.platform import Click, Message, Place, Platform, Retraction, Suggestion
from bot.posts import JournalPosts
from bot.questions import Questions
from bot.rooms import ROOMS
from bot.runs import Runs
from bot.schedule_clicks import ScheduleClicks
from bot.showing import Showing
from bot.threads import Threads
from engine.approvals.desk import Pressed
from engine.approvals.filed import Filed
from engine.errors import EscherError, Refused
from engine.logs import Log
from engine.settings import Person
from engine.wiring import Engine

# Answers under way at once: more would only keep acknowledgements of the next messages waiting.
ANSWERED_AT_ONCE = 4
# How old a message may be to be told of after a restart.
TOLD_WITHIN = timedelta(hours=1)
_T = TypeVar("_T")
_log = Log("escher.conversation")


class Conversation:
    """The inbox behind every platform. Add platforms before messages come in."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._people = People(engine.settings.people)
        self._order = InOrder()
        self._deliveries = Deliveries(engine.journal, engine.clock)
        self._at_once = asyncio.Semaphore(ANSWERED_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.posts = JournalPosts(engine.journal, engine.clock)
        self.showing = Showing(self.posts, lambda filed: drawn(engine, filed))
        self.runs = Runs(engine, self.showing)
        threads = Threads()
        self._memory = Memory(threads, Questions(engine, threads, self.showing), Answers())
        self._clicks = Clicks(Desktop(engine, self._memory, self.runs, self.showing, self._order))
        self.schedules = ScheduleClicks(engine, self.showing)
        self._answering = Answering(engine, self._memory, self._clicks.undo, self.schedules)

    @property
    def rooms(self) -> Mapping[str, str]:
        """The words that show a standing view, each with what it shows."""
        return ROOMS

    def add(self, platform: Platform) -> None:
        """Makes a platform known by its name."""
        self.showing.platforms[platform.name] = platform

    async def recover(self) -> None:
        """After a start: what a stop left open is finished or told, and what still waits is drawn anew."""
        await self.runs.recover()
        await self._memory.questions.recover()
        for filed in self._engine.desk.waiting():
            await self.showing.redraw(filed)
        for place, text in self._deliveries.unanswered(self._engine.clock.now() - TOLD_WITHIN):
            await self.showing.show(place, talk_card.unanswered_card(text))

    async def settled(self) -> None:
        """Waits until every message has its answer and nothing runs."""
        while self._tasks:
            await asyncio.gather(*self._tasks)
        await self.runs.settled()

    # --- messages

    async def received(self, message: Message) -> None:
        """Takes a message: written down when this returns, answered in its turn. Never raises."""
        message = replace(message, text=whole(message.text))
        if not await self._taken(message, self._people.behind(message.place.platform, message.login)):
            return
        task = asyncio.create_task(self._answered(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def asked(self, message: Message, person: Person) -> Spoken:
        """Answers somebody who waits for the answer, as `escher ask` does: written down as every message is, and shown nowhere."""
        message = replace(message, text=whole(message.text))
        await self._taken(message, person)
        spoken = await self.answer(person, message.place, message.text, message.login)
        await self._noted(message, spoken)
        return spoken

    async def _taken(self, message: Message, person: Person | None) -> bool:
        """Writes a message down; False when there is nothing to answer."""
        try:
            return await self._deliveries.message(message, person.id if person else "")
        except EscherError as error:  # a question may still be answered; a change says itself that it cannot be written down
            _log.error("not written down", message=message.id, why=error.message)
            return True

    async def _answered(self, message: Message) -> None:
        person = self._people.behind(message.place.platform, message.login)
        lock = self._order.at(message.place)
        async with lock, self._at_once:  # order is kept within a thread
            if message.edits and not await self._edited(message, person):
                return
            spoken = await self.answer(person, message.place, message.text, message.login)
            await self._noted(message, spoken)
            for card in spoken.reply.cards:
                if spoken.reply.private:
                    await self.showing.whisper(message.place, message.login, card)
                else:
                    await self.showing.show(message.place, card)
        if spoken.filed is not None and spoken.filed.request.state == "approved":
            self.runs.start(spoken.filed.plan.id)

    async def _noted(self, message: Message, spoken: Spoken) -> None:
        texts = tuple(plain(card) for card in spoken.reply.cards)
        said = Said(spoken.outcome, spoken.filed.plan.id if spoken.filed else "", texts, spoken.reply.private)
        try:
            await self._deliveries.answered(message, said)
        except EscherError as error:
            _log.error("not noted", message=message.id, why=error.message)

    async def _edited(self, message: Message, person: Person | None) -> bool:
        """Whether an edited message is to be answered anew: what waits because of it is withdrawn, what ran already is not repeated."""
        filed = self._engine.desk.find(self._deliveries.plan_of(message.place.platform, message.edits))
        if filed is None:
            return True
        if person is None or filed.plan.asked_by != person.id:
            return False
        if filed.request.state in ("approved", "used"):
            await self.showing.show(message.place, talk_card.edited_too_late_card(headline(filed.plan)))
            return False
        await self._withdrawn(filed, person, "the message was edited")
        return True

    async def retracted(self, retraction: Retraction) -> None:
        """Takes note that a message was deleted: the plan that waits because of it is withdrawn. Never raises."""
        person = self._people.behind(retraction.place.platform, retraction.login)
        try:
            if not await self._deliveries.retraction(retraction):
                return
            filed = self._engine.desk.find(self._deliveries.plan_of(retraction.place.platform, retraction.of))
            if filed is not None and person is not None and filed.plan.asked_by == person.id:
                await self._withdrawn(filed, person, "the message was deleted")
        except EscherError as error:
            await self.showing.show(retraction.place, error_card(error, "taking back a deleted message"))

    async def _withdrawn(self, filed: Filed, person: Person, why: str) -> None:
        if filed.request.state == "asked":
            await self._engine.desk.click(filed.plan.id, Pressed("withdraw", person, filed.plan.digest, why))
            await self.showing.redraw(self._engine.desk.find(filed.plan.id) or filed)

    async def answer(self, person: Person | None, place: Place, text: str, login: str = "") -> Spoken:
        """What is said to a message; nothing is run and nothing is shown. `escher eval` measures exactly this."""
        return await self._answering.answer(person, place, text, login)

    # --- clicks and rooms

    async def clicked(self, click: Click) -> Card | None:
        """Acts on a click after checking everything again; what is returned is for the clicking person alone. Never raises."""
        return await self._for(click, self._pressed)

    async def form(self, click: Click) -> Action | Card:
        """The button with its form made afresh, or a refusal. Never raises."""
        return await self._for(click, self._clicks.form)

    async def complete(self, platform: str, login: str, text: str) -> Sequence[Suggestion]:
        """Resources whose names somebody we know may be typing. Never raises."""
        if self._people.behind(platform, login) is None:
            return ()
        found = await self._guarded(suggestions(self._engine.estate, text))
        return () if isinstance(found, Card) else found

    async def enter(self, place: Place, login: str, room: str, words: str = "") -> Sequence[Card]:
        """A standing view for one person alone. Never raises."""
        person = self._people.behind(place.platform, login)
        if person is None:
            return (talk_card.stranger_card(login),)
        shown = await self._guarded(self._answering.view(room, words, person, place))
        return (shown,) if isinstance(shown, Card) else shown

    async def _pressed(self, click: Click, person: Person) -> Card | None:
        if not await self._deliveries.click(click):
            return None
        return await self._clicks.act(click, person)

    async def _for(self, click: Click, do: Callable[[Click, Person], Awaitable[_T]]) -> _T | Card:
        """Does something for the person behind a click; a stranger is refused, and it is written down."""
        person = self._people.behind(click.place.platform, click.login)
        if person is None:
            stranger = f"a stranger, {click.place.platform} {click.login[:80]}"
            refused = await self._guarded(self._engine.desk.refused(click.subject, stranger, click.verb, "unknown person"))
            return refused or talk_card.stranger_card(click.login)
        return await self._guarded(do(click, person))

    async def _guarded(self, work: Awaitable[_T]) -> _T | Card:
        """What the work gives, or what went wrong with it as a card."""
        try:
            return await work
        except Refused as refused:
            return refusal_card(refused)
        except EscherError as error:
            return error_card(error)
        except Exception as error:  # noqa: BLE001 - the edge of a turn, as above
            return fault_card(error)
