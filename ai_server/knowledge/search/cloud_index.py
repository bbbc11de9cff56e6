"""Search over the commands of one cloud: a sieve by words and meaning, then a linear ranker over what is left. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.search.corpus import Corpus, lay_out
from ai_server.knowledge.search.features import FEATURES, Asked, asked, complete, evidence, popularity, sieve, verb_shares, verb_worth
from ai_server.knowledge.search.ranked import Floats, best
from ai_server.knowledge.search.vectors import Vectors

BY_WORDS = 150
BY_MEANING = 50


@dataclass(frozen=True, slots=True)
class Knowing:
    """What is known of one cloud beside its commands: see `Learned`. Weights by the name of the feature."""

    with_meaning: Mapping[str, float]
    words_alone: Mapping[str, float]
    verbs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    illustrated: Mapping[str, int] = field(default_factory=dict)
    nouns: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidates of one question: their places, and `[candidates, features]`."""

    places: NDArray[np.intp]
    values: Floats


class CloudIndex:
    """Deterministic: equal scores stand in the order of the commands."""

    def __init__(self, commands: Sequence[Command], knowing: Knowing, vectors: Vectors | None = None) -> None:
        self.corpus: Corpus = lay_out(commands, knowing.titles, knowing.nouns)
        self.vectors = vectors
        self._knowing = knowing
        self._rows = vectors.exact() if vectors else None
        self._shares = verb_shares(self.corpus)
        self._popular = popularity(self.corpus, knowing.illustrated)
        features = FEATURES if vectors else FEATURES[:-1]
        weights = knowing.with_meaning if vectors else knowing.words_alone
        self._weights = np.array([weights[name] for name in features], dtype=np.float32)

    def find(
        self, text: str, vector: Floats | None, service: str = "", *, operations_only: bool = False
    ) -> tuple[NDArray[np.intp], Floats]:
        """The places of the candidates, best first, and their scores: the ranker's logits. `vector`: the model's of the text, if there are vectors.

        `operations_only` leaves out what only a CLI has (`aws s3 sync`).
        """
        found = self.weigh(asked(text, self.corpus), vector, self.inside(service, operations_only=operations_only))
        scores = found.values @ self._weights
        order = np.argsort(-scores, kind="stable")
        return found.places[order], scores[order]

    def weigh(
        self,
        question: Asked,
        vector: Floats | None,
        inside: NDArray[np.bool_] | None = None,
        meant: Mapping[str, float] | None = None,
        popular: Floats | None = None,
    ) -> Evidence:
        """The candidates with what speaks for each. `meant` and `popular` stand in for what was learned, where learning itself is measured."""
        likeness = (
            None
            if self._rows is None or self.vectors is None or vector is None
            # Not `@`: its threads wait for each other, and take ten times as long on a busy machine.
            else np.einsum("ij,j->i", self._rows, self.vectors.of_question(vector))
        )
        places = self._candidates(sieve(question, self.corpus), likeness, inside)
        known = self._knowing.verbs.get(question.verb, {}) if meant is None else meant
        verbs = verb_worth(question.verb, self.corpus, self._shares, known)
        prior = (self._popular if popular is None else popular)[self.corpus.services[places]]
        texts = evidence(question, self.corpus, places, verbs)
        return Evidence(places, complete(texts, prior, None if likeness is None else likeness[places]))

    def _candidates(self, words: Floats, likeness: Floats | None, inside: NDArray[np.bool_] | None) -> NDArray[np.intp]:
        if inside is not None:
            words = np.where(inside, words, np.float32(0))
        found = best(words, BY_WORDS)
        if likeness is None:
            return np.sort(found)
        # Shifted above zero, so that what is outside of the service can be told.
        alike = likeness + 2 if inside is None else np.where(inside, likeness + 2, np.float32(0))
        return np.union1d(found, best(alike.astype(np.float32), BY_MEANING)).astype(np.intp)

    def inside(self, service: str, *, operations_only: bool) -> NDArray[np.bool_] | None:
        """Which commands are of the service, and of the API if only that is wanted; None for all of them."""
        if not service and not operations_only:
            return None
        names, wanted = self.corpus.service_names, np.ones(len(self.corpus), dtype=np.bool_)
        if service:
            wanted &= self.corpus.services == (names.index(service) if service in names else -1)
        return wanted & self.corpus.of_the_api if operations_only else wanted
