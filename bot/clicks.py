"""Clicks: what a button means is looked up here, and who may press it is checked each time, whatever the card showed. Edge (engine)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.cards.card import Card
from bot.cards.plans import details_card, plan_card
from bot.cards.runs import outcome_card
from bot.cards.talk import refusal_card, sent_card, text_card
from bot.intents import operate
from bot.order import InOrder
from bot.platforms.platform import Click, Place
from bot.runs import Runs, Show, place_of
from bot.threads import Question, Threads
from bot.turn import Turn
from engine.approvals.filed import Filed
from engine.approvals.states import Press
from engine.errors import Refused
from engine.execution.history import runs
from engine.settings import Person
from engine.wiring import Engine

_FRESH = "Ask again to get a fresh card."
_SHORT_DIGEST = 12


@dataclass(frozen=True, slots=True)
class Desktop:
    """What clicks work with: the same engine, threads and runs as messages."""

    engine: Engine
    threads: Threads
    runs: Runs
    show: Show
    order: InOrder


class Clicks:
    """One for a conversation."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._engine = desktop.engine

    async def act(self, click: Click, person: Person) -> Card | None:
        """Does what a button says; what is returned is for the clicking person alone. Raises EscherError."""
        click = replace(click, subject=whole(click.subject))
        match click.verb:
            case "approve" | "deny" | "withdraw":
                return await self._decide(click, click.verb, person)
            case "details" | "left-network":
                return self._look(click)
            case "run-details":
                left = runs(self._engine.journal.entries()).get(click.subject)
                return outcome_card(left.report()).without_actions() if left else _unknown("run")
            case "stop":
                return await self._stop(click.subject, person)
            case "undo":
                await self._take_up(await self.undo(click.subject, person, click.place), click.place)
                return None
            case "fewer":
                return await self._fewer(click, person)
            case "pick":
                return await self._pick(click, person)
            case _:
                raise Refused("That button means nothing to me.", hint=_FRESH)

    async def undo(self, run_id: str, person: Person, place: Place) -> Filed:
        """A plan that takes a run back, on the desk. Raises Refused."""
        left = runs(self._engine.journal.entries()).get(run_id)
        if left is None:
            raise Refused(f"There is no run {run_id[:40]}.", hint="The outcome card and the journal name the runs.")
        where = {"platform": place.platform, "channel": place.channel, "thread": place.thread}
        return await self._engine.planner.undo(left.report(), person, where)

    async def _decide(self, click: Click, event: Press, person: Person) -> Card | None:
        plan_id, _, short = click.subject.partition(".")
        filed = self._engine.desk.find(plan_id)
        # The button carries the beginning of the digest it was drawn for; the desk compares the whole.
        drawn_for_it = filed is not None and len(short) == _SHORT_DIGEST and filed.plan.digest.startswith(short)
        digest = filed.plan.digest if filed is not None and drawn_for_it else short
        decided = await self._engine.desk.click(plan_id, event, person, digest, _one(click.fields, "reason"))
        filed = self._engine.desk.find(plan_id)
        if decided is None or filed is None:
            return _unknown("plan")
        if decided.refused:
            if filed.request.state == "expired":
                await self._desktop.show(place_of(filed.plan), plan_card(filed))
            return refusal_card(decided.refused, decided.who_can)
        await self._take_up(filed, place_of(filed.plan))
        return None

    def _look(self, click: Click) -> Card:
        filed = self._engine.desk.find(click.subject.partition(".")[0])
        if filed is None:
            return _unknown("plan")
        return details_card(filed) if click.verb == "details" else sent_card(self._engine.planner.sent_for(filed.plan))

    async def _stop(self, run_id: str, person: Person) -> Card | None:
        if not {"executor", "manager"} & set(person.roles):
            return refusal_card("You may look, but not stop a run.", "Somebody with the role executor or manager.")
        if not self._engine.executor.cancel(run_id, person.id):
            return text_card("Nothing to stop", "That run is over.")
        await self._engine.journal.append("run.stop_asked", {"run": run_id, "by": person.id})
        return None

    async def _fewer(self, click: Click, person: Person) -> Card | None:
        filed = self._engine.desk.find(click.subject.partition(".")[0])
        if filed is None or filed.request.state != "asked":
            return _unknown("waiting plan")
        if person.id != filed.plan.asked_by and "manager" not in person.roles:
            return refusal_card("Only the person who asked, or a manager, can choose its targets.", "A manager.")
        smaller = await self._engine.planner.fewer(filed.plan, click.fields.get("targets", ()), person)
        await self._engine.desk.click(filed.plan.id, "withdraw", person, filed.plan.digest, f"replaced by {smaller.plan.id}")
        await self._desktop.show(place_of(filed.plan), plan_card(self._engine.desk.find(filed.plan.id) or filed))
        await self._take_up(smaller, place_of(filed.plan))
        return None

    async def _pick(self, click: Click, person: Person) -> Card | None:
        asked = self._desktop.threads.asked(click.subject)
        if asked is None:
            raise Refused("That question is answered or too old.", hint="Ask again.")
        lock = self._desktop.order.at(asked[0])
        async with lock:  # of two clicks at once the second finds the question answered
            if (asked := self._desktop.threads.asked(click.subject)) is None:
                raise Refused("That question is answered or too old.", hint="Ask again.")
            place, question = asked
            done = await self._picked(click, person, place, question)
        if done.filed is not None:
            await self._take_up(done.filed, place)
            return None
        for card in done.reply.cards:
            await self._desktop.show(place, card)
        return None

    async def _picked(self, click: Click, person: Person, place: Place, question: Question) -> operate.Operated:
        wanted = [one for one in click.fields.get("targets", ()) if one in question.candidates]
        resources = [found for one in wanted if (found := await self._engine.estate.get(one)) is not None]
        if not resources:
            raise Refused("Nothing was picked.", hint="Tick at least one.")
        understood = await self._engine.understanding.of(question.message, (person.id, person.name))
        turn = Turn(self._engine, person, place, self._desktop.threads.at(place), question.message, understood)
        return await operate.picked(turn, question, resources)

    async def _take_up(self, filed: Filed, place: Place) -> None:
        """Shows a plan as it stands now, and runs it once nothing more is needed."""
        await self._desktop.show(place, plan_card(filed))
        if filed.request.state == "approved":
            self._desktop.runs.start(filed.plan.id)


def whole(text: str) -> str:
    """The text without halves of character pairs, which no file or network takes."""
    return text.encode(errors="replace").decode()


def _unknown(what: str) -> Card:
    return refusal_card(Refused(f"There is no such {what}.", hint=_FRESH))


def _one(fields: Mapping[str, Sequence[str]], name: str) -> str:
    return whole(next(iter(fields.get(name, ())), ""))[:500]
