"""What the rest of the engine may ask of the estate, and what it hears. Pure (Protocols and values)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from engine.estate.resource import Gap, Resource, Swept
from engine.estate.where import Where


@dataclass(frozen=True, slots=True)
class Match:
    """A resource found by likeness; `score` from 0 to 1, 1 for the same name or the same meaning."""

    resource: Resource
    score: float


def likest(found: Iterable[Match]) -> list[Match]:
    """The likest first; those as like stay in their order."""
    return sorted(found, key=lambda match: -match.score)


Aspect = Literal["state", "size", "tags", "exposure"]


@dataclass(frozen=True, slots=True)
class Change:
    """How one aspect of a resource changed, each side as people read it: `running`, `t3.large`, `env=dev, tier=gold`, `public, public_ip`.

    Of tags, a side tells those only that differ; "" says that there is nothing of it.
    """

    resource_id: str
    aspect: Aspect
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a finished part of a sweep changed, as resource ids; `details` tell how, of those `changed` that changed in such an aspect."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    unchanged: int = 0
    details: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Stats:
    """How many resources there are, and how they divide; accounts by name, `""` for no known environment."""

    total: int = 0
    by_cloud: Mapping[str, int] = field(default_factory=dict)
    by_type: Mapping[str, int] = field(default_factory=dict)
    by_account: Mapping[str, int] = field(default_factory=dict)
    by_environment: Mapping[str, int] = field(default_factory=dict)


class EstateView(Protocol):
    """Reading the estate. Every method may be repeated and changes nothing.

    All raise StoreError when the store is away, Corrupted when what was stored is not what is there.
    """

    async def get(self, resource_id: str) -> Resource | None:
        """The resource with exactly this id."""
        ...

    async def select(self, where: Where, limit: int | None = None) -> list[Resource]:
        """The resources for which `where` holds, ordered by id; the first `limit` of them."""
        ...

    async def page(self, where: Where, after: str = "", limit: int = 100) -> tuple[list[Resource], str]:
        """So many of the resources for which `where` holds, and where the next page begins ("" after the last), which `after` takes.

        They come in an order of the store's own that stays as it is, so that a million can be gone through without reading all at once.
        """
        ...

    async def count(self, where: Where) -> int:
        """How many `select` would give."""
        ...

    async def recognise(self, phrases: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Which phrases are exactly, but for case, something known; the fields: see `lexicon.LEXICON_FIELDS`.

        Phrases that are nothing known are left out. Keys are the phrases as given.
        """
        ...

    async def by_name(self, text: str, where: Where | None = None, limit: int = 5) -> list[Match]:
        """Resources whose names are like `text`, best first. A guess: never act on it unconfirmed."""
        ...

    async def by_meaning(self, text: str, where: Where | None = None, limit: int = 10) -> list[Match]:
        """Resources of the kind `text` describes, best first; empty when there is no embedding model (see `meaning_away`)."""
        ...

    def meaning_away(self) -> str:
        """Why `by_meaning` finds nothing, or not all yet, as a sentence; "" when it works."""
        ...

    def meaning_waits(self) -> bool:
        """Whether the reason is that descriptions still wait to be embedded, and nothing is wrong."""
        ...

    async def stats(self) -> Stats: ...

    def gaps(self) -> tuple[Gap, ...]:
        """The parts that the last sweep of each could not see."""
        ...


class EstateStore(EstateView, Protocol):
    """Reading and keeping the estate."""

    async def take_in(self, part: Swept) -> Changes:
        """Makes the part's scope (cloud, account, region, type) what the sweep saw: new, changed and vanished. Clears its gap.

        Nothing outside the scope changes. May be repeated: the second time changes nothing.
        """
        ...

    async def note_gap(self, gap: Gap) -> None:
        """Remembers that a part could not be seen; what was known of it stays known."""
        ...

    async def replace(self, resource: Resource) -> None:
        """A fresh reading of one resource."""
        ...

    async def forget(self, resource_id: str) -> None:
        """A resource that was seen to be gone. One that is not known is no error."""
        ...

    async def close(self) -> None:
        """Lets go of the store. Idempotent."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors of one length. Equal texts give equal vectors."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]: ...
