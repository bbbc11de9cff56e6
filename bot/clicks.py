"""Clicks: what a button means is looked up here, and who may press it is checked each time, whatever the card showed. Edge (engine)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answers import Answer
from bot.cards.card import Action, Card
from bot.cards.plans import details_card, headline, plan_card, why_of
from bot.cards.resources import resource_card, wanted_of
from bot.cards.rows import Why
from bot.cards.runs import outcome_card
from bot.cards.schedules import SHOW, VERBS, list_card
from bot.cards.sheets import View, asked, csv_card, find_card, sheet_actions, sheet_card
from bot.cards.talk import clarification_card, refusal_card, sent_card, text_card
from bot.intents import operate, schedule
from bot.intents.complete import named
from bot.memory import Memory
from bot.order import InOrder
from bot.platforms.platform import Click, Place
from bot.runs import Runs
from bot.schedule_clicks import ScheduleClicks
from bot.showing import Showing, place_of
from bot.threads import Question
from bot.turn import Turn
from engine.approvals.desk import Pressed
from engine.approvals.filed import Filed
from engine.approvals.states import GUESTS, Press
from engine.clock import fresh_id
from engine.errors import Refused
from engine.estate.facts import native_name
from engine.estate.resource import Resource
from engine.execution.history import RUN_KINDS, runs
from engine.request.seal import Wanted
from engine.settings import Person
from engine.wiring import Engine

_FRESH = "Ask again to get a fresh card."
_SHORT_DIGEST = 12
# What changes nothing, and so may be pressed by everybody who may look.
LOOKS = frozenset({SHOW, "details", "left-network", "run-details", "targets", "sheet", "csv", "resource", "open", "review"})


@dataclass(frozen=True, slots=True)
class Desktop:
    """What clicks work with: the same engine, threads, answers and runs as messages."""

    engine: Engine
    memory: Memory
    runs: Runs
    showing: Showing
    order: InOrder


class Clicks:
    """One for a conversation."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._engine = desktop.engine
        self._schedules = ScheduleClicks(desktop.engine, desktop.showing)

    async def act(self, click: Click, person: Person) -> Card | None:  # noqa: C901 - one case a button
        """Does what a button says; what is returned is for the clicking person alone. Raises EscherError."""
        click = replace(click, subject=whole(click.subject))
        if click.guest and click.verb not in LOOKS and click.verb not in ("approve", "deny", "withdraw"):
            await self._engine.desk.refused(click.subject, person.id, click.verb, GUESTS)
            raise Refused(GUESTS, who_can="A member of your own workspace or tenant.")
        match click.verb:
            case "approve" | "deny" | "withdraw":
                return await self._decide(click, click.verb, person)
            case "details" | "left-network" | "review" | "run-details":
                return await self._look(click)
            case verb if verb in VERBS:
                return await self._of_schedule(click, person)
            case "targets" | "sheet" | "csv" | "resource":
                return await self._listed(click)
            case "open":
                return await self._opened(click)
            case "stop":
                return await self._stop(click.subject, person)
            case "undo":
                await self._take_up(await self.undo(click.subject, person, click.place), click.place)
                return None
            case "fewer":
                return await self._fewer(click, person)
            case "pick":
                return await self._pick(click, person)
            case "act":
                return await self._act_on(click, person)
            case _:
                raise Refused("That button means nothing to me.", hint=_FRESH)

    async def form(self, click: Click, person: Person) -> Action | Card:
        """The button as it stands now, with its form; a refusal when the person may not press it or it means nothing. Raises EscherError."""
        click = replace(click, subject=whole(click.subject))
        match click.verb:
            case "approve" | "deny" | "withdraw":
                filed, digest = self._drawn(click)
                would = self._engine.desk.would(filed.plan.id, Pressed(click.verb, person, digest, guest=click.guest)) if filed else None
                if would is None or would.refused:  # trying what is refused is written down, as the press itself would be
                    return await self._decide(click, click.verb, person) or _unknown("plan")
        found = [one for one in await self._buttons(click) if (one.verb, one.subject) == (click.verb, click.subject)]
        if not found:
            raise Refused("That button means nothing any more.", hint=_FRESH)
        return found[0]

    async def _buttons(self, click: Click) -> Sequence[Action]:
        """The buttons of the card that a button stands on, as that card would be drawn now."""
        if click.verb == "pick":
            asked_ = self._desktop.memory.threads.asked(click.subject)
            candidates = await self._resources(asked_[1].candidates) if asked_ else []
            return clarification_card("", candidates, click.subject).actions
        if click.verb == "open":
            return find_card().actions
        if click.verb in ("sheet", "csv", "resource"):
            view = View.of(click.subject)
            title, resources, _ = await self._source(view)
            return (*sheet_card(title, resources, view).actions, *sheet_actions(resources, view))
        if click.verb == SHOW:
            return list_card(self._engine.schedules.all(), self._engine.clock.now()).actions
        filed = self._engine.desk.find(click.subject.partition(".")[0])
        return plan_card(filed).actions if filed else ()

    async def undo(self, run_id: str, person: Person, place: Place) -> Filed:
        """A plan that takes a run back, on the desk. Raises Refused."""
        left = runs(self._engine.journal.entries(RUN_KINDS)).get(run_id)
        if left is None:
            raise Refused(f"There is no run {run_id[:40]}.", hint="The outcome card and the journal name the runs.")
        where = {"platform": place.platform, "channel": place.channel, "thread": place.thread}
        return await self._engine.planner.undo(left.report(), person, where)

    # --- approvals

    def _drawn(self, click: Click) -> tuple[Filed | None, str]:
        """The plan of a button, and the digest the button was drawn for: the whole one where its beginning fits."""
        plan_id, _, short = click.subject.partition(".")
        filed = self._engine.desk.find(plan_id)
        drawn_for_it = filed is not None and len(short) == _SHORT_DIGEST and filed.plan.digest.startswith(short)
        return filed, filed.plan.digest if filed is not None and drawn_for_it else short

    async def _decide(self, click: Click, event: Press, person: Person) -> Card | None:
        filed, digest = self._drawn(click)
        plan_id = click.subject.partition(".")[0]
        decided = await self._engine.desk.click(plan_id, Pressed(event, person, digest, _one(click.fields, "reason"), guest=click.guest))
        filed = self._engine.desk.find(plan_id)
        if decided is None or filed is None:
            return _unknown("plan")
        if decided.refused:
            if filed.request.state == "expired":
                await self._desktop.showing.redraw(filed)
            return refusal_card(decided.refused, decided.who_can)
        await self._take_up(filed, place_of(filed.plan))
        return None

    async def _look(self, click: Click) -> Card:
        if click.verb == "run-details":
            left = runs(self._engine.journal.entries(RUN_KINDS)).get(click.subject)
            return outcome_card(left.report()).without_actions() if left else _unknown("run")
        filed = self._engine.desk.find(click.subject.partition(".")[0])
        if filed is None:
            return _unknown("plan")
        if click.verb == "review":
            return await self._desktop.showing.draw(filed)
        return details_card(filed) if click.verb == "details" else sent_card(self._engine.planner.sent_for(filed.plan))

    async def _of_schedule(self, click: Click, person: Person) -> Card | None:
        done = await self._schedules.act(click, person)
        if isinstance(done, Filed):
            await self._take_up(done, click.place)
            return None
        return done

    async def _fewer(self, click: Click, person: Person) -> Card | None:
        filed = self._engine.desk.find(click.subject.partition(".")[0])
        if filed is None or filed.request.state != "asked":
            return _unknown("waiting plan")
        if filed.plan.schedule:  # a smaller plan would be one for now
            raise Refused("The review of a schedule is approved whole.", hint="Say it anew for fewer targets, with its time.")
        if person.id != filed.plan.asked_by and "manager" not in person.roles:
            return refusal_card("Only the person who asked, or a manager, can choose its targets.", "A manager.")
        smaller = await self._engine.planner.fewer(filed.plan, click.fields.get("targets", ()), person)
        replaced = Pressed("withdraw", person, filed.plan.digest, f"replaced by {smaller.plan.id}")
        await self._engine.desk.click(filed.plan.id, replaced)
        await self._desktop.showing.redraw(self._engine.desk.find(filed.plan.id) or filed)
        await self._take_up(smaller, place_of(filed.plan))
        return None

    async def _take_up(self, filed: Filed, place: Place) -> None:
        """Shows a plan as it stands now, and runs it once nothing more is needed."""
        await self._desktop.showing.show(place, await self._desktop.showing.draw(filed))
        if filed.request.state == "approved":
            self._desktop.runs.start(filed.plan.id)

    async def _stop(self, run_id: str, person: Person) -> Card | None:
        if not {"executor", "manager"} & set(person.roles):
            return refusal_card("You may look, but not stop a run.", "Somebody with the role executor or manager.")
        if not self._engine.executor.cancel(run_id, person.id):
            return text_card("Nothing to stop", "That run is over.")
        await self._engine.journal.append("run.stop_asked", {"run": run_id, "by": person.id})
        return None

    # --- lists and single resources

    async def _listed(self, click: Click) -> Card:
        view = View(click.subject.partition(".")[0]) if click.verb == "targets" else View.of(click.subject)
        title, resources, why = await self._source(view)
        if click.verb == "csv":
            # A long list takes seconds to tell: the loop goes on meanwhile.
            return await asyncio.to_thread(csv_card, title, resources, view, why)
        if click.verb == "resource":
            found = await self._engine.estate.get(_one(click.fields, "row", most=2000))
            return resource_card(found, offers=True, why=why(found)) if found else _unknown("resource in the estate any more")
        if "words" in click.fields or "sort" in click.fields:
            view = asked(view, click.fields.get("words", ()), click.fields.get("sort", ()))
        return sheet_card(title, resources, view, why)

    async def _opened(self, click: Click) -> Card:
        """A resource by its name or exact id; where several bear the name, or none does, a list to open one from."""
        said = _one(click.fields, "row", most=2000)
        found = await named(self._engine.estate, said)
        if not found:
            return text_card("Nothing found", f"There is nothing called {said} in the estate, and nothing like it.")
        if len(found) == 1 and said.lower() in (found[0].id.lower(), found[0].name.lower(), native_name(found[0]).lower()):
            return resource_card(found[0], offers=True)
        view = View(fresh_id("answer"))
        title = f"{len(found)} like \u201c{said[:60]}\u201d"
        self._desktop.memory.answers.keep(view.source, Answer(title, tuple(one.id for one in found)))
        return sheet_card(title, found, view)

    async def _source(self, view: View) -> tuple[str, list[Resource], Why]:
        """What a sheet lists and why: a plan's targets as they were, or an answer's resources as they are. Raises Refused."""
        if filed := self._engine.desk.find(view.source):
            return headline(filed.plan), list(filed.plan.changed), why_of(filed.plan)
        answer = self._desktop.memory.answers.find(view.source)
        if answer is None:
            raise Refused("That answer is too old to page through.", hint="Ask again.")
        return answer.title, await self._resources(answer.ids), answer.why

    async def _resources(self, ids: Sequence[str]) -> list[Resource]:
        return [found for one in ids if (found := await self._engine.estate.get(one)) is not None]

    async def _act_on(self, click: Click, person: Person) -> Card | None:
        """A wish for one resource that the person opened: exact by their own choice; from here on as any other."""
        verb, _, resource_id = click.subject.partition("|")
        found = await self._engine.estate.get(resource_id)
        if found is None or verb not in {one for one, _ in wanted_of(found)}:
            raise Refused("That is not possible as things stand now.", hint="Open the resource again.")
        understood = await self._engine.understanding.of(verb, (person.id, person.name))
        turn = Turn(
            self._engine,
            person,
            click.place,
            self._desktop.memory.threads.at(click.place),
            f"{verb} {found.name}",
            understood,
            self._desktop.memory.answers,
        )
        return await self._told(await operate.propose(turn, [Wanted(verb, (found,))], (), by_name=True), click.place)

    # --- questions

    async def _pick(self, click: Click, person: Person) -> Card | None:
        asked_ = self._desktop.memory.threads.asked(click.subject)
        if asked_ is None:
            raise Refused("That question is answered or too old.", hint="Ask again.")
        lock = self._desktop.order.at(asked_[0])
        async with lock:  # of two clicks at once the second finds the question answered
            if (asked_ := self._desktop.memory.threads.asked(click.subject)) is None:
                raise Refused("That question is answered or too old.", hint="Ask again.")
            place, question = asked_
            async with self._desktop.memory.questions.around(place):
                done = await self._picked(click, person, place, question)
        return await self._told(done, place)

    async def _told(self, done: operate.Operated, place: Place) -> Card | None:
        if done.filed is not None:
            await self._take_up(done.filed, place)
            return None
        for card in done.reply.cards:
            await self._desktop.showing.show(place, card)
        return None

    async def _picked(self, click: Click, person: Person, place: Place, question: Question) -> operate.Operated:
        wanted = [one for one in click.fields.get("targets", ()) if one in question.candidates]
        resources = await self._resources(wanted)
        if not resources:
            raise Refused("Nothing was picked.", hint="Tick at least one.")
        understood = await self._engine.understanding.of(question.message, (person.id, person.name))
        turn = Turn(
            self._engine, person, place, self._desktop.memory.threads.at(place), question.message, understood, self._desktop.memory.answers
        )
        for_later = understood.reading.when is not None
        return await (schedule.picked if for_later else operate.picked)(turn, question, resources)


def whole(text: str) -> str:
    """The text without halves of character pairs, which no file or network takes."""
    return text.encode(errors="replace").decode()


def _unknown(what: str) -> Card:
    return refusal_card(Refused(f"There is no such {what}.", hint=_FRESH))


def _one(fields: Mapping[str, Sequence[str]], name: str, most: int = 500) -> str:
    return whole(next(iter(fields.get(name, ())), ""))[:most]
