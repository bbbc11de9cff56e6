"""The local encrypted inventory: everything known of all clouds, found by fact, by name and by meaning. Edge (through its store)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from engine.errors import Corrupted, StoreError
from engine.estate.crypto import Crypto
from engine.estate.edge.client import EdgeSettings, EdgeStore, ModelPlace
from engine.estate.embedding import ModelMissing, fetch_model, find_model
from engine.estate.facts import ENVIRONMENTS
from engine.estate.grams import likeness
from engine.estate.intake import Intake
from engine.estate.manifest import Manifest, SealedFile, read_manifest, write_manifest
from engine.estate.memory import scope_of
from engine.estate.prefilter import is_exact, prefilter
from engine.estate.recorder import SEALED, Recorder, Scope, facets
from engine.estate.resource import CLOUDS, Gap, GapReason, Resource, ResourceType, Swept
from engine.estate.store import Condition, every, has
from engine.estate.view import Changes, Match, Stats
from engine.estate.where import EVERYTHING, Where, matches
from engine.secrets.derive import Keys
from engine.settings import EstateSettings

COLLECTION = "cloud_estate"
FOLDER = "estate"
_MORE_WHEN_INEXACT = 20
_MOST_CANDIDATES = 1000
_FACET_WORDS: Mapping[str, tuple[str, ...]] = {
    "cloud": CLOUDS,
    "type": get_args(ResourceType),
    "environment": (*sorted(set(ENVIRONMENTS.values())), ""),
}


class Estate:
    """Open it with `Estate.open`. The store is the truth; nothing decrypted is kept in memory."""

    def __init__(self, folder: Path, keys: Keys, store: EdgeStore, model: ModelPlace | None) -> None:
        self._crypto = Crypto(keys, COLLECTION)
        self._store = store
        # Without a working model, points are written without vectors and marked so: with one, the next sweep writes them anew.
        self._recorder = Recorder(keys, self._crypto, model.fingerprint if model and not store.meaning_away else "")
        self._intake = Intake(store, COLLECTION, self._recorder, SealedFile(folder / "inventory", self._crypto))
        self._gap_file = SealedFile(folder / "gaps", self._crypto)
        self._gaps: dict[Scope, Gap] = {}
        self._gap_turn = asyncio.Lock()
        self._fetching: asyncio.Task[None] | None = None
        self._away = store.meaning_away
        self._facet_labels = {self._crypto.token(f"facet:{f}", word): (f, word) for f, words in _FACET_WORDS.items() for word in words}

    @classmethod
    async def open(cls, home: Path, keys: Keys, settings: EstateSettings, *, cache: Path | None = None) -> Estate:
        """The estate of a data folder; `cache` is where models are kept (`home/cache` unless given).

        Raises WrongKey, Corrupted naming what, StoreError when another process has it. The first time, making the model takes seconds.
        """
        folder = home / FOLDER
        manifest = await asyncio.to_thread(read_manifest, folder, keys)
        cache = cache or home / "cache"
        model, missing = await _model_or_reason(settings, cache)
        sizes = manifest.sizes if manifest else {}
        store = await EdgeStore.open(EdgeSettings(folder, (COLLECTION,), model, keys.for_("rotation"), sizes))
        if missing:
            store.meaning_away = str(missing)
        estate = cls(folder, keys, store, model)
        try:
            if manifest is None:
                await asyncio.to_thread(write_manifest, folder, keys, Manifest(store.sizes, estate._recorder.layout))
            other = manifest is not None and manifest.layout != estate._recorder.layout
            await estate._load(folder, renew=other)
            if other:
                await asyncio.to_thread(write_manifest, folder, keys, Manifest(store.sizes, estate._recorder.layout))
            if missing and missing.fetchable:
                estate._fetching = asyncio.create_task(estate._fetch(settings.embeddings, cache))
        except BaseException:
            await store.close()
            raise
        return estate

    async def get(self, resource_id: str) -> Resource | None:
        found = await self._store.retrieve(COLLECTION, [self._crypto.point_id(resource_id)])
        return self._recorder.resource(found[0]) if found else None

    async def select(self, where: Where, limit: int | None = None) -> list[Resource]:
        stored = self._store.scroll(COLLECTION, self._condition(where), [SEALED])
        resources = [self._recorder.resource(point) async for point in stored]
        return sorted((r for r in resources if matches(where, r)), key=lambda resource: resource.id)[:limit]

    async def count(self, where: Where) -> int:
        if is_exact(where):
            return await self._store.count(COLLECTION, self._condition(where))
        return len(await self.select(where))

    async def recognise(self, phrases: Sequence[str]) -> Mapping[str, frozenset[str]]:
        asked = [
            (phrase, field, token) for phrase in phrases for field, token in self._recorder.word_tokens(phrase.strip().lower()).items()
        ]
        known = await self._store.known(COLLECTION, [token for _, _, token in asked])
        found: dict[str, set[str]] = {}
        for (phrase, field, _), is_known in zip(asked, known, strict=True):
            if is_known:
                found.setdefault(phrase, set()).add(field)
        return {phrase: frozenset(fields) for phrase, fields in found.items()}

    async def by_name(self, text: str, where: Where | None = None, limit: int = 5) -> list[Match]:
        grams = self._recorder.grams(text)
        if not grams.indices:
            return []
        where = where or EVERYTHING
        found = await self._store.nearest_grams(COLLECTION, grams, self._condition(where), _candidates(where, limit))
        resources = [self._recorder.resource(stored) for stored in found]
        return [Match(r, likeness(text, r.name)) for r in resources if matches(where, r)][:limit]

    async def by_meaning(self, text: str, where: Where | None = None, limit: int = 10) -> list[Match]:
        if self._away:
            return []
        where = where or EVERYTHING
        condition = every([self._condition(where), has([self._recorder.model_token])])
        found = await self._store.nearest_text(COLLECTION, text, condition, _candidates(where, limit))
        scored = [(self._recorder.resource(stored), stored.score) for stored in found]
        return [Match(resource, max(0.0, score)) for resource, score in scored if matches(where, resource)][:limit]

    def meaning_away(self) -> str:
        return self._away

    async def stats(self) -> Stats:
        counts: dict[str, dict[str, int]] = {field: {} for field in ("cloud", "type", "account", "environment")}
        for token, count in (await self._store.facet(COLLECTION, every(()))).items():
            field, word = await self._facet_label(token)
            counts[field][word] = count
        total = await self._store.count(COLLECTION, every(()))
        return Stats(total, counts["cloud"], counts["type"], counts["account"], counts["environment"])

    def gaps(self) -> tuple[Gap, ...]:
        return tuple(self._gaps[scope] for scope in sorted(self._gaps))

    async def take_in(self, part: Swept) -> Changes:
        changes = await self._intake.take_in(part)
        async with self._gap_turn:
            if self._gaps.pop(scope_of(part), None):
                await self._keep_gaps()
        return changes

    async def note_gap(self, gap: Gap) -> None:
        async with self._gap_turn:
            self._gaps[scope_of(gap)] = gap
            await self._keep_gaps()

    async def replace(self, resource: Resource) -> None:
        await self._intake.replace(resource)

    async def forget(self, resource_id: str) -> None:
        await self._intake.forget(self._crypto.point_id(resource_id))

    async def verify(self) -> int:
        """Opens every resource and compares its tokens; gives their number. Raises Corrupted naming the first bad one."""
        return await self._intake.verify()

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Vectors of texts as they are stored (rotated, cosines kept); none when there is no model. Makes this an `Embedder`."""
        return await self._store.embed(texts)

    async def memory(self) -> int:
        """Resident bytes of the store's process, the embedding model included."""
        return await self._store.memory()

    @property
    def store_pid(self) -> int | None:
        """The store's process, None when none runs."""
        return self._store.pid

    async def close(self) -> None:
        if self._fetching:
            self._fetching.cancel()
            await asyncio.wait({self._fetching})
        await self._store.close()

    async def _load(self, folder: Path, *, renew: bool) -> None:
        await self._intake.check(folder / COLLECTION, renew=renew)
        kept = await asyncio.to_thread(self._gap_file.read)
        gaps = [Gap(**{**gap, "reason": GapReason(gap["reason"])}) for gap in kept or ()]
        self._gaps = {scope_of(gap): gap for gap in gaps}

    async def _fetch(self, name: str, cache: Path) -> None:
        try:
            self._away = await fetch_model(name, cache)
        except (OSError, StoreError) as error:
            self._away = f"The embedding model {name} could not be fetched: {error}"

    async def _keep_gaps(self) -> None:
        await asyncio.to_thread(self._gap_file.write, [asdict(gap) for gap in self.gaps()])

    def _condition(self, where: Where) -> Condition:
        return prefilter(where, self._crypto.token)

    async def _facet_label(self, token: str) -> tuple[str, str]:
        """What a facet's token stands for; words that are nobody's secret are known, the others are read from a resource that has it."""
        if token not in self._facet_labels:
            stored = await self._store.first(COLLECTION, has([token]))
            for field, word in facets(self._recorder.resource(stored)).items() if stored else ():
                self._facet_labels[self._crypto.token(f"facet:{field}", word)] = field, word
        if token not in self._facet_labels:
            raise Corrupted(f"A facet in {COLLECTION} stands for nothing.", what=COLLECTION, hint="Move the estate away and scan again.")
        return self._facet_labels[token]


def _candidates(where: Where, limit: int) -> int:
    """How many to fetch so that `limit` are left after the filter on the decrypted resources."""
    return limit if is_exact(where) else min(limit * _MORE_WHEN_INEXACT, _MOST_CANDIDATES)


async def _model_or_reason(settings: EstateSettings, cache: Path) -> tuple[ModelPlace | None, ModelMissing | None]:
    try:
        return await find_model(settings, cache), None
    except ModelMissing as missing:
        return None, missing
