"""Copies collections from one store to another as they are: sealed, with their tokens and vectors; no key is needed. Edge (through stores).

Both are gone through by id side by side, and only what differs is written. So a move that was interrupted goes on where it was, and one
that is repeated writes nothing.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

from engine.errors import Refused, StoreError
from engine.store.store import Collection, Point, Store, every

_AT_ONCE = 64
# Stores keep numbers in single precision, and may bring a vector to length one.
_PRECISION = 1e-5


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of a collection: points that were copied, that stood there already, and that were taken away there."""

    collection: str
    copied: int
    there: int
    removed: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One id in the two stores; None where it is not."""

    here: Point | None
    there: Point | None


@dataclass(slots=True)
class _Batch:
    """Changes of a target that wait to be written together."""

    target: Store
    collection: str
    points: list[Point] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    async def write(self, least: int = 1) -> None:
        if len(self.points) >= least:
            await self.target.upsert(self.collection, self.points)
            self.points = []
        if len(self.gone) >= least:
            await self.target.delete(self.collection, self.gone)
            self.gone = []


Progress = Callable[[str, int, int], None]


async def move(source: Store, target: Store, progress: Progress, *, replace: bool = False) -> list[Moved]:
    """Makes the target's collections equal to the source's and looks that they are; `progress` hears of collection, points done and all.

    Raises Refused, before anything is written, when the target holds other points than the source and `replace` is not said: they may be
    newer. Raises StoreError when a collection is not equal in the end.
    """
    collections = await source.collections()
    for collection in collections:
        await source.ensure(collection)
        await target.ensure(collection)
        if not replace:
            await _check_ours(source, target, collection)
    moved = []
    for collection in collections:
        moved.append(await _copied(source, target, collection, progress))
        await _check_equal(source, target, collection)
    return moved


async def _check_ours(source: Store, target: Store, collection: Collection) -> None:
    name = collection.name
    if not await target.count(name, every(())):
        return
    others = 0
    async for pair in _pairs(source, target, name):
        if pair.there and not _alike(pair.here, pair.there):
            others += 1
    if others:
        raise Refused(
            f"{name} holds {others} points there that are not those here; they may be newer. Nothing was copied.",
            hint="Is it the right direction? --replace makes them those that are here.",
        )


async def _copied(source: Store, target: Store, collection: Collection, progress: Progress) -> Moved:
    name = collection.name
    total, done, copied, there, removed = await source.count(name, every(())), 0, 0, 0, 0
    batch = _Batch(target, name)
    async for pair in _pairs(source, target, name):
        if pair.here is None:
            assert pair.there is not None
            batch.gone.append(pair.there.id)
            removed += 1
        elif _alike(pair.here, pair.there):
            there += 1
        else:
            batch.points.append(pair.here)
            copied += 1
        await batch.write(_AT_ONCE)
        done += pair.here is not None
        if done % _AT_ONCE == 0:
            progress(name, done, total)
    await batch.write()
    await target.flush(name)
    await target.optimise(name)
    progress(name, done, total)
    return Moved(name, copied, there, removed)


async def _check_equal(source: Store, target: Store, collection: Collection) -> None:
    """Counts, facets and every point whole: what is read back from the target is what the source holds."""
    name, differing = collection.name, 0
    async for pair in _pairs(source, target, name):
        differing += not _alike(pair.here, pair.there)
    counts = [await store.count(name, every(())) for store in (source, target)]
    facets = [dict(await store.facet(name, every(()))) for store in (source, target)]
    if differing or counts[0] != counts[1] or facets[0] != facets[1]:
        raise StoreError(
            f"{name} is not the same after the move: {counts[0]} points here, {counts[1]} there, {differing} differ.",
            hint="Does something else write into it? Stop that and move again.",
        )


async def _pairs(source: Store, target: Store, collection: str) -> AsyncIterator[Pair]:
    """Both stores' points by id, those with one id together."""
    ours, theirs = source.points(collection), target.points(collection)
    here, there = await anext(ours, None), await anext(theirs, None)
    while here or there:
        if there is None or (here is not None and here.id < there.id):
            yield Pair(here, None)
            here = await anext(ours, None)
        elif here is None or there.id < here.id:
            yield Pair(None, there)
            there = await anext(theirs, None)
        else:
            yield Pair(here, there)
            here, there = await anext(ours, None), await anext(theirs, None)


def _alike(one: Point | None, other: Point | None) -> bool:
    """Whether they are the same but for what storing does to numbers."""
    if one is None or other is None:
        return False
    return (
        one.payload == other.payload
        and set(one.tokens) == set(other.tokens)
        and set(one.facets) == set(other.facets)
        and one.order == other.order
        and _near(_weights(one), _weights(other))
        and _near(_direction(one), _direction(other))
    )


def _weights(point: Point) -> Mapping[int, float]:
    return dict(zip(point.grams.indices, point.grams.values, strict=True))


def _direction(point: Point) -> Mapping[int, float]:
    length = math.hypot(*point.vector) or 1.0
    return {dimension: number / length for dimension, number in enumerate(point.vector)}


def _near(one: Mapping[int, float], other: Mapping[int, float]) -> bool:
    return one.keys() == other.keys() and all(abs(number - other[key]) <= _PRECISION for key, number in one.items())
