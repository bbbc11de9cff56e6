"""Makes the requests of the unseen and the third set from their tables and estates, without the engine. Pure but for `__main__`, which writes a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.evaluation import later_cases
from tests.evaluation.later_estate_maker import make as make_later_estate
from tests.evaluation.unseen_estate_maker import make as make_estate
from tests.evaluation.unseen_others import ANSWER_THREADS, ANSWERS, CHAT, CHAT_THREADS, CLARIFY, CLARIFY_THREADS, REFUSE, SCHEDULES
from tests.evaluation.unseen_plans import PLANS, SEVERAL, THREADS
from tests.evaluation.unseen_truth import OPERATIONS, Row, Test, changes, needs_approval

REQUESTS = Path(__file__).with_name("unseen_requests.jsonl")
Case = dict[str, Any]
Parts = Iterable[tuple[str, Test]]


def make() -> list[Case]:
    """All cases, numbered in order."""
    rows = make_estate()
    return [{"id": f"u{number:03}", **case} for number, case in enumerate((*_plans(rows), *_answers(rows), *_others()), start=1)]


def make_later() -> list[Case]:
    """All cases of the third set, numbered in order."""
    rows = make_later_estate()
    plans = [
        _case(text, _changing("plan", ((action, test),), rows), after)
        for text, after, action, test in (*((text, (), action, test) for text, action, test in later_cases.PLANS), *later_cases.THREADS)
    ]
    asked = [
        _case(text, {"outcome": "clarify"} | ({"mentions": list(words)} if words else {}), after)
        for text, after, words in later_cases.CLARIFY
    ]
    refused = [_case(text, {"outcome": "refuse"}) for text in later_cases.REFUSE]
    chat = [_case(text, {"outcome": "chat"}) for text in later_cases.CHAT]
    cases = [*plans, *_shown(later_cases.ANSWERS, rows), *asked, *refused, *chat]
    return [{"id": f"t{number:02}", **case} for number, case in enumerate(cases, start=1)]


def _plans(rows: Sequence[Row]) -> Iterator[Case]:
    for text, action, test in PLANS:
        yield _case(text, _changing("plan", ((action, test),), rows))
    for text, after, action, test in THREADS:
        yield _case(text, _changing("plan", ((action, test),), rows), after)
    for text, parts in SEVERAL:
        yield _case(text, _changing("plan", parts, rows))
    for text, action, test in SCHEDULES:
        yield _case(text, _later(action, test, rows))


def _changing(outcome: str, parts: Parts, rows: Sequence[Row]) -> dict[str, Any]:
    called = [(action, row, operations) for action, test in parts for row in rows if test(row) and (operations := changes(action, row))]
    if not called:
        raise ValueError(f"nothing to change for {outcome}: {parts}")
    touched = {row["id"]: row for _, row, _ in called}
    expect: dict[str, Any] = {
        "outcome": outcome,
        "targets": sorted(touched),
        "operations": sorted({one for *_, some in called for one in some}),
    }
    if needs_approval([action for action, *_ in called], list(touched.values())):
        expect["approval"] = True
    return expect


def _later(action: str, test: Test, rows: Sequence[Row]) -> dict[str, Any]:
    """What would be changed if it were now; nothing, where the state of now needs nothing."""
    targets = sorted(row["id"] for row in rows if test(row) and changes(action, row))
    names = {one for row in rows if test(row) for one in OPERATIONS[action].get(row["native_type"], ())}
    return {"outcome": "schedule", "targets": targets} | ({"operations": sorted(names)} if targets else {})


def _answers(rows: Sequence[Row]) -> Iterator[Case]:
    yield from _shown((*((text, (), test) for text, test in ANSWERS), *ANSWER_THREADS), rows)


def _shown(questions: Iterable[tuple[str, Sequence[str], Test | None]], rows: Sequence[Row]) -> Iterator[Case]:
    for text, after, test in questions:
        expect: dict[str, Any] = {"outcome": "answer"}
        if test is not None:
            expect["targets"] = sorted(row["id"] for row in rows if test(row))
            if not expect["targets"]:
                raise ValueError(f"nothing to show: {text}")
        yield _case(text, expect, after)


def _others() -> Iterator[Case]:
    for text, after, mentions in (*((text, (), mentions) for text, mentions in CLARIFY), *CLARIFY_THREADS):
        yield _case(text, {"outcome": "clarify"} | ({"mentions": list(mentions)} if mentions else {}), after)
    yield from (_case(text, {"outcome": "refuse"}) for text in REFUSE)
    for text, after in (*((text, ()) for text in CHAT), *CHAT_THREADS):
        yield _case(text, {"outcome": "chat"}, after)


def _case(text: str, expect: dict[str, Any], after: Sequence[str] = ()) -> Case:
    return {"text": text, "expect": expect} | ({"after": list(after)} if after else {})


if __name__ == "__main__":
    REQUESTS.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in make()), encoding="utf-8")
