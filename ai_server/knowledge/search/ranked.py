"""BM25 over documents of several fields, in arrays: the core that commands and playbooks share. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai_server.knowledge.search.lexicon import Ids, Lexicon, Tokens

Floats = NDArray[np.float32]
# How soon repeats of a word stop to count (the usual value).
_SATURATION = 1.2


@dataclass(frozen=True, slots=True)
class Postings:
    """Which documents have which stem in one field: those of stem t are `documents[starts[t]:starts[t + 1]]`, with BM25's weight of each
    (its inverse frequency not in it).
    """

    documents: Ids
    weights: Floats
    starts: Ids

    def of(self, stem: int) -> tuple[Ids, Floats]:
        """The documents that have the stem, ascending, and the weights."""
        here = slice(self.starts[stem], self.starts[stem + 1])
        return self.documents[here], self.weights[here]


def postings(tokens: Tokens, stems: int, discount: float) -> Postings:
    """`stems`: how many there are. `discount` from 0 to 1: how much a long text counts less (BM25's b)."""
    documents = len(tokens.starts) - 1
    pairs, counts = np.unique(tokens.ids.astype(np.int64) * documents + tokens.owners, return_counts=True)
    holders = (pairs % documents).astype(np.int32)
    mean = max(float(tokens.lengths.mean()), 1e-9) if documents else 1.0
    longer = 1 - discount + discount * tokens.lengths[holders] / mean
    weights = counts * (_SATURATION + 1) / (counts + _SATURATION * longer)
    starts = np.searchsorted(pairs // max(documents, 1), np.arange(stems + 1)).astype(np.int32)
    return Postings(holders, weights.astype(np.float32), starts)


def rarity(fields: Sequence[Postings], stems: int, documents: int) -> Floats:
    """BM25's inverse document frequency of each stem: in how many documents one of the fields has it."""
    pairs = [np.repeat(np.arange(stems), np.diff(one.starts)) * documents + one.documents for one in fields]
    both = np.unique(np.concatenate(pairs)) if pairs else np.zeros(0, dtype=np.int64)
    found = np.bincount(both // max(documents, 1), minlength=stems)
    return np.log1p((documents - found + 0.5) / (found + 0.5)).astype(np.float32)


def best(scores: Floats, limit: int) -> NDArray[np.intp]:
    """The places of the highest scores above zero, best first; equal ones in their order."""
    above = np.flatnonzero(scores > 0)
    if len(above) > limit:
        least = np.partition(scores[above], len(above) - limit)[len(above) - limit]
        above = above[scores[above] >= least]
    return above[np.argsort(-scores[above], kind="stable")][:limit]


class Ranked:
    """Documents ranked by the words they share with a question.

    A document is a tuple of texts, one for each field; `weights` says what a word counts in each.
    """

    def __init__(self, documents: Sequence[Sequence[str]], weights: Sequence[float], discount: float = 0.5) -> None:
        self._lexicon = Lexicon()
        read = [self._lexicon.read(document[place] for document in documents) for place in range(len(weights))]
        self._lexicon.close()
        self._fields = [postings(one, len(self._lexicon), discount) for one in read]
        self._weights = tuple(weights)
        self._documents = len(documents)
        self._rarity = rarity(self._fields, len(self._lexicon), self._documents)

    def scores(self, text: str) -> Floats:
        """One for each document; 0 where no word is shared."""
        found = np.zeros(self._documents, dtype=np.float32)
        for stem in dict.fromkeys(self._lexicon.asked(text)):
            if stem >= 0:
                for field, weight in zip(self._fields, self._weights, strict=True):
                    documents, weights = field.of(stem)
                    found[documents] += weights * (weight * self._rarity[stem])
        return found

    def find(self, text: str, limit: int = 10) -> tuple[tuple[int, float], ...]:
        """The places of the best documents in the order they were given, each with its score, best first."""
        scores = self.scores(text)
        return tuple((int(place), float(scores[place])) for place in best(scores, limit))
