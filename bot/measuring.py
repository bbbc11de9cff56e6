"""`escher eval`: each case through the real path, stopped before anything runs, and written down for the scorer. Edge."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.answering import Spoken
from bot.cards.plain import plain
from bot.conversation import Conversation
from bot.platforms.platform import Place
from engine.errors import SettingsError
from engine.estate.resource import Resource
from engine.execution.plan import Plan
from engine.request.times import take_time
from engine.request.tokens import clean
from engine.schedules.schedules import Proposed
from engine.settings import Person

ASKER = Person(id="evaluator", name="Evaluator", roles=("executor",))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a file, one a line. Raises SettingsError naming the line that is none."""
    rows = []
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise SettingsError(f"{path}, line {number}: not JSON ({error.msg}).") from None
    return rows


def read_resources(path: Path) -> list[Resource]:
    """The resources of an estate file. Raises SettingsError naming the line and field."""
    resources = []
    for number, row in enumerate(read_lines(path), start=1):
        try:
            resources.append(Resource.from_json(row))
        except (ValueError, TypeError) as error:
            raise SettingsError(f"{path}, resource {number}: {error}.") from None
    return resources


async def measure(
    conversation: Conversation, cases: Iterable[Mapping[str, Any]], progress: Callable[[str], None] = lambda _: None
) -> AsyncIterator[dict[str, Any]]:
    """One result a case, in the scorer's format. Earlier messages of a case's thread are said first."""
    for case in cases:
        place = Place("eval", "eval", str(case["id"]))
        for earlier in case.get("after", ()):
            await conversation.answer(ASKER, place, earlier)
        spoken = await conversation.answer(ASKER, place, case["text"])
        progress(str(case["id"]))
        yield result_of(str(case["id"]), spoken)


def providers_own(operation: str, cloud: str) -> str:
    """The provider's own name: outside AWS, what follows a colon tells two directions of one operation apart."""
    return operation if cloud == "aws" else operation.partition(":")[0]


def result_of(case_id: str, spoken: Spoken) -> dict[str, Any]:
    """What a reply amounts to, for the scorer."""
    result: dict[str, Any] = {"id": case_id, "outcome": spoken.outcome, "text": "\n".join(plain(card) for card in spoken.reply.cards)}
    if spoken.filed is not None:
        plan = spoken.filed.plan
        result |= {
            "targets": [resource.id for resource in plan.changed],
            "operations": _operations(plan, {step.target for step in plan.steps}),
            "approval": spoken.filed.request.needs > 0,
            "risk": plan.risk,
        }
        if spoken.proposed is not None:
            result |= _scheduled(spoken.proposed)
    elif spoken.reply.targets:
        result["targets"] = list(spoken.reply.targets)
    return result


def _scheduled(proposed: Proposed) -> dict[str, Any]:
    """When a schedule runs, and what a run of this minute would touch and call; the zone only where it was said."""
    cadence = proposed.schedule.cadence
    said = take_time(clean(proposed.schedule.message))[1]
    when = {"cron": cadence.cron} if cadence.cron else {"run_at": cadence.run_at.isoformat() if cadence.run_at else ""}
    zone = {"timezone": said.timezone} if said is not None and said.timezone else {}
    return {"targets": list(proposed.now), "operations": _operations(proposed.filed.plan, frozenset(proposed.now)), **when, **zone}


def _operations(plan: Plan, targets: Collection[str]) -> list[str]:
    """What a plan calls on these of its targets, by the providers' own names."""
    return sorted({providers_own(step.operation, plan.target(step).cloud) for step in plan.steps if step.target in targets})
