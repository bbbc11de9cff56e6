"""What search by meaning finds, beside the exact answer with the model's own vectors: recall@10 over 500 questions. Edge (an estate and a model).

python -m tests.benchmarks.estate_recall [RESOURCES]

The exact answer scores every resource by the cosine of its kind's vector, unquantised, unrotated by the store's key. One that scores as the tenth
does is as right as the tenth.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.estate.importing import import_resources
from engine.estate.phrase import kind_of
from engine.estate.resource import Resource
from engine.meaning.embedding import find_model
from engine.meaning.model import Model
from tests.benchmarks.estate_child import DESCRIPTIONS, SETTINGS, opened
from tests.benchmarks.synthetic import NOUNS, estate

COUNT, QUESTIONS, BEST = 10_000, 500, 10
# How near two cosines of 32-bit numbers are the same.
_SAME = 1e-5
_OTHER_KEY = bytes(range(32, 64))
_PLACES = ("", "in production", "for testing", "on AWS", "in Azure", "at Google", "of the staging environment", "sandbox")
_THINGS = ("database", "virtual machine", "disk", "bucket", "postgres", "server", "storage", "mysql")


def questions(count: int, seed: int = 5) -> list[str]:
    """So many different descriptions as people give them."""
    dice, found = random.Random(seed), dict.fromkeys(DESCRIPTIONS)
    while len(found) < count:
        said = (dice.choice(NOUNS), dice.choice(_THINGS), dice.choice(_PLACES))
        found.setdefault(" ".join(word for word in dice.sample(said, 3) if word))
    return list(found)


async def main(count: int = COUNT) -> None:
    resources, asked = list(estate(count)), questions(QUESTIONS)
    with tempfile.TemporaryDirectory(prefix="escher-bench-") as folder:
        os.environ.setdefault("ESCHER_BENCH_CACHE", str(Path(folder) / "cache"))
        of_ours = await opened(Path(folder) / "home")
        try:
            await import_resources(of_ours, resources)
            await of_ours.settle()
            assert not of_ours.meaning_away(), of_ours.meaning_away()
            found = [[match.resource.id for match in await of_ours.by_meaning(text, limit=BEST)] for text in asked]
        finally:
            await of_ours.close()
        scores = await _exact(resources, asked)
    recalls = [_recall(ids, of_all) for ids, of_all in zip(found, scores, strict=True)]
    print(
        f"recall@{BEST} by meaning beside exact search, {len(asked)} questions to {count:,} resources: "
        f"{sum(recalls) / len(recalls):.4f} (at least 0.999); the worst question {min(recalls):.1f}"
    )


async def _exact(resources: Sequence[Resource], asked: Sequence[str]) -> list[dict[str, float]]:
    """For each question the score of every resource."""
    model = Model(await find_model(SETTINGS, Path(os.environ["ESCHER_BENCH_CACHE"])), _OTHER_KEY)
    try:
        kinds = {kind: place for place, kind in enumerate(dict.fromkeys(map(kind_of, resources)))}
        of_kinds, of_questions = _unit(await model.embed(list(kinds))), _unit(await model.embed(asked))
    finally:
        await model.close()
    borne = [kinds[kind_of(one)] for one in resources]
    return [dict(zip((one.id for one in resources), row[borne].tolist(), strict=True)) for row in of_questions @ of_kinds.T]


def _unit(vectors: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.asarray(vectors, dtype=np.float64)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def _recall(found: Sequence[str], scores: dict[str, float]) -> float:
    floor = sorted(scores.values(), reverse=True)[:BEST][-1] - _SAME
    return sum(scores[one] >= floor for one in found) / min(BEST, len(scores))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT))
