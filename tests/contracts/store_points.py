"""What the conformance suite of the Store Protocol writes and asks for. Pure."""

from __future__ import annotations

import math
import random
import uuid

from engine.store.store import Collection, Point, Sparse, every

THINGS = Collection("things", vector=4, grams=True, ordered=True)
PLAIN = Collection("plain")
ALL = every(())
LARGEST_TOKEN = 2**63 - 1


def uid(number):
    """A point's id: UUIDs that lie anywhere, as those of digests do."""
    return str(uuid.UUID(int=random.Random(number).getrandbits(128)))


def point(number, **rest):
    return Point(uid(number), **{"payload": {"sealed": f"cipher {number}", "mark": f"m{number}"}, **rest})


async def scrolled(store, condition=ALL, name="things", **how):
    return [stored async for stored in store.scroll(name, condition, **how)]


async def ids(store, condition=ALL):
    return {stored.id for stored in await scrolled(store, condition)}


def uids(*numbers):
    return {uid(number) for number in numbers}


def grams(*indices):
    return Sparse(tuple(indices), (1 / math.sqrt(len(indices)),) * len(indices))
