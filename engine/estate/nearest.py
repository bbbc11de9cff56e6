"""The resources nearest in meaning, found through their kinds: exactly as if each bore the vector of its kind. Edge (through the store).

The best kinds are looked at first, which mostly is enough. If not, and few resources are in question, the kinds of these are looked up; else
more and more of the best kinds, until enough resources are found. Only the
tokens of kinds are read on the way, and the payloads of those that are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.errors import Corrupted
from engine.estate.recorder import KIND
from engine.store.store import Condition, Store, Stored, Token, every, has

ALL = every(())
Scores = Mapping[Token, float]
_Found = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Breadth:
    """How much is looked at at once; what is found is the same with any.

    So many `kinds` are asked for, times `more` each round, and of these a few are `read` first, times `more` too, up to `rows` resources.
    After the first round, up to `few` resources are all scored.
    """

    few: int = 250
    kinds: int = 128
    read: int = 4
    rows: int = 100
    more: int = 8


@dataclass(frozen=True, slots=True)
class Nearest:
    """One search: the store, the resources' collection and that of their kinds, what is sought, and what must hold.

    `among` is what holds of the kinds of all resources that meet the condition: others need not be looked at. `words` are tokens that a kind
    bears and all its resources too, so that kinds can be told which no resource that meets the condition has.
    """

    store: Store
    resources: str
    kinds: str
    vector: Sequence[float]
    condition: Condition
    among: Condition = field(default_factory=lambda: ALL)
    words: frozenset[Token] = frozenset()
    breadth: Breadth = Breadth()

    async def best(self, limit: int) -> list[Stored]:
        """The best by cosine, which is the score; those of one score by id. Raises StoreError, Corrupted."""
        if limit < 1:
            return []
        chosen = sorted(await self._found(limit), key=lambda pair: (-pair[0], pair[1]))[:limit]
        there = {stored.id: stored for stored in await self.store.retrieve(self.resources, [key for _, key in chosen])}
        return [Stored(key, there[key].payload, score) for score, key in chosen if key in there]

    async def _among_few(self) -> list[_Found]:
        rows = [row async for row in self.store.scroll(self.resources, self.condition, (KIND,))]
        borne = {kind for row in rows if (kind := kind_of(row)) is not None}
        return _scored(rows, await self._kinds(has(borne), len(borne)) if borne else {})

    async def _found(self, limit: int) -> list[_Found]:
        """At least `limit`, the best, where there are so many."""
        found: list[_Found] = []
        seen: set[Token] = set()
        wanted, among = self.breadth.kinds, self.among
        while True:
            scores = await self._kinds(among, wanted)
            exhausted = len(scores) < wanted
            # What ties with the last may go on beyond it: it waits for the next round, so that all of one score are ranked together.
            floor = -2.0 if exhausted else min(scores.values())
            found += await self._of(
                {kind: score for kind, score in scores.items() if score > floor and kind not in seen}, limit - len(found)
            )
            if len(found) >= limit or exhausted:
                return found
            if among is self.among:
                if await self.store.count(self.resources, self.condition) <= self.breadth.few:
                    return await self._among_few()
                among = await self._narrowed()
            else:
                wanted *= self.breadth.more
            seen.update(kind for kind, score in scores.items() if score > floor)

    async def _narrowed(self) -> Condition:
        """Without the kinds of which no resource that meets the condition bears a word: machines at Google are none in us-east-1."""
        none = [word for word in sorted(self.words) if not await self._any(every([self.condition, has([word])]))]
        return every([self.among, {"not": has(none)}])

    async def _any(self, condition: Condition) -> bool:
        async for _ in self.store.scroll(self.resources, condition, ()):
            return True
        return False

    async def _kinds(self, condition: Condition, limit: int) -> dict[Token, float]:
        found = await self.store.nearest_vector(self.kinds, self.vector, condition, limit)
        return {token_of(self.kinds, kind): kind.score for kind in found}

    async def _of(self, scores: Scores, limit: int) -> list[_Found]:
        """At least `limit` of the resources of these kinds, the best: a few kinds are read first, as they mostly are enough."""
        found: list[_Found] = []
        size = self.breadth.read
        while scores and len(found) < limit:
            first, scores = _cut(scores, size)
            found += await self._read(first, limit - len(found))
            size *= self.breadth.more
        return found

    async def _read(self, scores: Scores, limit: int) -> list[_Found]:
        """As `_of`; kinds that have many resources together are read by halves, so that nobody reads many for few."""
        most = max(self.breadth.rows, limit)
        rows: list[Stored] = []
        async for row in self.store.scroll(self.resources, every([self.condition, has(scores)]), (KIND,)):
            rows.append(row)
            if len(rows) == most:
                break
        better, worse = _cut(scores, len(scores) // 2)
        if not worse:
            # More than half tie below the best.
            better, worse = _cut(scores, 1)
        if len(rows) < most or not worse:
            return _scored(rows, scores)
        found = await self._read(better, limit)
        return found if len(found) >= limit else found + await self._read(worse, limit - len(found))


def token_of(collection: str, kind: Stored) -> Token:
    """The token of a kind from its point. Raises Corrupted naming it."""
    try:
        return int(kind.payload[KIND])
    except (KeyError, ValueError):
        what = f"{collection}/{kind.id}"
        raise Corrupted(f"{what} is not what was written there.", what=what, hint="It is made anew.") from None


def kind_of(resource: Stored) -> Token | None:
    """The token of a resource's kind from its point; None where it says none, which is the estate's to heal."""
    said = str(resource.payload.get(KIND, ""))
    return int(said) if said.isdigit() else None


def _cut(scores: Scores, size: int) -> tuple[Scores, Scores]:
    """The best `size` and the rest; more than `size` where they tie."""
    ordered = sorted(scores.values(), reverse=True)
    if size >= len(ordered):
        return scores, {}
    floor = ordered[max(size - 1, 0)]
    return {kind: score for kind, score in scores.items() if score >= floor}, {
        kind: score for kind, score in scores.items() if score < floor
    }


def _scored(rows: Iterable[Stored], scores: Scores) -> list[_Found]:
    """Rows of kinds that have a score; the others have no vector yet."""
    return [(scores[kind], row.id) for row in rows if (kind := kind_of(row)) in scores and kind is not None]
