"""Learns how to weigh the evidence for a command from examples of other commands, and says how well that holds. Edge (reads ../shared)."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.search.cloud_index import CloudIndex
from ai_server.knowledge.search.corpus import asked_verb, name_of
from ai_server.knowledge.search.features import FEATURES, asked, popularity
from ai_server.knowledge.search.ranked import Ranked

SHARED = Path(__file__).resolve().parents[3] / "shared" / "eval" / "commands"
_RIDGE = 1e-3
# The examples of a CLI's help name their service; people who say "the database" do not. So the examples cannot tell what that is worth, and at
# least this much is given, in the folds as in what is shipped: it is the most that takes nothing off the figures of either cloud.
_COMMON, _LEAST_COMMON = FEATURES.index("common"), 1.5


@dataclass(frozen=True)
class Case:
    """A text and the place of the command it is of, -1 if the pack has it not."""

    text: str
    service: str
    place: int


@dataclass(frozen=True)
class Examples:
    """The candidates of all cases behind each other: `values` `[rows, features]`, `right` 1 where it is the one, `sizes` rows of each case."""

    places: Any
    values: Any
    right: Any
    sizes: Any

    @property
    def starts(self) -> Any:
        return np.cumsum(self.sizes) - self.sizes

    def of(self, cases: Any) -> Examples:
        rows = np.repeat(cases, self.sizes)
        return Examples(self.places[rows], self.values[rows], self.right[rows], self.sizes[cases])


def read_cases(cloud: str, commands: Sequence[Command], folder: Path = SHARED) -> list[Case]:
    """The development half, each row with the command it is of."""
    with gzip.open(folder / f"{cloud}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    places = {named(one): place for place, one in enumerate(commands)}
    return [Case(row["text"], row.get("service", ""), places.get((row.get("service", ""), row["operation"]), -1)) for row in rows]


def named(command: Command) -> tuple[str, str]:
    """The command as the files of cases name it."""
    return (command.service, command.operation.split(":", 1)[-1]) if command.cloud == "aws" else ("", command.operation)


@dataclass(frozen=True)
class Observed:
    """What the examples show beside the ranking: verbs meant, and how many commands of a service are illustrated; with each command's own share."""

    meant: Mapping[str, Counter[str]]
    own: Mapping[int, Counter[tuple[str, str]]]
    illustrated: Counter[str]

    def without(self, place: int, verb: str, service: str) -> tuple[Counter[str], Counter[str]]:
        """Verbs meant and services illustrated as if this command had no example: what a command not seen before meets."""
        meant = Counter(self.meant.get(verb, {}))
        for (said, name), count in self.own.get(place, {}).items():
            if said == verb:
                meant[name] -= count
        illustrated = Counter(self.illustrated)
        if place >= 0:
            illustrated[service] -= 1
        return meant, illustrated


def observe(index: CloudIndex, cases: Sequence[Case]) -> Observed:
    corpus = index.corpus
    meant: dict[str, Counter[str]] = {}
    own: dict[int, Counter[tuple[str, str]]] = {}
    for case in cases:
        if case.place >= 0:
            verb, name = asked_verb(case.text), corpus.verb_names[corpus.verbs[case.place]]
            meant.setdefault(verb, Counter())[name] += 1
            own.setdefault(case.place, Counter())[verb, name] += 1
    return Observed(meant, own, Counter(corpus.commands[place].service for place in own))


def gather(index: CloudIndex, cases: Sequence[Case], vectors: Any, *, known: bool) -> Examples:
    """The evidence of every case, its own command's examples left out. `known`: within the case's service. `vectors`: the model's, or None."""
    corpus, seen = index.corpus, observe(index, cases)
    services = np.array(corpus.service_names)[corpus.services]
    places, values, sizes = [], [], []
    for number, case in enumerate(cases):
        question = asked(case.text, corpus)
        meant, illustrated = seen.without(case.place, question.verb, services[case.place])
        inside = index.inside(case.service if known else "", operations_only=True)
        found = index.weigh(question, None if vectors is None else vectors[number], inside, meant, popularity(corpus, illustrated))
        places.append(found.places)
        values.append(found.values)
        sizes.append(len(found.places))
    truth = np.repeat([case.place for case in cases], sizes)
    everywhere = np.concatenate(places)
    return Examples(everywhere, np.concatenate(values).astype(np.float64), everywhere == truth, np.array(sizes))


def learn(given: Examples) -> Any:
    """The weights that make the softmax of the scores likeliest, by Newton's method with a ridge on standardised features.

    The columns are the features in their order; what may be left away stands behind "common".
    """
    mean, spread = given.values.mean(axis=0), given.values.std(axis=0) + 1e-6
    values = (given.values - mean) / spread
    usable = np.add.reduceat(given.right, given.starts) > 0
    rows = np.repeat(usable, given.sizes)
    values, right, sizes = values[rows], given.right[rows], given.sizes[usable]
    starts, count, width = np.cumsum(sizes) - sizes, len(sizes), values.shape[1]
    weights = np.zeros(width)
    for _ in range(12):
        chance = shares(values @ weights, starts, sizes)
        expected = np.add.reduceat(values * chance[:, None], starts, axis=0)
        slope = (expected.sum(axis=0) - values[right].sum(axis=0)) / count + 2 * _RIDGE * weights
        curve = ((values * chance[:, None]).T @ values - expected.T @ expected) / count + 2 * _RIDGE * np.eye(width)
        step = np.linalg.solve(curve, slope)
        # A full step from far away may overshoot.
        weights -= step * min(1.0, 2.0 / (np.abs(step).max() + 1e-9))
        if np.abs(step).max() < 1e-5:
            break
    found = weights / spread
    found[_COMMON] = max(found[_COMMON], _LEAST_COMMON)
    return found


def shares(scores: Any, starts: Any, sizes: Any) -> Any:
    """The softmax of each case's rows."""
    highest = np.repeat(np.maximum.reduceat(scores, starts), sizes)
    powers = np.exp(scores - highest)
    return powers / np.repeat(np.add.reduceat(powers, starts), sizes)


def ranks(given: Examples, weights: Any) -> tuple[Any, Any]:
    """For each case the rank of the right command (from 0; 999 where it is no candidate), and how sure the ranker is of its first."""
    scores = given.values @ weights
    sure = np.maximum.reduceat(shares(scores, given.starts, given.sizes), given.starts)
    found = []
    for start, size in zip(given.starts, given.sizes, strict=True):
        order = np.argsort(-scores[start : start + size], kind="stable")
        at = np.flatnonzero(given.right[start : start + size][order])
        found.append(int(at[0]) if len(at) else 999)
    return np.array(found), sure


def crossed(given: Examples, groups: Sequence[Any], folds: int = 5) -> tuple[Any, Any]:
    """The same with the weights learned from the other folds; a group (an operation, a service) is in one fold alone."""
    names = {name: place for place, name in enumerate(dict.fromkeys(groups))}
    fold_of = np.random.default_rng(0).integers(0, folds, len(names))
    fold = np.array([fold_of[names[name]] for name in groups])
    found, sure = np.zeros(len(groups), dtype=int), np.zeros(len(groups))
    for one in range(folds):
        found[fold == one], sure[fold == one] = ranks(given.of(fold == one), learn(given.of(fold != one)))
    return found, sure


def as_table(weights: Any) -> dict[str, float]:
    return {name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=False)}


def plain_ranks(commands: Sequence[Command], cases: Sequence[Case], *, known: bool) -> Any:
    """The rank of each case's command by BM25 on name and first sentence alone; 999 where the pack has it not."""
    api = [place for place, one in enumerate(commands) if not (one.cloud == "aws" and " " in one.operation)]
    ranked = Ranked([(f"{name_of(commands[place])} {commands[place].summary}",) for place in api], (1.0,))
    services = np.array([commands[place].service for place in api])
    at = {place: number for number, place in enumerate(api)}
    found = []
    for case in cases:
        scores = ranked.scores(case.text)
        if known:
            scores = np.where(services == case.service, scores, -1)
        mine = at.get(case.place, -1)
        found.append(999 if mine < 0 else int((scores > scores[mine]).sum() + (scores == scores[mine])[:mine].sum()))
    return np.array(found)


def shown(found: Any) -> str:
    """Ranks as shares of the first, the first five and the first ten."""
    return "  ".join(f"top-{most} {100 * (found < most).mean():.1f} %" for most in (1, 5, 10))
