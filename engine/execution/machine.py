"""The run machine: events in, commands out. Pure; it owns no time, no task and no cloud.

Theory of operation. A run is a set of steps with needs and a width. A step goes

    waiting ─► sending ─► settling ─► done
       │          │           └─────► failed      accepted, but the effect never showed
       │          ├─────────────────► failed      the cloud said no: surely nothing happened
       │          └─► looking ─► done | failed    no answer: nobody knows, so the cloud is looked at, never asked again blindly
       ├─► skipped      a step it needs did not succeed
       └─► cancelled    the run was stopped before it began

Rules.
1. A step is sent only when all it needs are done and fewer than `width` steps are under way.
2. Events name `(step, attempt)`; an event of an earlier attempt changes nothing.
3. A step is sent again only where its operation may be repeated, it has retries left, and it is sure or was seen that nothing happened.
4. Cancelling stops what has not begun; what is under way is seen through.
5. After a kill, what had been sent is looked at; what had not begun is cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from engine.execution.plan import Step


class StepState(StrEnum):
    """Where a step is."""

    WAITING = "waiting"
    SENDING = "sending"
    SETTLING = "settling"
    LOOKING = "looking"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


OVER = frozenset({StepState.DONE, StepState.FAILED, StepState.SKIPPED, StepState.CANCELLED})
UNDER_WAY = frozenset({StepState.SENDING, StepState.SETTLING, StepState.LOOKING})


@dataclass(frozen=True, slots=True)
class StepRun:
    """One step's state. `attempt` counts from 1 once it was sent; `detail` is for people."""

    step: Step
    state: StepState = StepState.WAITING
    attempt: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """All steps of a run, in plan order."""

    steps: Mapping[str, StepRun]
    width: int = 8
    cancelled: bool = False

    @property
    def over(self) -> bool:
        """No step will change any more."""
        return all(run.state in OVER for run in self.steps.values())


# --- events


@dataclass(frozen=True, slots=True)
class Begun:
    """The run may start."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The cloud took the call."""

    step: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The call failed. `certain`: surely nothing happened; `again`: another try may help."""

    step: str
    attempt: int
    detail: str
    certain: bool
    again: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """The effect shows."""

    step: str
    attempt: int


@dataclass(frozen=True, slots=True)
class NotSeen:
    """The effect does not show, and the time for it is over (or it was looked at once)."""

    step: str
    attempt: int
    detail: str
    given_up: bool = False  # the cloud said that it failed; nobody waits any longer


@dataclass(frozen=True, slots=True)
class TimedOut:
    """A call has had no answer for its whole time."""

    step: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Somebody pressed Stop."""

    by: str


Event = Begun | Accepted | Failed | Seen | NotSeen | TimedOut | Cancelled

# --- commands


@dataclass(frozen=True, slots=True)
class Send:
    """Perform the call, after `wait_s` seconds."""

    step: Step
    attempt: int
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Watch:
    """Read the resource until the promise is kept or `for_s` seconds are over; 0 means look once. `accepted`: the cloud took the call."""

    step: Step
    attempt: int
    for_s: float
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Abandon:
    """Stop waiting for the call's answer."""

    step: Step
    attempt: int


@dataclass(frozen=True, slots=True)
class Settle:
    """A step is over: write it down."""

    step: Step
    attempt: int
    state: StepState
    detail: str


Command = Send | Watch | Abandon | Settle

_BACKOFF_S = 2.0


@dataclass(slots=True)
class _Turn:
    run: Run
    commands: list[Command] = field(default_factory=list)

    def put(self, now: StepRun) -> None:
        self.run = replace(self.run, steps={**self.run.steps, now.step.id: now})
        if now.state in OVER:
            self.commands.append(Settle(now.step, now.attempt, now.state, now.detail))


def begin(steps: Sequence[Step], width: int) -> Run:
    """A run in which nothing has begun."""
    return Run({step.id: StepRun(step) for step in steps}, width)


def resume(
    steps: Sequence[Step], over: Mapping[str, tuple[StepState, str]], sent: Mapping[str, int], width: int
) -> tuple[Run, tuple[Command, ...]]:
    """A run as the journal tells it after a kill: what was sent is looked at, what had not begun is cancelled."""
    turn = _Turn(Run({}, width, cancelled=True))
    for step in steps:
        if step.id in over:
            state, detail = over[step.id]
            turn.run = replace(turn.run, steps={**turn.run.steps, step.id: StepRun(step, state, sent.get(step.id, 0), detail)})
        elif step.id in sent:
            turn.put(StepRun(step, StepState.LOOKING, sent[step.id]))
            turn.commands.append(Watch(step, sent[step.id], step.settles_s))
        else:
            turn.put(StepRun(step, StepState.CANCELLED, 0, "not begun when Escher was stopped"))
    return turn.run, tuple(turn.commands)


def advance(run: Run, event: Event) -> tuple[Run, tuple[Command, ...]]:
    """The run after an event, and what to do now. An event that fits nothing changes nothing."""
    turn = _Turn(run)
    match event:
        case Begun():
            pass
        case Cancelled(by):
            _cancel(turn, by)
        case _:
            current = run.steps.get(event.step)
            if current is None or current.attempt != event.attempt or current.state in OVER:
                return run, ()
            _one(turn, current, event)
    _fill(turn)
    return turn.run, tuple(turn.commands)


def _one(turn: _Turn, now: StepRun, event: Accepted | Failed | Seen | NotSeen | TimedOut) -> None:
    match now.state, event:
        case StepState.SENDING, Accepted():
            turn.put(replace(now, state=StepState.SETTLING))
            turn.commands.append(Watch(now.step, now.attempt, now.step.settles_s, accepted=True))
        case StepState.SENDING, Failed(detail=detail, certain=True, again=again):
            _again_or_fail(turn, now, detail, again=again)
        case StepState.SENDING, Failed(detail=detail):
            _look(turn, now, detail)
        case StepState.SENDING, TimedOut():
            turn.commands.append(Abandon(now.step, now.attempt))
            _look(turn, now, f"no answer within {now.step.timeout_s:g} s")
        case ((StepState.SETTLING | StepState.LOOKING), Seen()):
            turn.put(replace(now, state=StepState.DONE, detail=""))
        case StepState.SETTLING, NotSeen(detail=detail, given_up=given_up):
            waited = "" if given_up else f" after {now.step.settles_s:g} s"
            turn.put(replace(now, state=StepState.FAILED, detail=f"accepted, but {detail}{waited}"))
        case StepState.LOOKING, NotSeen(detail=detail):
            _again_or_fail(turn, now, f"{now.detail or 'the answer was lost'}; looked at the cloud: {detail}", again=True)
        case _:
            pass


def _look(turn: _Turn, now: StepRun, detail: str) -> None:
    turn.put(replace(now, state=StepState.LOOKING, detail=detail))
    turn.commands.append(Watch(now.step, now.attempt, now.step.settles_s))


def _again_or_fail(turn: _Turn, now: StepRun, detail: str, *, again: bool) -> None:
    if again and now.attempt <= now.step.retries and not turn.run.cancelled:
        attempt = now.attempt + 1
        turn.put(replace(now, state=StepState.SENDING, attempt=attempt, detail=f"trying again: {detail}"))
        turn.commands.append(Send(now.step, attempt, wait_s=_BACKOFF_S ** (attempt - 1)))
    else:
        turn.put(replace(now, state=StepState.FAILED, detail=detail))


def _cancel(turn: _Turn, by: str) -> None:
    turn.run = replace(turn.run, cancelled=True)
    for run in list(turn.run.steps.values()):
        if run.state is StepState.WAITING:
            turn.put(replace(run, state=StepState.CANCELLED, detail=f"stopped by {by}"))


def _fill(turn: _Turn) -> None:
    """Skips what can no longer succeed and sends what may begin, in plan order, up to the width."""
    under_way = sum(run.state in UNDER_WAY for run in turn.run.steps.values())
    for run in list(turn.run.steps.values()):
        if run.state is not StepState.WAITING:
            continue
        needed = [turn.run.steps[need].state for need in run.step.needs]
        if any(state in OVER and state is not StepState.DONE for state in needed):
            turn.put(replace(run, state=StepState.SKIPPED, detail="a step it needs did not succeed"))
        elif under_way < turn.run.width and all(state is StepState.DONE for state in needed):
            under_way += 1
            turn.put(replace(run, state=StepState.SENDING, attempt=1))
            turn.commands.append(Send(run.step, 1))
