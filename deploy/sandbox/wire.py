"""What a local cloud is asked and what it answers, free of any web framework. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `origin` is scheme and host as the caller sees them, for the absolute links of an answer.

    What a query says more than once stands in it once, with commas between.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    origin: str = ""

    def document(self) -> Document:
        """The body as a JSON object; empty when there is none. Raises ValueError."""
        data = json.loads(self.body or b"{}")
        if not isinstance(data, dict):
            raise ValueError("the body is no JSON object")
        return data


@dataclass(frozen=True, slots=True)
class Answer:
    """One response; `body` None sends nothing, or `raw` where that is no JSON."""

    status: int = 200
    body: Document | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: str = ""


class Wrong(Exception):
    """The caller asked for what this cloud refuses; carries the provider's own refusal."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status}: {answer.body}")
        self.answer = answer


@dataclass
class Clock:
    """Effects that become true later. `now` is a monotonic clock in seconds, `delay_s` how long a change takes to settle."""

    now: Callable[[], float]
    delay_s: float = 0.3
    _owed: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def later(self, effect: Callable[[], None]) -> float:
        """`effect` happens once its time has come and somebody looks; returns that time."""
        due = self.now() + self.delay_s
        self._owed.append((due, effect))
        return due

    def settle(self) -> None:
        """Everything that is due becomes true, in order."""
        now = self.now()
        due = [effect for when, effect in self._owed if when <= now]
        self._owed = [owed for owed in self._owed if owed[0] > now]
        for effect in due:
            effect()


class World(Protocol):
    """A cloud in memory, as the front door sees it."""

    clock: Clock

    def answer(self, asked: Asked) -> Answer: ...

    def refusal(self, status: int) -> Answer:
        """What this provider says for a status of its own accord (403, 429, 500 and the like)."""
        ...

    def seed(self, document: Document) -> str:
        """Puts a resource in, in the provider's own form; returns the key it is found under. Raises ValueError."""
        ...

    def change(self, key: str, change: Mapping[str, Any]) -> bool:
        """Alters (dotted path to value) or with `{"gone": true}` removes what stands under `key`, behind everybody's back."""
        ...


def put(document: Document, path: str, value: Any) -> None:
    """Writes `value` at a path whose steps are parted by `/`, making the objects on the way; None takes the key away."""
    *way, last = path.split("/")
    for step in way:
        document = document.setdefault(step, {})
    if value is None:
        document.pop(last, None)
    else:
        document[last] = value
