"""Words as numbers: each stem has one, and a text is an array of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai_server.knowledge.search.words import WORDS, word_stems

Ids = NDArray[np.int32]
Numbers = NDArray[np.int32] | NDArray[np.int64]
_LONGEST_QUERY = 64


@dataclass(frozen=True, slots=True)
class Tokens:
    """Many texts behind each other: `ids[starts[i]:starts[i + 1]]` are the stems of text i in order, with repeats."""

    ids: Numbers
    starts: Ids

    @property
    def lengths(self) -> Ids:
        return np.diff(self.starts)

    @property
    def owners(self) -> Ids:
        """Whose each id is."""
        return np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), self.lengths)


class Lexicon:
    """Grows while documents are read, then is only looked up."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._seen: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def read(self, texts: Iterable[str]) -> Tokens:
        """The texts as numbers; new stems get new ones."""
        ids: list[int] = []
        starts = [0]
        seen, learn = self._seen, self._learn
        for text in texts:
            for word in WORDS.findall(text):
                known = seen.get(word)
                ids += learn(word) if known is None else known
            starts.append(len(ids))
        return Tokens(np.array(ids, dtype=np.int32), np.array(starts, dtype=np.int32))

    def close(self) -> None:
        """Forgets what only reading needs: the words as they were written."""
        self._seen.clear()

    def number(self, stem: str) -> int:
        """The stem's number, -1 for one that no document has."""
        return self._numbers.get(stem, -1)

    def asked(self, text: str) -> list[int]:
        """The numbers of a question's stems in order, with repeats and -1 for unknown ones; a text without end is cut."""
        return [self.number(stem) for word in WORDS.findall(text)[:_LONGEST_QUERY] for stem in word_stems(word)]

    def _learn(self, word: str) -> tuple[int, ...]:
        found = tuple(self._numbers.setdefault(stem, len(self._numbers)) for stem in word_stems(word))
        self._seen[word] = found
        return found
