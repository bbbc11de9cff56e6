"""What can be asked of the library from a command line, by name: words in, JSON rows out. Edge (through the library)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from engine.collections.alerts_events import ASPECTS, EstateEvent, Seen
from engine.collections.chat_history import ChatMessage
from engine.collections.executed_operations import ExecutedRun, ExecutedStep, Sought
from engine.collections.immutable_reports import KeptReport
from engine.collections.library import Library
from engine.collections.strategies import strategy
from engine.collections.user_playbooks import PlaybookVersion, Written
from engine.errors import Refused

Row = dict[str, Any]
# A question is a flat mapping of texts; lists are texts with commas.
Question = Mapping[str, str]
# How long a question waits for the newest entries to be taken in, in seconds.
PATIENCE_S = 2.0
_MOST = 1000


async def asked(library: Library, name: str, question: Question) -> AsyncIterator[Row]:
    """The answer's rows; where something is not taken in yet, a row `{"behind": entries}` comes first.

    Raises Refused for a question there is not, and what the library raises.
    """
    if name == "rebuild":
        async for row in _rebuild(library):
            yield row
        return
    answer = _ANSWERS.get(name)
    if answer is None:
        raise Refused(f"{name!r} is nothing that can be asked.", hint=f"There are {', '.join(sorted((*_ANSWERS, 'rebuild')))}.")
    if not await library.fresh(PATIENCE_S):
        yield {"behind": library.behind}
    for row in await answer(library, question):
        yield row


async def _chat(library: Library, question: Question) -> list[Row]:
    named = {"person": question.get("person", ""), "thread": question.get("thread", "")}
    found = await library.chat.search(question["text"], **named, since=_since(question), limit=_limit(question))
    return [_message(one) for one in found]


async def _thread(library: Library, question: Question) -> list[Row]:
    return [_message(one) for one in await library.chat.last(question["thread"], _limit(question))]


async def _runs(library: Library, question: Question) -> list[Row]:
    person, operation, resource, environment = (question.get(name, "") for name in ("person", "operation", "resource", "environment"))
    sought = Sought(person, operation, resource, environment, _since(question), _limit(question))
    text = question.get("text", "")
    found = await (library.operations.search(text, sought) if text else library.operations.runs(sought))
    return [_run(one, await library.operations.undone_by(one.key)) for one in found]


async def _steps(library: Library, question: Question) -> list[Row]:
    found = await library.operations.steps_of(question["run"])
    if not found:
        raise Refused(f"There is no run {question['run']}.", hint="`escher history runs` shows them.")
    return [_step(one) for one in found]


async def _changes(library: Library, question: Question) -> list[Row]:
    if question.get("aspect", "") not in ("", *ASPECTS):
        raise Refused(f"{question['aspect']!r} is nothing that changes.", hint=f"There are {', '.join(ASPECTS)}.")
    resource, aspect, turn, account = (question.get(name, "") for name in ("resource", "aspect", "turn", "account"))
    seen = Seen(resource, aspect, turn, account, _since(question), _limit(question))
    text = question.get("text", "")
    return [_event(one) for one in await (library.events.search(text, seen) if text else library.events.latest(seen))]


async def _reports(library: Library, question: Question) -> list[Row]:
    return [_report(one) for one in await library.reports.latest(question.get("kind", ""), _limit(question))]


async def _one_report(library: Library, question: Question) -> list[Row]:
    kept = await library.reports.get(question["report"])
    return [{**_report(kept), "content": json.loads(kept.content)}]


async def _export(library: Library, question: Question) -> list[Row]:
    return [await library.reports.export(question["report"])]


async def _save(library: Library, question: Question) -> list[Row]:
    name, author, script, title = (question.get(name, "") for name in ("name", "author", "script", "title"))
    clouds, parameters = (tuple(part for part in question.get(name, "").split(",") if part) for name in ("clouds", "parameters"))
    written = Written(name, author, script, title, clouds, parameters)
    return [_version(await library.playbooks.save(written, strategy(question["strategy"])))]


async def _own(library: Library, question: Question) -> list[Row]:
    text = question.get("text", "")
    found = await (library.playbooks.search(text, _limit(question)) if text else library.playbooks.latest())
    return [_version(one) for one in found]


async def _versions(library: Library, question: Question) -> list[Row]:
    return [_version(one) for one in await library.playbooks.versions(question["name"])]


async def _version_whole(library: Library, question: Question) -> list[Row]:
    kept = await library.playbooks.get(question["name"], int(question.get("version") or 0))
    return [{**_version(kept), "script": kept.script}]


async def _status(library: Library, question: Question) -> list[Row]:
    del question
    return [asdict(await library.status())]


_ANSWERS: Mapping[str, Callable[[Library, Question], Any]] = {
    "chat": _chat,
    "thread": _thread,
    "runs": _runs,
    "steps": _steps,
    "changes": _changes,
    "reports": _reports,
    "report": _one_report,
    "export": _export,
    "save": _save,
    "own": _own,
    "versions": _versions,
    "version": _version_whole,
    "status": _status,
}


async def _rebuild(library: Library) -> AsyncIterator[Row]:
    """Progress as `{"done", "of"}`, then how things stand."""
    told: asyncio.Queue[Row] = asyncio.Queue()
    work = asyncio.create_task(library.rebuild(lambda done, of: told.put_nowait({"done": done, "of": of})))
    work.add_done_callback(lambda _: told.put_nowait({}))
    while row := await told.get():
        yield row
    await work
    yield asdict(await library.status())


def _message(one: ChatMessage) -> Row:
    return {"id": one.key, "at": one.at, "by": one.by, "thread": one.thread, "text": one.text, "plan": one.plan, "to_one": one.to_one}


def _run(one: ExecutedRun, undone_by: str) -> Row:
    return {
        "run": one.key, "at": one.at, "title": one.title, "asked_by": one.asked_by, "approved_by": one.approved_by, "outcome": one.outcome,
        "done": one.done, "of": len(one.states), "took_s": one.took_s, "operations": one.operations, "environments": one.environments,
        "targets": _names(one.targets), "interrupted": one.interrupted, "undoes": one.undoes, "undone_by": undone_by,
    }  # fmt: skip


def _step(one: ExecutedStep) -> Row:
    return {
        "run": one.run, "step": one.step, "operation": one.operation, "command": one.command, "resource": one.resource, "name": one.name,
        "account": one.account, "region": one.region, "environment": one.environment, "state": one.state, "detail": one.detail,
        "took_s": one.took_s, "produced": one.produced, "way_back": one.way_back, "no_way_back": one.no_way_back,
    }  # fmt: skip


def _event(one: EstateEvent) -> Row:
    return {
        "at": one.at, "resource": one.resource, "aspect": one.aspect, "turn": one.turn, "before": one.before, "after": one.after,
        "cloud": one.cloud, "account": one.account, "region": one.region, "type": one.type,
    }  # fmt: skip


def _report(one: KeptReport) -> Row:
    return {"report": one.key, "number": one.number, "kind": one.kind, "title": one.title, "at": one.at, "previous": one.previous}


def _version(one: PlaybookVersion) -> Row:
    return {
        "name": one.name, "version": one.number, "at": one.at, "author": one.author, "title": one.title, "clouds": one.clouds,
        "parameters": one.parameters, "strategy": one.strategy, "content": one.content,
    }  # fmt: skip


def _names(targets: Sequence[tuple[str, str]]) -> list[str]:
    return [name or key for key, name in targets]


def _since(question: Question) -> datetime | None:
    said = question.get("since", "")
    return datetime.fromisoformat(said) if said else None


def _limit(question: Question) -> int:
    return max(1, min(int(question.get("limit") or 20), _MOST))
