"""What the web console reads, over the engine: resources, runs, waiting plans, the journal, how things stand. Edge (engine)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.cards.card import Card, Column
from bot.cards.resources import resource_card
from bot.cards.rows import COLUMNS, row
from bot.cards.runs import outcome_card, progress_card
from bot.cards.schedules import scheduled_card
from bot.drawing import drawn
from bot.platforms.web.office import FILTERS, JournalEntry, JournalPage, Page, Search, Status
from engine.estate.prefilter import is_exact
from engine.estate.resource import CLOUDS, Resource
from engine.estate.where import EVERYTHING, All, Where, is_, matches
from engine.execution.history import RUN_KINDS, runs
from engine.journal.entry import Entry
from engine.request.completing import complete
from engine.request.resolver import resolve
from engine.wiring import Engine

PAGE = 50
MOST_SORTED = 2_000
_MOST_RUNS = 100
HOUSEKEEPING = frozenset({"card.posted", "click.received", "message.answered", "question.closed"})


class EngineOffice:
    """The `Office` of a running bot."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._verified: tuple[int, str] = (-1, "")

    async def resources(self, search: Search) -> Page:
        """Resources by the same words as in chat; a likeness is said to be one.

        Few enough are put in order. Of more, the estate gives part after part in an order of its own: to sort them, all would have to be
        opened each time.
        """
        where = All(tuple(is_(name, search.filters[name]) for name in FILTERS if search.filters.get(name)))
        first = not search.after
        notes = self._gap_sentences() if first else ()
        choices = await self._choices() if first else {}
        filtered = await self._filtered(search.query, where)
        total = 0 if filtered is None else await self._engine.estate.count(filtered)
        if filtered is not None and total > MOST_SORTED:
            shown, following = await self._engine.estate.page(filtered, search.after, PAGE)
        else:
            found, said = await self._search(search.query, where)
            at = int(search.after) if search.after.isdecimal() else 0
            shown, total = _sorted(found, search.sort)[at : at + PAGE], len(found)
            following, notes = str(at + PAGE) if at + PAGE < total else "", (*said, *notes)
        return Page(
            columns=COLUMNS,
            rows=tuple(row(resource) for resource in shown),
            total=total,
            following=following,
            ids=tuple(resource.id for resource in shown),
            sortable=total <= MOST_SORTED,
            choices=choices,
            notes=notes,
        )

    async def _filtered(self, query: str, where: Where) -> Where | None:
        """What is looked for, when words and choices come to nothing but a filter; None when something is named, left out or ranked.

        Counted first, and read page by page where it is much: "running instances" may be half of the estate.
        """
        if not query.strip():
            return where
        about = (await self._engine.understanding.of(query)).reading.about
        besides = about.unknown or about.names or about.unread or about.excluded or about.rank is not None
        plain = not besides and (about.noun or about.fields) and is_exact(about.where)
        return All((about.where, where)) if plain else None

    async def _search(self, query: str, where: Where) -> tuple[list[Resource], tuple[str, ...]]:
        estate = self._engine.estate
        if not query.strip():
            return await estate.select(where), ()
        understood = await self._engine.understanding.of(query)
        about = understood.reading.about
        if about.unread and not about.fields and not about.noun:
            begun = [match.resource for match in await complete(query, estate, PAGE) if matches(where, match.resource)]
            if begun:
                return begun, ("Names that begin so, or are like it.",)
        found = await resolve(about, estate, changing=False)
        kept = [resource for resource in found.resources if matches(where, resource)]
        return kept, (found.question,) if found.by_likeness or found.confidence == "none" else ()

    async def _choices(self) -> dict[str, tuple[str, ...]]:
        stats = await self._engine.estate.stats()
        environments = tuple(sorted(name for name in stats.by_environment if name))
        states = ("running", "stopped", "available", "in-use", "active", "deallocated", "online")
        return {"cloud": CLOUDS, "type": tuple(sorted(stats.by_type)), "environment": environments, "state": states}

    async def resource(self, resource_id: str) -> Card | None:
        """One resource in full."""
        found = await self._engine.estate.get(resource_id)
        if found is None:
            return None
        return resource_card(found)

    async def executions(self) -> Sequence[Card]:
        """Runs under way first, then the finished ones, newest first."""
        live = [progress_card(report) for report in self._engine.executor.under_way()]
        ids = {report.id for report in self._engine.executor.under_way()}
        left = [one for one in runs(self._engine.journal.entries(RUN_KINDS)).values() if one.run not in ids]
        return [*live, *(outcome_card(one.report()) for one in reversed(left[-_MOST_RUNS:]))]

    async def approvals(self, login: str) -> Sequence[Card]:
        """Every waiting plan; who may decide it is checked at the click."""
        del login
        return [await drawn(self._engine, filed) for filed in reversed(self._engine.desk.waiting())]

    async def schedules(self) -> Sequence[Card]:
        """Every schedule that has not ended, the next to run first."""
        now = self._engine.clock.now()
        ordered = sorted(self._engine.schedules.all(), key=lambda one: (one.next_at is None, one.next_at or now, one.made_at))
        return [scheduled_card(one, now) for one in ordered]

    async def journal(self, before: int | None) -> JournalPage:
        """Fifty entries before a number, newest first, without what only the bot needs to know; `escher audit show` has everything."""
        last, _ = self._engine.journal.last
        end = min(before - 1, last) if before else last
        start = max(0, end - PAGE)
        entries = [one for one in self._engine.journal.entries(after=start) if one.sequence <= end and one.kind not in HOUSEKEEPING]
        whole, sentence = await self._verdict(last)
        return JournalPage(tuple(_entry(one) for one in reversed(entries)), whole, sentence, start + 1 if start else None)

    async def _verdict(self, last: int) -> tuple[bool, str]:
        """The whole chain checked on the disk; again only when it has grown."""
        if self._verified[0] != last:
            verdict = await asyncio.to_thread(self._engine.journal.verdict)
            self._verified = (last, "" if verdict.whole else str(verdict))
        broken = self._verified[1]
        return not broken, broken or f"All {last} entries are there, in order and unchanged; checked on disk."

    async def status(self) -> Status:
        """How things stand now; the AI server is asked."""
        counts = {
            "resources": await self._engine.estate.count(EVERYTHING),
            "executions": len(self._engine.executor.under_way()),
            "approvals": len(self._engine.desk.waiting()),
            "schedules": len(self._engine.schedules.all()),
        }
        last = self._engine.sweeper.last
        return Status(
            counts, self._gap_sentences(), not await self._engine.advisor.away(), f"{last:%Y-%m-%d %H:%M} UTC" if last else "not yet"
        )

    def _gap_sentences(self) -> tuple[str, ...]:
        return self._engine.notes + tuple(
            f"Not seen: {gap.type} in {gap.account_name} {gap.region}: {gap.reason} ({gap.tried})" for gap in self._engine.estate.gaps()
        )


def _sorted(resources: Sequence[Resource], sort: str) -> list[Resource]:
    title, down = sort.lstrip("-"), sort.startswith("-")
    index = next((number for number, column in enumerate(COLUMNS) if column.title == title), None)
    if index is None:
        return sorted(resources, key=lambda one: (one.account_name, one.name))
    column: Column = COLUMNS[index]
    if column.numeric:
        return sorted(resources, key=lambda one: one.monthly_cost, reverse=down)
    return sorted(resources, key=lambda one: row(one)[index].lower(), reverse=down)


def _entry(entry: Entry) -> JournalEntry:
    """An entry as people read it: who, what, and one sentence. Plans and bytes that left are named, not printed whole."""
    body = entry.body
    tell = _SENTENCES.get(entry.kind)
    sentence = tell(body) if tell else ", ".join(f"{key} {value}" for key, value in body.items())
    return JournalEntry(entry.sequence, entry.at[:19].replace("T", " "), _who(body), entry.kind, sentence[:300], entry.hash)


def _who(body: Mapping[str, Any]) -> str:
    plan, request = body.get("plan"), body.get("request")
    if isinstance(plan, Mapping):
        return str(plan["asked_by"])
    schedule = body.get("schedule")
    made_by = schedule.get("asked_by") if isinstance(schedule, Mapping) else ""
    return str(body.get("by") or made_by or (request or {}).get("asked_by") or "escher")


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    # What was said is not repeated here: it may have been said in private.
    "message.received": lambda body: (
        f"{body['platform']} {body['login']}: {len(body['text'])} characters{', an edit' if body['edits'] else ''}"
    ),
    "message.retracted": lambda body: f"{body['platform']}: a message was deleted",
    "question.asked": lambda body: f"{body['platform']}: {body['asked'] or 'a value is missing'}",
    "notice.sent": lambda body: (
        f"{body['person']} about {body['plan']}: {body['kind']}{' on ' + body['platform'] if body['platform'] else ''}"
    ),
    "plan.made": lambda body: f"{body['plan']['id']}: {body['plan']['title']}; {'; '.join(body['because'])}",
    "approval.asked": lambda body: f"{body['request']['plan_id']} needs {body['request']['needs']} approvals",
    "approval.moved": lambda body: f"{body['request']['plan_id']} is now {body['request']['state']}",
    "click.refused": lambda body: f"{body['event']} on {body['plan'] or 'nothing'}: {body['why']}",
    "request.refused": lambda body: str(body["why"]),
    "advisor.asked": lambda body: f"{body['ask']}: {len(body['sent'].encode())} bytes to {body['to']}",
    "run.started": lambda body: f"{body['run']} of {body['plan']['id']}, approved by {', '.join(body['approved_by']) or 'policy'}",
    "run.finished": lambda body: f"{body['run']}{' after an interruption' if body['interrupted'] else ''}",
    "run.stop_asked": lambda body: str(body["run"]),
    "schedule.made": lambda body: f"{body['schedule']['id']}: {body['schedule']['title']}; {body['schedule']['cadence']['words']}",
    "schedule.approved": lambda body: (
        f"{body['id']} under {body['standing']['plan_id']}, approved by {', '.join(body['standing']['approved_by']) or 'policy'}"
    ),
    "schedule.moved": lambda body: f"{body['id']}: {body['event']}",
    "schedule.put_off": lambda body: f"{body['id']}: {body['how']}, next {str(body['next_at'] or 'never')[:16].replace('T', ' ')}",
    "schedule.fired": lambda body: f"{body['id']}, due {body['due'][:16].replace('T', ' ')}",
    "schedule.told": lambda body: f"{body['id']}, due {body['due'][:16].replace('T', ' ')}: {body['result']}. {body['says']}",
    "schedule.heads_up": lambda body: f"{body['id']}, due {body['due'][:16].replace('T', ' ')}",
    "step.accepted": lambda body: f"{body['run']} step {body['step']} made {body.get('produced', '')}",
    "step.sending": lambda body: f"{body['run']} step {body['step']}, attempt {body['attempt']}",
    "step.settled": lambda body: (
        f"{body['run']} step {body['step']}: {body['state']}{' (' + body['detail'] + ')' if body['detail'] else ''}"
    ),
}
