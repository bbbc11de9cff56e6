"""The estate in memory: the public fake at the store's seam, held to the same conformance suite as the real one. Pure (no I/O)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from engine.estate.alike import LOOKED_AT, alike
from engine.estate.changes import details
from engine.estate.facts import environment
from engine.estate.lexicon import lexicon
from engine.estate.phrase import kind_of
from engine.estate.resource import Gap, Resource, Swept
from engine.estate.view import Changes, Embedder, Match, Stats, likest
from engine.estate.where import EVERYTHING, Where, matches
from engine.store.grams import grams, ranked

Scope = tuple[str, str, str, str]


def scope_of(part: Swept | Gap | Resource) -> Scope:
    """The part of the estate something belongs to: cloud, account, region, type."""
    return part.cloud, part.account, part.region, part.type


class MemoryEstate:
    """Everything in a dictionary: no key, no process, nothing kept after the program ends.

    `by_meaning` works when an embedder is given and is empty otherwise.
    """

    def __init__(self, resources: Iterable[Resource] = (), embedder: Embedder | None = None) -> None:
        self._resources = {resource.id: resource for resource in resources}
        self._scopes = {resource.id: scope_of(resource) for resource in self._resources.values()}
        self._gaps: dict[Scope, Gap] = {}
        self._embedder = embedder

    async def get(self, resource_id: str) -> Resource | None:
        return self._resources.get(resource_id)

    async def select(self, where: Where, limit: int | None = None) -> list[Resource]:
        return self._where(where)[:limit]

    async def page(self, where: Where, after: str = "", limit: int = 100) -> tuple[list[Resource], str]:
        rest = [resource for resource in self._where(where) if resource.id > after]
        return rest[:limit], rest[limit - 1].id if len(rest) > limit else ""

    async def count(self, where: Where) -> int:
        return len(self._where(where))

    async def recognise(self, phrases: Sequence[str]) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for resource in self._resources.values():
            for field, words in lexicon(resource).items():
                for phrase in phrases:
                    if phrase.strip().lower() in words:
                        found.setdefault(phrase, set()).add(field)
        return {phrase: frozenset(fields) for phrase, fields in found.items()}

    async def by_name(self, text: str, where: Where | None = None, limit: int = 5) -> list[Match]:
        fitting = {resource.id for resource in self._where(where or EVERYTHING)}
        order = ranked(text, {key: grams(resource.name) for key, resource in self._resources.items()})
        found = [self._resources[key] for key, _ in order if key in fitting][: max(limit, LOOKED_AT)]
        return likest(Match(resource, alike(text, resource.name)) for resource in found)[:limit]

    async def by_meaning(self, text: str, where: Where | None = None, limit: int = 10) -> list[Match]:
        if self._embedder is None:
            return []
        fitting = self._where(where or EVERYTHING)
        texts = sorted({kind_of(resource) for resource in fitting})
        wanted, *known = await self._embedder.embed([text, *texts])
        score = {phrase: _cosine(wanted, vector) for phrase, vector in zip(texts, known, strict=True)}
        found = [Match(resource, max(0.0, score[kind_of(resource)])) for resource in fitting]
        return sorted(found, key=lambda match: -match.score)[:limit]

    def meaning_away(self) -> str:
        return "" if self._embedder else "No embedding model was given."

    def meaning_waits(self) -> bool:
        return False

    async def stats(self) -> Stats:
        everything = list(self._resources.values())
        return Stats(
            total=len(everything),
            by_cloud=Counter(resource.cloud for resource in everything),
            by_type=Counter(resource.type for resource in everything),
            by_account=Counter(resource.account_name or resource.account for resource in everything),
            by_environment=Counter(environment(resource)[0] for resource in everything),
        )

    def gaps(self) -> tuple[Gap, ...]:
        return tuple(self._gaps[scope] for scope in sorted(self._gaps))

    async def take_in(self, part: Swept) -> Changes:
        scope = scope_of(part)
        seen = {resource.id: resource for resource in part.resources}
        gone = sorted(key for key, its in self._scopes.items() if its == scope and key not in seen)
        added = [key for key in seen if key not in self._resources]
        changed = sorted(key for key in seen if key in self._resources and self._resources[key] != seen[key])
        told = tuple(change for key in changed for change in details(self._resources[key], seen[key]))
        for key in gone:
            del self._resources[key], self._scopes[key]
        self._resources.update(seen)
        self._scopes.update(dict.fromkeys(seen, scope))
        self._gaps.pop(scope, None)
        return Changes(tuple(sorted(added)), tuple(changed), tuple(gone), len(seen) - len(added) - len(changed), told)

    async def note_gap(self, gap: Gap) -> None:
        self._gaps[scope_of(gap)] = gap

    async def replace(self, resource: Resource) -> None:
        self._resources[resource.id] = resource
        self._scopes.setdefault(resource.id, scope_of(resource))

    async def forget(self, resource_id: str) -> None:
        self._resources.pop(resource_id, None)
        self._scopes.pop(resource_id, None)

    async def close(self) -> None:
        pass

    def _where(self, where: Where) -> list[Resource]:
        return [self._resources[key] for key in sorted(self._resources) if matches(where, self._resources[key])]


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    dot = sum(a * b for a, b in zip(one, other, strict=True))
    return dot / (math.hypot(*one) * math.hypot(*other) or 1.0)
