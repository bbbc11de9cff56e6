"""What the AI server may answer, in the engine's own values: nothing behind the one door speaks the wire. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ArgumentDraft = str | int | bool
RiskLevel = Literal["low", "medium", "high", "critical"]


@dataclass(frozen=True, slots=True)
class DraftStep:
    """One operation on groups, as proposed: untrusted until bound and checked. Text arguments that begin with `v` and digits are handles."""

    id: str
    operation: str
    on: tuple[str, ...]
    arguments: Mapping[str, ArgumentDraft]
    after: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan as the AI server proposes it."""

    title: str
    steps: tuple[DraftStep, ...]
    left_out: tuple[tuple[str, str], ...] = ()  # group handle, reason
    risk: RiskLevel = "low"
    risk_reasons: tuple[str, ...] = ()
    explanation: str = ""
    rollback: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in words; `kind` tells what sort."""

    kind: Literal["answer", "clarification", "refusal", "unknown"]
    text: str
    choices: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    who_can: str = ""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question that only the estate can answer, in words of closed lists; an empty tuple means any. `by` splits the answer up."""

    measure: Literal["list", "count", "cost"]
    types: tuple[str, ...] = ()
    clouds: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    by: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """A reply with the exact bytes that were sent for it."""

    reply: Draft | Said | Inquiry
    sent: bytes
    sent_to: str
    took_s: float = 0.0
    server_id: str = ""
    ask: str = ""  # the journal's name for it
