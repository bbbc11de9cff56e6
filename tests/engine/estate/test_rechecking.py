"""After an unclean end: what is broken is taken out, and what a scope lost that had not changed is told."""

from __future__ import annotations

import dataclasses

from engine.estate.ledger import Ledger
from engine.estate.memory import scope_of
from engine.estate.rechecking import Findings, Lacking, Recheck
from engine.estate.recorder import MARK, SCOPE, SEALED, Recorder
from engine.estate.resource import GapReason
from engine.secrets.derive import Keys
from engine.store.crypto import Crypto
from engine.store.inventory import Inventory
from engine.store.memory import MemoryStore
from engine.store.store import Collection, every
from tests.engine.estate.samples import ALL, BUCKET, WEB_1, WEB_2

KEYS = Keys(bytes(range(32)))
RECORDER = Recorder(KEYS, Crypto(KEYS, "c"))


def made(one):
    return RECORDER.point(RECORDER.marked(one), scope_of(one))


def scope(one):
    return str(RECORDER.scope_token(scope_of(one)))


class Looked:
    """A store with the samples, and one look through it."""

    def __init__(self):
        self.store, self.taken = MemoryStore(), []

    async def filled(self, *points):
        await self.store.ensure(Collection("c", grams=True))
        await self.store.upsert("c", points or [made(one) for one in ALL])
        return self

    async def expected(self):
        """What a ledger of all that is there says of each scope."""
        ledger = Ledger(Inventory())
        async for stored in self.store.scroll("c", every(())):
            ledger.change(stored.payload[SCOPE], [(stored.id, stored.payload[MARK])], [])
        return ledger.scopes

    async def found(self, expected, ledger=None):
        ledger = ledger or Ledger(await self.store.inventory("c", MARK))
        return await Recheck(self.store, "c", RECORDER, expected, self.take_out).run(ledger)

    async def take_out(self, key):
        self.taken.append(key)
        await self.store.delete("c", [key])


async def test_all_whole_is_nothing_found_and_every_scope_is_known_then():
    looked = await Looked().filled()
    expected = await looked.expected()
    ledger = Ledger(await looked.store.inventory("c", MARK))
    assert await looked.found(expected, ledger) == Findings(looked_at=len(ALL))
    assert ledger.scopes == expected
    assert ledger.scope("another") == Inventory()


async def test_a_lost_resource_is_told_with_its_scope_and_stands_as_a_gap():
    looked = await Looked().filled()
    expected = await looked.expected()
    await looked.store.delete("c", [RECORDER.key(WEB_2)])
    found = await looked.found(expected)
    written = expected[scope(WEB_2)].count
    assert found.lacking == [Lacking(scope_of(WEB_2), written, written - 1)]
    assert found.sentences == [
        f"Of aws {WEB_2.account} us-east-1 compute_instance, {written} resources were written and {written - 1} whole ones are there after an unclean end."
    ]
    (gap,) = found.gaps
    assert (scope_of(gap), gap.reason, gap.detail) == (scope_of(WEB_2), GapReason.BROKEN, found.sentences[0])


async def test_a_scope_of_which_nothing_is_left_is_told_too():
    looked = await Looked().filled()
    expected = await looked.expected()
    await looked.store.delete("c", [RECORDER.key(one) for one in ALL if scope_of(one) == scope_of(BUCKET)])
    found = await looked.found(expected)
    assert found.lacking == [Lacking(None, expected[scope(BUCKET)].count, 0)]
    assert found.gaps == []
    assert found.sentences[0].startswith("Of a part of the estate, ")


async def test_a_broken_resource_is_taken_out_and_missed():
    broken = dataclasses.replace(made(WEB_1), payload={**made(WEB_1).payload, SEALED: made(WEB_2).payload[SEALED]})
    altered = dataclasses.replace(made(BUCKET), tokens=made(BUCKET).tokens[1:])
    looked = await Looked().filled(*(made(one) for one in ALL if one not in (WEB_1, BUCKET)), broken, altered)
    found = await looked.found(await looked.expected())
    assert sorted(looked.taken) == sorted([broken.id, altered.id])
    assert (found.looked_at, found.broken) == (len(ALL), 2)
    assert {one.scope or one.there for one in found.lacking} >= {scope_of(WEB_1)}
    assert found.sentences[-1] == "2 resources were not whole and are taken out."


async def test_a_scope_that_changes_meanwhile_is_not_judged():
    looked = await Looked().filled()
    expected = await looked.expected()
    ledger = Ledger(await looked.store.inventory("c", MARK))

    class Changing(MemoryStore):
        async def scroll(self, *arguments, **how):
            async for stored in looked.store.scroll(*arguments, **how):
                yield stored
            ledger.change(scope(WEB_2), [], [(RECORDER.key(WEB_2), "mark")])

    await looked.store.delete("c", [RECORDER.key(WEB_2)])
    found = await Recheck(Changing(), "c", RECORDER, expected, looked.take_out).run(ledger)
    assert found.lacking == []
    assert ledger.scope(scope(BUCKET)) is None
