"""Finds known phrases in a sealed message. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

GAP = "…"
WIDEST_GAP = 8
T = TypeVar("T")
WORD = re.compile(r"[a-z0-9]+(?:['./-][a-z0-9]+)*")


def words_of(text: str) -> tuple[str, ...]:
    """Lower-case words; a possessive or contracted `'s` falls off on both sides of every comparison."""
    plain = unicodedata.normalize("NFKC", text.replace("\u2019", "'")).lower()
    return tuple(word.removesuffix("'s") for word in WORD.findall(plain))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row; several rows where other words may stand between: `turn … off`."""

    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, text: str) -> Phrase:
        return cls(tuple(words_of(row) for row in text.split(GAP)))


@dataclass(frozen=True, slots=True)
class Span:
    """Where a phrase stands: from word `start` up to, not including, word `end`."""

    start: int
    end: int

    def holds(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end and self != other


@dataclass(frozen=True)
class Text:
    """A message as lower-case words."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, message: str) -> Text:
        return cls(words_of(message))

    @cached_property
    def places(self) -> Mapping[str, tuple[int, ...]]:
        """Each word's positions, so that a phrase is looked for only where it can begin."""
        found: dict[str, list[int]] = {}
        for position, word in enumerate(self.words):
            found.setdefault(word, []).append(position)
        return {word: tuple(positions) for word, positions in found.items()}

    def spans(self, phrase: Phrase) -> Iterator[Span]:
        """Everywhere the phrase stands, in reading order."""
        first, *rest = phrase.rows
        for start in self._starts(first, 0, len(self.words)):
            end: int | None = start + len(first)
            for row in rest:
                end = self._next(row, end) if end is not None else None
            if end is not None:
                yield Span(start, end)

    def find(self, phrases: Iterable[Phrase]) -> tuple[Span, ...]:
        """Where any of the phrases stands."""
        return tuple(span for phrase in phrases for span in self.spans(phrase))

    def has(self, phrases: Iterable[Phrase]) -> bool:
        return any(True for phrase in phrases for _ in self.spans(phrase))

    def _starts(self, row: tuple[str, ...], begin: int, end: int) -> Iterator[int]:
        for position in self.places.get(row[0], ()):
            if begin <= position < end and self.words[position : position + len(row)] == row:
                yield position

    def _next(self, row: tuple[str, ...], begin: int) -> int | None:
        position = next(self._starts(row, begin, begin + WIDEST_GAP + 1), None)
        return None if position is None else position + len(row)


def outermost(found: Iterable[tuple[Span, T]]) -> tuple[tuple[Span, T], ...]:
    """The findings that do not stand inside a longer one: `disk snapshot` hides `disk`."""
    rows = tuple(found)
    return tuple((span, what) for span, what in rows if not any(other.holds(span) for other, _ in rows))
