"""Makes `requests.jsonl` from the case tables and the raw estate, without the engine. Pure but for `__main__`, which writes the file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.evaluation.estate_maker import make as make_estate
from tests.evaluation.other_cases import ANSWER_THREADS, ANSWERS, CHAT, CLARIFY, REFUSE, SCHEDULES
from tests.evaluation.plan_cases import PLANS, SEVERAL, THREADS
from tests.evaluation.schedule_cases import ASKED, LATER, NOT_LATER
from tests.evaluation.truth import Row, Test, changes, meant, needs_approval

REQUESTS = Path(__file__).with_name("requests.jsonl")
Case = dict[str, Any]


def make() -> list[Case]:
    """All cases, numbered in order."""
    rows = make_estate()
    cases = [*_plans(rows), *_answers(rows), *_others(), *_schedules(rows), *_later(rows)]
    return [{"id": f"o{number:03}", **case} for number, case in enumerate(cases, start=1)]


def _plans(rows: Sequence[Row]) -> Iterator[Case]:
    for text, action, test in PLANS:
        yield _plan(text.format(n=sum(map(test, rows))), ((action, test),), rows)
    for text, after, action, test in THREADS:
        yield _plan(text, ((action, test),), rows) | {"after": list(after)}
    for text, parts in SEVERAL:
        yield _plan(text, parts, rows)


def _plan(text: str, parts: Iterable[tuple[str, Test]], rows: Sequence[Row]) -> Case:
    called = [(action, row, operation) for action, test in parts for row in rows if test(row) and (operation := changes(action, row))]
    if not called:
        raise ValueError(f"nothing to change: {text}")
    touched = {row["id"]: row for _, row, _ in called}
    expect: dict[str, Any] = {"outcome": "plan", "targets": sorted(touched), "operations": sorted({operation for *_, operation in called})}
    if needs_approval([action for action, *_ in called], list(touched.values())):
        expect["approval"] = True
    return {"text": text, "expect": expect}


def _schedules(rows: Sequence[Row]) -> Iterator[Case]:
    """What would be changed if it were now: the times themselves are tested where they are read."""
    for text, action, test, cron in SCHEDULES:
        called = {row["id"]: operation for row in rows if test(row) and (operation := changes(action, row))}
        expect = {"outcome": "schedule", "targets": sorted(called)} | ({"operations": sorted(set(called.values()))} if called else {})
        yield {"text": text, "expect": expect | ({"cron": cron} if cron else {})}


def _later(rows: Sequence[Row]) -> Iterator[Case]:
    """Targets are those that a run of this minute would touch; approval is asked for all that are meant, whatever their state."""
    for text, action, test, when in LATER:
        now = {row["id"]: operation for row in rows if test(row) and (operation := changes(action, row))}
        ever = [row for row in rows if test(row) and meant(action, row)]
        if not ever:
            raise ValueError(f"nothing to schedule: {text}")
        expect: dict[str, Any] = {"outcome": "schedule", "targets": sorted(now), **when}
        expect |= {"operations": sorted(set(now.values()))} if now else {}
        yield {"text": text, "expect": expect | ({"approval": True} if needs_approval([action], ever) else {})}
    yield from ({"text": text, "expect": {"outcome": "clarify", "mentions": list(mentions)}} for text, mentions in ASKED)
    yield from ({"text": text, "expect": {"outcome": outcome}} for text, outcome in NOT_LATER)


def _answers(rows: Sequence[Row]) -> Iterator[Case]:
    for text, after, test in (*((text, (), test) for text, test in ANSWERS), *ANSWER_THREADS):
        expect: dict[str, Any] = {"outcome": "answer"}
        if test is not None:
            expect["targets"] = sorted(row["id"] for row in rows if test(row))
            if not expect["targets"]:
                raise ValueError(f"nothing to show: {text}")
        yield {"text": text, "expect": expect} | ({"after": list(after)} if after else {})


def _others() -> Iterator[Case]:
    for text, mentions in CLARIFY:
        yield {"text": text, "expect": {"outcome": "clarify"} | ({"mentions": list(mentions)} if mentions else {})}
    yield from ({"text": text, "expect": {"outcome": "refuse"}} for text in REFUSE)
    yield from ({"text": text, "expect": {"outcome": "chat"}} for text in CHAT)


if __name__ == "__main__":
    REQUESTS.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in make()), encoding="utf-8")
