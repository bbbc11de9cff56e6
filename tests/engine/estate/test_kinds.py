"""Kinds are learnt in the background, each once, and none is lost: over a restart, trouble, another model, or too many at once."""

from __future__ import annotations

import asyncio
import contextlib
import math
from pathlib import Path

import pytest

from engine.errors import Corrupted, StoreError
from engine.estate.kinds import Kinds, Patience, Place, Progress
from engine.estate.memory import scope_of
from engine.estate.phrase import kind_of
from engine.estate.recorder import Recorder
from engine.secrets.derive import Keys
from engine.store.crypto import Crypto
from engine.store.manifest import SealedFile
from engine.store.memory import MemoryStore
from engine.store.store import Collection, Point, every, has
from tests.engine.estate.samples import ALL, BUCKET, LEDGER, VM, WEB_1, WEB_2, WEB_DEV, resource
from tests.engine.estate.scripted import ScriptedModel, letters

KEYS = Keys(bytes(range(32)))
RESOURCES, MODEL_1, MODEL_2 = "cloud_estate", "cloud_estate_kinds-1", "cloud_estate_kinds-2"
QUICK = Patience(quiet_s=0.001, longest_quiet_s=0.01, pause_s=0.001, prune_s=0.0, few=1_000)
CRYPTO = Crypto(KEYS, RESOURCES)
RECORDER = Recorder(KEYS, CRYPTO)
DISTINCT = len({kind_of(one) for one in ALL})


def told(*resources):
    """As intake tells it."""
    return {kind_of(one): RECORDER.facts_of_kind(one) for one in resources}


class Stage:
    """A store with resources, and kinds over it that can be left and opened again."""

    def __init__(self, folder: Path, store: MemoryStore | None = None) -> None:
        self.store = store or MemoryStore()
        self.book = SealedFile(folder / "kinds", CRYPTO)
        self.path = folder / "kinds"

    async def write(self, *resources):
        await self.store.ensure(Collection(RESOURCES, grams=True))
        await self.store.upsert(RESOURCES, [RECORDER.point(RECORDER.marked(one), scope_of(one)) for one in resources])

    async def take_in(self, kinds, *resources):
        await kinds.learn(told(*resources))
        await self.write(*resources)

    @contextlib.asynccontextmanager
    async def opened(self, model, *, whole=False, collection=MODEL_1, patience=QUICK):
        await self.store.ensure(Collection(RESOURCES, grams=True))
        kinds = Kinds(Place(self.store, RESOURCES, collection, CRYPTO, RECORDER, self.book), model, patience)
        await kinds.begin(whole=whole)
        try:
            yield kinds
        finally:
            await kinds.close()


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path)


async def settled(kinds):
    async with asyncio.timeout(10):
        await kinds.settled()


def found(matches):
    return [RECORDER.resource(one).name for one in matches]


def brute(text, *resources):
    """What a search over all resources would find, best first."""

    def score(one):
        mine, sought = letters(kind_of(one)), letters(text)
        return sum(a * b for a, b in zip(mine, sought, strict=True)) / (math.hypot(*mine) * math.hypot(*sought))

    return [one.name for one in sorted(resources, key=lambda one: (-score(one), CRYPTO.point_id(one.id)))]


async def test_what_was_learnt_is_found_by_meaning_under_any_condition(stage):
    async with stage.opened(ScriptedModel()) as kinds:
        await stage.take_in(kinds, *ALL)
        await settled(kinds)
        for text in ("postgres database", "bucket at google", "azure machine"):
            assert found(await kinds.nearest(text, every(()), 10)) == brute(text, *ALL)
            assert found(await kinds.nearest(text, every(()), 2)) == brute(text, *ALL)[:2]
        aws = has([CRYPTO.token("cloud", "aws")])
        assert found(await kinds.nearest("bucket", aws, 10)) == brute("bucket", WEB_1, WEB_2, WEB_DEV, LEDGER)
        scores = [one.score for one in await kinds.nearest("bucket", every(()), 10)]
        assert scores == sorted(scores, reverse=True)
        assert kinds.away == ""


async def test_a_description_is_embedded_once_however_many_share_it(stage):
    model = ScriptedModel()
    async with stage.opened(model) as kinds:
        await stage.take_in(kinds, *ALL, *(resource(f"web-{n}", id=f"i-{n}") for n in range(50)))
        await settled(kinds)
        await stage.take_in(kinds, *ALL)
        await settled(kinds)
        assert sorted(model.embedded) == sorted({kind_of(one) for one in ALL})
        assert kinds.progress() == Progress(DISTINCT, DISTINCT)
        assert len(await kinds.nearest("web", every(()), 100)) == len(ALL) + 50


async def test_nobody_waits_for_the_model_and_progress_tells(stage):
    model = ScriptedModel()
    model.let.clear()
    async with stage.opened(model) as kinds:
        async with asyncio.timeout(5):
            await stage.take_in(kinds, LEDGER, BUCKET)
            assert await kinds.nearest("bucket", every(()), 5) == []
        assert kinds.progress() == Progress(0, 2)
        waiting = asyncio.create_task(kinds.settled())
        await asyncio.sleep(0.02)
        assert not waiting.done()
        model.let.set()
        await settled(kinds)
        assert kinds.progress() == Progress(2, 2)
        assert len(await kinds.nearest("bucket", every(()), 5)) == 2


async def test_learning_many_leaves_others_their_turn(stage):
    turns = 0

    async def others():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with stage.opened(ScriptedModel()) as kinds:
        watching = asyncio.create_task(others())
        await kinds.learn({f"kind {number}": () for number in range(10_000)})
        watching.cancel()
        assert turns >= 20


async def test_after_a_clean_end_the_model_is_not_even_loaded(stage):
    async with stage.opened(ScriptedModel()) as kinds:
        await stage.take_in(kinds, *ALL)
        await settled(kinds)
    model = ScriptedModel()
    async with stage.opened(model, whole=True) as kinds:
        await settled(kinds)
        assert kinds.progress() == Progress(DISTINCT, DISTINCT)
        assert not model.loaded
        assert found(await kinds.nearest("azure", every(()), 1)) == brute("azure", *ALL)[:1]
        assert not model.embedded
    assert model.closed


@pytest.mark.parametrize("whole", [True, False])
async def test_what_was_left_undone_is_found_and_done_after_a_restart(stage, whole):
    model = ScriptedModel()
    async with stage.opened(model) as kinds:
        await stage.take_in(kinds, WEB_1, WEB_DEV)
        await settled(kinds)
        model.let.clear()
        await stage.take_in(kinds, LEDGER, VM, BUCKET)
    again = ScriptedModel()
    async with stage.opened(again, whole=whole) as kinds:
        await settled(kinds)
        assert sorted(again.embedded) == sorted(kind_of(one) for one in (LEDGER, VM, BUCKET))
        assert found(await kinds.nearest("bucket", every(()), 9)) == brute("bucket", WEB_1, WEB_DEV, LEDGER, VM, BUCKET)


async def test_an_unclean_end_is_not_believed_to_be_complete(stage):
    async with stage.opened(ScriptedModel()) as kinds:
        await stage.take_in(kinds, *ALL)
        await settled(kinds)
    await stage.store.delete(MODEL_1, [one.id async for one in stage.store.scroll(MODEL_1, every(()))][:2])
    again = ScriptedModel()
    async with stage.opened(again, whole=False) as kinds:
        await settled(kinds)
        assert len(again.embedded) == 2
        assert len(await kinds.nearest("azure", every(()), 9)) == len(ALL)


async def test_a_process_that_is_killed_leaves_no_word_that_all_is_done(stage):
    async with stage.opened(ScriptedModel()) as kinds:
        await stage.take_in(kinds, *ALL)
        await settled(kinds)
    assert stage.path.exists()
    async with stage.opened(ScriptedModel(), whole=True):
        assert not stage.path.exists()


async def test_what_is_learnt_while_it_is_closed_is_looked_for_at_the_next_start(stage):
    async with stage.opened(ScriptedModel()) as kinds:
        await stage.take_in(kinds, WEB_1)
        await settled(kinds)
    await stage.take_in(kinds, BUCKET)
    again = ScriptedModel()
    async with stage.opened(again, whole=True) as kinds:
        await settled(kinds)
        assert again.embedded == [kind_of(BUCKET)]


async def test_another_model_makes_all_anew_and_takes_the_place_of_the_first(stage):
    beside = Collection("cloud_estate_other", vector=2)
    async with stage.opened(ScriptedModel()) as kinds:
        await stage.take_in(kinds, *ALL)
        await settled(kinds)
    await stage.store.ensure(beside)
    again = ScriptedModel()
    async with stage.opened(again, whole=True, collection=MODEL_2) as kinds:
        await settled(kinds)
        assert len(again.embedded) == DISTINCT
        await eventually(lambda: MODEL_1 not in stage.store._made)
        assert [one.name for one in await stage.store.collections()] == [RESOURCES, MODEL_2, beside.name]


async def eventually(holds):
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.001)


async def test_trouble_is_said_and_passes(stage):
    model = ScriptedModel(["The model's process ended."])
    async with stage.opened(model, patience=Patience(quiet_s=0.001, pause_s=0.05)) as kinds:
        await stage.take_in(kinds, *ALL)
        await eventually(lambda: "The model's process ended." in kinds.away)
        await settled(kinds)
        assert kinds.away == ""
        assert kinds.progress() == Progress(DISTINCT, DISTINCT)


async def test_it_says_how_much_still_waits(stage):
    async with stage.opened(ScriptedModel(), patience=Patience(quiet_s=0.05)) as kinds:
        await settled(kinds)
        assert kinds.away == ""
        await stage.take_in(kinds, *ALL)
        assert kinds.away == f"Search by meaning is not complete yet: it knows 0 of {DISTINCT} descriptions."
        await settled(kinds)
        assert kinds.away == ""


async def test_while_it_looks_for_what_lacks_it_says_so(stage):
    async with stage.opened(ScriptedModel()) as kinds:
        assert kinds.away == "Search by meaning is not complete yet: it knows 0 descriptions, and looks for more."
        await settled(kinds)
        assert kinds.away == ""


async def test_without_a_model_nobody_waits_and_nothing_is_remembered(stage):
    async with stage.opened(ScriptedModel(away="There is no model here.")) as kinds:
        await settled(kinds)
        await stage.take_in(kinds, *ALL)
        await settled(kinds)
        assert kinds.away == "There is no model here."
        assert await kinds.nearest("bucket", every(()), 5) == []
        assert kinds.progress().total == 0
    async with stage.opened(ScriptedModel(), whole=True) as kinds:
        await settled(kinds)
        assert len(await kinds.nearest("bucket", every(()), 9)) == len(ALL)


async def test_more_than_can_wait_are_found_again_among_the_resources(stage):
    model = ScriptedModel()
    model.let.clear()
    many = [resource(f"web-{n}", id=f"i-{n}", tags={"app": "abcdefghij"[n] * 3}) for n in range(10)]
    async with stage.opened(model, patience=Patience(quiet_s=0.001, pause_s=0.001, most=3)) as kinds:
        await stage.take_in(kinds, *many)
        assert kinds.progress().total == 3
        model.let.set()
        await settled(kinds)
        assert len(set(model.embedded)) == len(model.embedded) == 10
        assert len(await kinds.nearest("web", every(()), 20)) == 10


async def test_kinds_that_nothing_bears_are_taken_away_at_the_second_look(stage):
    model = ScriptedModel()
    async with stage.opened(model) as kinds:
        for _ in range(2):
            await stage.take_in(kinds, *ALL)
            await settled(kinds)
        await stage.store.delete(RESOURCES, [CRYPTO.point_id(LEDGER.id), CRYPTO.point_id(BUCKET.id)])
        assert await kinds.prune() == 0
        # Between the looks one comes back, before its resource is written.
        await kinds.learn(told(BUCKET))
        assert await kinds.prune() == 1
        await settled(kinds)
        assert kinds.progress().total == DISTINCT - 1
        await stage.take_in(kinds, LEDGER, BUCKET)
        await settled(kinds)
        assert len(await kinds.nearest("bucket", every(()), 9)) == len(ALL)
        assert model.embedded.count(kind_of(LEDGER)) == 2
        assert model.embedded.count(kind_of(BUCKET)) == 1


async def test_kinds_do_not_grow_without_bound_while_resources_change(stage):
    patience = Patience(quiet_s=0.001, pause_s=0.001, prune_s=0.0, few=20)
    async with stage.opened(ScriptedModel(), patience=patience) as kinds:
        for n in range(120):
            name = "".join(chr(ord("a") + int(digit)) for digit in f"{n:03}")
            await stage.take_in(kinds, resource("web", id="i-1", tags={"app": name}))
            await settled(kinds)
        assert kinds.progress().total < 60


class Breaking(MemoryStore):
    """Says once that the kinds are broken."""

    broken = False

    async def ensure(self, collection):
        if self.broken and collection.name == MODEL_1:
            self.broken = False
            raise Corrupted(f"{MODEL_1} cannot be read.", what=f"folder/{MODEL_1}")
        return await super().ensure(collection)


async def test_broken_kinds_are_made_anew(tmp_path):
    stage = Stage(tmp_path, Breaking())
    async with stage.opened(ScriptedModel()) as kinds:
        await stage.take_in(kinds, *ALL)
        await settled(kinds)
    stage.store.broken = True
    again = ScriptedModel()
    async with stage.opened(again, whole=False) as kinds:
        await settled(kinds)
        assert len(again.embedded) == DISTINCT
        assert kinds.away == ""


async def test_a_broken_kind_is_not_served_and_healed(stage):
    model = ScriptedModel()
    async with stage.opened(model) as kinds:
        await stage.take_in(kinds, *ALL)
        await settled(kinds)
        (one, *_) = [point async for point in stage.store.points(MODEL_1)]
        await stage.store.upsert(MODEL_1, [Point(one.id, {"kind": "rubbish"}, one.tokens, vector=one.vector)])
        with pytest.raises(Corrupted, match=one.id):
            await kinds.nearest("bucket", every(()), 9)
        await settled(kinds)
        assert len(await kinds.nearest("bucket", every(()), 9)) == len(ALL)
        assert len(model.embedded) == 2 * DISTINCT


async def test_a_broken_resource_does_not_keep_the_others_from_being_found(stage):
    await stage.write(*ALL)
    key = CRYPTO.point_id(BUCKET.id)
    await stage.store.upsert(RESOURCES, [Point(key, {"sealed": "rubbish"}, (7,))])
    async with stage.opened(ScriptedModel()) as kinds:
        await settled(kinds)
        assert found(await kinds.nearest("bucket", every(()), 9)) == brute("bucket", *(one for one in ALL if one != BUCKET))


class Away(MemoryStore):
    """Fails its next writes of kinds, and loses what it had of them: as one that ends before all is on the disk."""

    fails = 0

    async def upsert(self, collection, points):
        if collection == MODEL_1 and self.fails:
            self.fails -= 1
            self._points[MODEL_1].clear()
            raise StoreError("The store's process ended.")
        await super().upsert(collection, points)


async def test_a_store_that_fails_for_a_while_loses_no_kind(tmp_path):
    stage = Stage(tmp_path, Away())
    async with stage.opened(ScriptedModel()) as kinds:
        for _ in range(2):
            await stage.take_in(kinds, WEB_1, VM)
            await settled(kinds)
        stage.store.fails = 2
        await stage.take_in(kinds, *ALL)
        await settled(kinds)
        assert len(await kinds.nearest("bucket", every(()), 9)) == len(ALL)
