"""How right a likeness is, measured: what it calls certain, and what its lists hold. Pure for a seed; `python -m` it for the table."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.measuring import read_resources
from engine.estate.memory import MemoryEstate
from engine.estate.resource import Resource
from engine.request.liking import CANDIDATES, MOST_LISTED, liking
from tests.benchmarks import synthetic
from tests.evaluation.estate_maker import ESTATE
from tests.evaluation.mutations import mentions, without

SHARED = Path(__file__).parents[2] / ".." / "shared" / "eval" / "estate.ndjson"


@dataclass(frozen=True, slots=True)
class Measured:
    """Counts over many mentions. `certain` of them `right`; of those whose name is there, `listed` had it among the first ten."""

    there: int
    certain: int
    right: int
    listed: int
    wrong: tuple[str, ...]

    @property
    def precision(self) -> float:
        """Of the certain ones, how many were right."""
        return self.right / self.certain if self.certain else 1.0

    @property
    def recall(self) -> float:
        """Of those whose name is there, how many were certain and right."""
        return self.right / self.there

    @property
    def list_recall(self) -> float:
        """Of those whose name is there, how many were certain of it or had it in the list."""
        return self.listed / self.there


async def measured(resources: Sequence[Resource], count: int, seed: int) -> Measured:
    """The likeness of so many mistaken mentions of an estate's names."""
    there = certain = right = listed = 0
    wrong: list[str] = []
    whole = MemoryEstate(resources)
    for mention in mentions(sorted({one.name for one in resources}), count, seed):
        estate = MemoryEstate(without(resources, mention.meant)) if mention.absent else whole
        found = liking(mention.said, await estate.by_name(mention.said, None, CANDIDATES))
        names = list(dict.fromkeys(match.resource.name for match in found.matches))[:MOST_LISTED]
        hit = not mention.absent and mention.meant in names
        there += not mention.absent
        listed += hit
        if found.sureness == "certain":
            certain += 1
            right += hit
            wrong += [] if hit else [f"{mention.said} ({mention.way}) for {mention.meant}: {names}"]
    return Measured(there, certain, right, listed, tuple(wrong))


async def nothing_like(resources: Sequence[Resource], others: Sequence[str]) -> float:
    """The share of another world's names that find nothing here."""
    estate = MemoryEstate(resources)
    found = [liking(name, await estate.by_name(name, None, CANDIDATES)) for name in others]
    return sum(one.sureness == "none" for one in found) / len(found)


async def _table() -> None:
    estates = {"own": read_resources(ESTATE), "made up": list(synthetic.estate(2000, 3))}
    estates |= {"shared": read_resources(SHARED)} if SHARED.exists() else {}
    for name, resources in estates.items():
        found = await measured(resources, 1000, seed=23)
        others = [one.name for other, rows in estates.items() if other != name for one in rows[:80]]
        print(
            f"{name:8} names {len({one.name for one in resources}):5}  certain {found.certain:4}  precision {found.precision:.4f}  "
            f"recall {found.recall:.3f}  list of ten {found.list_recall:.4f}  others find nothing {await nothing_like(resources, others):.2f}"
        )
        print(*found.wrong[:10], sep="\n")


if __name__ == "__main__":
    asyncio.run(_table())
