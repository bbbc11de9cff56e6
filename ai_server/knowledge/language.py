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
        for start in self._starts(first):
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

    def _starts(self, row: tuple[str, ...]) -> Iterator[int]:
        for position in self.places.get(row[0], ()):
            if self.words[position : position + len(row)] == row:
                yield position

    def _next(self, row: tuple[str, ...], begin: int) -> int | None:
        """The end of the row's nearest place after `begin`, at most `WIDEST_GAP` words away."""
        for position in range(begin, begin + WIDEST_GAP + 1):
            if self.words[position : position + len(row)] == row:
                return position + len(row)
        return None


def outermost(found: Iterable[tuple[Span, T]]) -> tuple[tuple[Span, T], ...]:
    """The findings that do not stand inside a longer one, in reading order: `disk snapshot` hides `disk`."""
    kept: list[tuple[Span, T]] = []
    widest: Span | None = None
    for span, what in sorted(found, key=lambda pair: (pair[0].start, -pair[0].end)):
        if widest and widest.holds(span):
            continue
        kept.append((span, what))
        widest = span if widest is None or span.end > widest.end else widest
    return tuple(kept)


def covered(spans: Iterable[Span]) -> frozenset[int]:
    """The positions of all words in the spans."""
    return frozenset(position for span in spans for position in range(span.start, span.end))
