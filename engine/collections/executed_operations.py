"""What was run: each run and each of its steps, who asked and approved, what came of it. Pure but for the shelf it reads.

Made of `run.started`, `step.sending`, `step.accepted`, `step.settled` and `run.finished`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from engine.collections.record import Declared, Marks, Record, given
from engine.collections.shelf import Shelf
from engine.journal.entry import Entry

KINDS = frozenset({"run.started", "step.sending", "step.accepted", "step.settled", "run.finished"})
Outcome = Literal["running", "done", "partly done", "nothing done"]
# The environment of a target, from its JSON as it stands in a plan; "" where it is not known.
EnvironmentOf = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedRun(Record):
    """A run; `key` is its id. `targets` are pairs of resource id and name, `states` each step's state by its id.

    `undoes` is the run that this one takes back; `finished` is empty while it runs, times are ISO 8601 in UTC.
    """

    plan: str
    title: str
    message: str
    asked_by: str
    approved_by: tuple[str, ...]
    operations: tuple[str, ...]
    environments: tuple[str, ...]
    targets: tuple[tuple[str, str], ...]
    states: Mapping[str, str]
    undoes: str = ""
    finished: str = ""
    interrupted: bool = False

    @property
    def done(self) -> int:
        """Steps that succeeded."""
        return sum(state == "done" for state in self.states.values())

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        if not self.finished:
            return "running"
        return "done" if self.done == len(self.states) else "partly done" if self.done else "nothing done"

    @property
    def took_s(self) -> float:
        """Seconds from its start to its end; 0 while it runs."""
        return _seconds(self.at, self.finished)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedStep(Record):
    """One operation on one target. `way_back` is the operation that takes it back, `no_way_back` why there is none; `produced` what it made."""

    run: str
    step: str
    operation: str
    command: str
    resource: str
    name: str
    account: str
    region: str
    environment: str
    asked_by: str
    approved_by: tuple[str, ...]
    state: str = "waiting"
    detail: str = ""
    sent: str = ""
    settled: str = ""
    request_id: str = ""
    produced: str = ""
    way_back: str = ""
    no_way_back: str = ""

    @property
    def took_s(self) -> float:
        """Seconds from sending to its end."""
        return _seconds(self.sent, self.settled)


Executed = ExecutedRun | ExecutedStep


@dataclass(frozen=True, slots=True)
class Sought:
    """Which runs or steps: all that fit every field that is not empty. `person` asked for it or approved it; `resource` is an id or a name."""

    person: str = ""
    operation: str = ""
    resource: str = ""
    environment: str = ""
    since: datetime | None = None
    limit: int = 20
    kind: Literal["run", "step"] = field(default="run", kw_only=True)

    @property
    def fields(self) -> dict[str, str]:
        """As the shelf takes them."""
        resource = self.resource.lower()
        said = {"person": self.person, "operation": self.operation, "resource": resource, "environment": self.environment}
        return given({**said, "kind": self.kind})


def declared(environment_of: EnvironmentOf) -> Declared[Executed]:
    """The collection, with the one thing it needs to be told: what environment a target is in."""

    def project(entry: Entry, there: Mapping[str, Executed]) -> Iterator[Executed]:
        if entry.kind == "run.started":
            yield from _started(entry, environment_of)
            return
        for key in _touches(entry):
            if known := there.get(key):
                yield replace(_after(known, entry), last=entry.sequence)

    return Declared("executed_operations", KINDS, _read, project, _marks, _touches)


def step_key(run: str, step: str) -> str:
    """What a step's record is called."""
    return f"{run}/{step}"


def _touches(entry: Entry) -> tuple[str, ...]:
    body = entry.body
    if entry.kind == "run.started":
        return (body["run"], *(step_key(body["run"], step["id"]) for step in body["plan"]["steps"]))
    return (body["run"], step_key(body["run"], body["step"])) if "step" in body else (body["run"],)


def _started(entry: Entry, environment_of: EnvironmentOf) -> Iterator[Executed]:
    body, plan = entry.body, entry.body["plan"]
    targets = {target["id"]: target for target in plan["targets"]}
    environments = {key: environment_of(target) for key, target in targets.items()}
    yield ExecutedRun(
        key=body["run"],
        at=body["at"],
        sequence=entry.sequence,
        last=entry.sequence,
        plan=plan["id"],
        title=plan["title"],
        message=plan["message"],
        asked_by=plan["asked_by"],
        approved_by=tuple(body["approved_by"]),
        operations=tuple(dict.fromkeys(step["operation"] for step in plan["steps"])),
        environments=tuple(sorted(set(environments.values()) - {""})),
        targets=tuple((target["id"], target["name"]) for target in plan["targets"]),
        states={step["id"]: "waiting" for step in plan["steps"]},
        undoes=plan.get("undoes", ""),
    )
    for part, step in enumerate(plan["steps"], start=1):
        target, inverse = targets[step["target"]], step.get("inverse") or {}
        yield ExecutedStep(
            key=step_key(body["run"], step["id"]),
            at=body["at"],
            sequence=entry.sequence,
            part=part,
            last=entry.sequence,
            run=body["run"],
            step=step["id"],
            operation=step["operation"],
            command=" ".join(step["command"]),
            resource=target["id"],
            name=target["name"],
            account=target["account_name"] or target["account"],
            region=target["region"],
            environment=environments[target["id"]],
            asked_by=plan["asked_by"],
            approved_by=tuple(body["approved_by"]),
            way_back=inverse.get("operation", ""),
            no_way_back=step.get("no_way_back", ""),
        )


def _after(known: Executed, entry: Entry) -> Executed:
    """A run or step as it is after one of its later entries."""
    body = entry.body
    if isinstance(known, ExecutedRun):
        if entry.kind == "run.finished":
            return replace(known, finished=body["at"], interrupted=bool(body["interrupted"]))
        return replace(known, states={**known.states, body["step"]: _state(entry)})
    if entry.kind == "step.sending":
        return replace(known, state=_state(entry), sent=known.sent or entry.at)
    made = {"request_id": body["request_id"], "produced": body["produced"]}
    if entry.kind == "step.accepted":
        return replace(known, state=_state(entry), **made)
    return replace(known, state=_state(entry), detail=body["detail"], settled=entry.at, **made)


def _state(entry: Entry) -> str:
    return str(entry.body["state"]) if entry.kind == "step.settled" else "sent"


def _marks(record: Executed) -> Marks:
    people = [("person", person) for person in dict.fromkeys((record.asked_by, *record.approved_by))]
    if isinstance(record, ExecutedStep):
        own = (("kind", "step"), ("run", record.run), ("operation", record.operation), ("environment", record.environment))
        return Marks("", (*people, *own, ("resource", record.resource.lower()), ("resource", record.name.lower())))
    many = {"operation": record.operations, "environment": record.environments}
    fields = [(name, value) for name, values in many.items() for value in values]
    named = [("resource", value.lower()) for target in record.targets for value in target]
    text = " ".join((record.title, record.message, *record.operations, *(name for _, name in record.targets)))
    return Marks(text, (*people, *fields, *named, ("kind", "run"), ("undoes", record.undoes)))


def _read(data: Mapping[str, Any]) -> Executed:
    return ExecutedStep.from_json(data) if "step" in data else ExecutedRun.from_json(data)


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds() if begin and end else 0.0


class ExecutedOperations:
    """Reading the collection. All raise StoreError."""

    def __init__(self, shelf: Shelf[Executed]) -> None:
        self._shelf = shelf

    async def runs(self, sought: Sought = Sought()) -> list[ExecutedRun]:
        """Runs, newest first."""
        return _runs(await self._shelf.latest(replace(sought, kind="run").fields, sought.limit, sought.since))

    async def steps(self, sought: Sought = Sought()) -> list[ExecutedStep]:
        """Single operations, newest first: everything that was done to a resource."""
        found = await self._shelf.latest(replace(sought, kind="step").fields, sought.limit, sought.since)
        return [record for record in found if isinstance(record, ExecutedStep)]

    async def steps_of(self, run: str) -> list[ExecutedStep]:
        """All steps of a run, in the plan's order."""
        number = await self._shelf.count({"run": run})
        found = await self._shelf.latest({"run": run}, number)
        return [record for record in reversed(found) if isinstance(record, ExecutedStep)]

    async def search(self, text: str, sought: Sought = Sought()) -> list[ExecutedRun]:
        """Runs whose title, message, operations or targets' names say every word, newest first, then those that say something like it."""
        return _runs(await self._shelf.search(text, replace(sought, kind="run").fields, sought.limit, sought.since))

    async def undone_by(self, run: str) -> str:
        """The run that took this one back, or is at it; '' when none did anything."""
        found = _runs(await self._shelf.latest({"undoes": run, "kind": "run"}, 10))
        return next((one.key for one in found if one.outcome != "nothing done"), "")


def _runs(records: list[Executed]) -> list[ExecutedRun]:
    return [record for record in records if isinstance(record, ExecutedRun)]
