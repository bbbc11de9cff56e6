"""The draft as it grows, order after order: steps, states that earlier steps leave behind, and who is left out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ai_server.agents.risk import Touch
from ai_server.agents.values import Binding, arguments
from ai_server.knowledge.playbook import GONE, Playbook, Step
from ai_server.wire import Action, Group, LeftOut, PlannedStep

MOST_STEPS = 64
ANY_STATE = "any"
"""Told of a group whose plan is for later: whatever state it is in by then, every step it may need is planned."""
UNDOES: Mapping[Action, Action] = {"start": "stop", "stop": "start"}


class TooManySteps(ValueError):
    """The draft would need more kinds of steps than the wire can carry."""


@dataclass(frozen=True, slots=True)
class Way:
    """What groups must share to be handled by the same steps: the playbook, its steps that apply, and what they wait for."""

    playbook: str
    steps: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spared:
    """A group an order left out; `reached` where what was wanted is the case already."""

    action: Action
    reason: str

    @property
    def reached(self) -> bool:
        return self.reason.startswith("already")


@dataclass(slots=True)
class Draft:
    """Everything decided so far. `state` and `last` are what later orders find: the state a group is in and the steps it waits for.

    `held` are the reasons why a later order does not act on what an earlier one acted on.
    """

    steps: list[PlannedStep] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    spared: dict[str, Spared] = field(default_factory=dict)
    state: dict[str, str] = field(default_factory=dict)
    last: dict[str, tuple[str, ...]] = field(default_factory=dict)
    held: dict[str, None] = field(default_factory=dict)

    def state_of(self, group: Group) -> str:
        return self.state.get(group.handle, group.state)

    def spare(self, group: Group, action: Action, reason: str) -> None:
        """Leaves the group out; the first reason stays."""
        if group.handle in self.last:
            self.held[f"cannot {action.replace('_', ' ')}: {reason}"] = None
        self.spared.setdefault(group.handle, Spared(action, reason))

    def why_not(self, book: Playbook, group: Group) -> str:
        """Why the playbook is not for this group now; '' when it is."""
        state = self.state_of(group)
        if earlier := self._spared_earlier(book.action, group):
            return earlier
        if state == GONE:
            return "gone by then"
        if book.states and state not in (*book.states, ANY_STATE):
            return book.already.get(state, f"cannot {book.action} while {state.replace('_', ' ')}")
        return _flag_reason(book, group)

    def add(self, book: Playbook, groups: Sequence[Group], bindings: Sequence[Binding]) -> None:
        """The playbook's steps for the groups, once for each binding. Raises TooManySteps."""
        for way, alike in self._ways(book, groups).items():
            after = way.after
            for binding in bindings:
                after = self._emit([step for step in book.steps if step.id in way.steps], alike, binding, after)
            for group in alike:
                self._passed(book, group, after)

    def left_out(self) -> tuple[LeftOut, ...]:
        """The groups no step touches."""
        touched = self.touched()
        return tuple(LeftOut(group=handle, reason=spared.reason[:200]) for handle, spared in self.spared.items() if handle not in touched)

    def touched(self) -> frozenset[str]:
        return frozenset(touch.group.handle for touch in self.touches)

    def _spared_earlier(self, action: Action, group: Group) -> str:
        """An order that follows another acts on what the first acted on; a harmless "already so" holds back only what would undo it."""
        earlier = self.spared.get(group.handle)
        if earlier is None or (earlier.reached and UNDOES.get(earlier.action) != action):
            return ""
        return earlier.reason

    def _ways(self, book: Playbook, groups: Sequence[Group]) -> dict[Way, list[Group]]:
        ways: dict[Way, list[Group]] = {}
        for group in groups:
            steps = tuple(step.id for step in book.steps if not step.states or self.state_of(group) in (*step.states, ANY_STATE))
            ways.setdefault(Way(book.id, steps, self.last.get(group.handle, ())), []).append(group)
        return ways

    def _emit(self, steps: Sequence[Step], groups: Sequence[Group], binding: Binding, after: tuple[str, ...]) -> tuple[str, ...]:
        """Appends the steps; returns the handles of those that nothing here waits for, which is what the next ones wait for."""
        if len(self.steps) + len(steps) > MOST_STEPS:
            raise TooManySteps(f"more than {MOST_STEPS} steps")
        handles = {step.id: f"s{len(self.steps) + number}" for number, step in enumerate(steps, start=1)}
        on = tuple(group.handle for group in groups)
        for step in steps:
            waits = tuple(handles[name] for name in step.after if name in handles)
            self.steps.append(
                PlannedStep(
                    id=handles[step.id],
                    operation=step.operation,
                    on=on,
                    arguments=arguments(step.arguments, binding),
                    after=waits or after,
                    why=step.why,
                )
            )
        return tuple(handles[name] for name in _ends(steps)) or after

    def _passed(self, book: Playbook, group: Group, after: tuple[str, ...]) -> None:
        self.touches.append(Touch(book, group))
        self.last[group.handle] = after
        if book.leaves:
            self.state[group.handle] = book.leaves


def _flag_reason(book: Playbook, group: Group) -> str:
    lacking = (reason for flag, reason in book.needs_flags.items() if flag not in group.flags)
    barred = (reason for flag, reason in book.barred_flags.items() if flag in group.flags)
    return next(lacking, "") or next(barred, "")


def _ends(steps: Iterable[Step]) -> tuple[str, ...]:
    chain = tuple(steps)
    waited_for = {name for step in chain for name in step.after}
    return tuple(step.id for step in chain if step.id not in waited_for)
