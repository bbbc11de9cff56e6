"""What it is to be asked for an opinion: the Protocol of a speaker, what it gives, and the ways in which there is none. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from ai_server.models.opinion import Opinion

Lost = Literal["timeout", "budget", "unreachable", "refused", "unsound"]
Check = Callable[[Opinion], str]
"""What is wrong with an opinion, as a sentence to the model; '' when nothing is."""


class NoOpinion(Exception):
    """There is no usable opinion; `tokens` were paid for it all the same."""

    def __init__(self, why: Lost, tokens: int = 0) -> None:
        super().__init__(why)
        self.why: Lost = why
        self.tokens = tokens


@dataclass(frozen=True, slots=True)
class Spoken:
    """An opinion that keeps the rules, and what it cost."""

    opinion: Opinion
    tokens: int


class Speaker(Protocol):
    """Whoever is asked."""

    async def opinion(self, prompt: str, check: Check) -> Spoken:
        """An opinion that `check` finds nothing wrong with. Raises NoOpinion; may be repeated, it changes nothing."""
        ...
