"""The local encrypted inventory: everything known of all clouds, found by fact, by name and by meaning. Edge (through its store)."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

from engine.errors import Corrupted, StoreError
from engine.estate.alike import LOOKED_AT, alike
from engine.estate.asked import fits
from engine.estate.counting import Counts
from engine.estate.intake import Intake
from engine.estate.kinds import Kinds, Place
from engine.estate.memory import scope_of
from engine.estate.phrase import OF_KIND
from engine.estate.prefilter import candidates, is_exact, of_kinds, prefilter
from engine.estate.recorder import SEALED, Recorder, Scope, layout
from engine.estate.resource import Gap, GapReason, Resource, Swept
from engine.estate.view import Changes, Match, Stats, likest
from engine.estate.where import EVERYTHING, Where
from engine.logs import Log
from engine.meaning.embedding import ModelMissing, fetch_model, find_model
from engine.meaning.model import Model
from engine.secrets.derive import Keys
from engine.settings import EstateSettings
from engine.store.crypto import Crypto
from engine.store.edge.client import EdgeStore, OtherMake
from engine.store.manifest import Manifest, SealedFile, write_manifest
from engine.store.opening import manifest_or_trouble, store_or_trouble
from engine.store.store import Collection, Condition, Store, Stored

COLLECTION = "cloud_estate"
FOLDER = "estate"
_log = Log("escher.estate")


class Estate:
    """Open it with `Estate.open`. The store is the truth; nothing decrypted is kept in memory.

    `name` is the collection it stands in: of two in one store, one is being made to take the other's place (`renewing`).
    """

    def __init__(self, folder: Path, keys: Keys, store: Store, name: str = COLLECTION) -> None:
        self._folder, self.keys, self.name = folder, keys, name
        # What only the store in our own process has: files to check and to put aside. A server answers for its own.
        self._edge = store if isinstance(store, EdgeStore) else None
        self._crypto = Crypto(keys, COLLECTION)
        self._store = store
        self._recorder = Recorder(keys, self._crypto)
        self._book = SealedFile(self._beside("inventory"), self._crypto)
        self._intake = Intake(store, name, self._recorder, self._book)
        self._gap_file = SealedFile(self._beside("gaps"), self._crypto)
        self._gaps: dict[Scope, Gap] = {}
        self._gap_turn = asyncio.Lock()
        self._ending: list[asyncio.Task[None]] = []
        self._away = ""
        self._counts = Counts(store, name, self._recorder)
        self._mending: set[asyncio.Task[None]] = set()
        self.kinds: Kinds | None = None
        self.healed = ""
        self._renewed = False

    @classmethod
    async def open(
        cls, home: Path, keys: Keys, settings: EstateSettings, env: Mapping[str, str] = MappingProxyType({}), *, cache: Path | None = None
    ) -> Estate:
        """The estate of a data folder; `env` is where a server's key may be, `cache` where models are kept (`home/cache` unless given).

        What is not what was written there is never served: it is put aside, `healed` says so, and the next scan makes it anew.
        Raises WrongKey, StoreError when another process has it. The first time, making the model takes seconds.
        """
        folder = home / FOLDER
        cache = cache or home / "cache"
        manifest, broken = await asyncio.to_thread(manifest_or_trouble, folder, keys)
        store, more = await store_or_trouble(settings.store, folder, keys, env)
        estate = cls(folder, keys, store, manifest.collection if manifest else COLLECTION)
        try:
            await estate._load(manifest, broken or more)
            await estate.begin(settings, cache)
        except BaseException:
            await estate.close()
            raise
        _pass_over_what_stands()
        if estate._edge and not estate._whole:
            estate._edge.unsure = await estate.count(EVERYTHING) > 0
            estate._ending.append(asyncio.create_task(estate._recheck()))
        return estate

    async def get(self, resource_id: str) -> Resource | None:
        found = await self._store.retrieve(self.name, [self._crypto.point_id(resource_id)])
        return self._read(found[0]) if found else None

    async def select(self, where: Where, limit: int | None = None) -> list[Resource]:
        stored = self._store.scroll(self.name, self._condition(where), (SEALED,))
        resources = [self._read(point) async for point in stored]
        return sorted((r for r in resources if fits(where, r)), key=lambda resource: resource.id)[:limit]

    async def page(self, where: Where, after: str = "", limit: int = 100) -> tuple[list[Resource], str]:
        found: list[Resource] = []
        last = ""
        async for stored in self._store.scroll(self.name, self._condition(where), (SEALED,), after=after):
            if len(found) == limit:
                return found, last
            resource = self._read(stored)
            if fits(where, resource):
                found.append(resource)
                last = stored.id
        return found, ""

    async def count(self, where: Where) -> int:
        if is_exact(where):
            return await self._store.count(self.name, self._condition(where))
        return len(await self.select(where))

    async def recognise(self, phrases: Sequence[str]) -> Mapping[str, frozenset[str]]:
        asked = [
            (phrase, field, token) for phrase in phrases for field, token in self._recorder.word_tokens(phrase.strip().lower()).items()
        ]
        known = await self._store.known(self.name, [token for _, _, token in asked])
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
        found = await self._store.nearest_grams(self.name, grams, self._condition(where), candidates(where, max(limit, LOOKED_AT)))
        resources = (self._read(stored) for stored in found)
        return likest(Match(resource, alike(text, resource.name)) for resource in resources if fits(where, resource))[:limit]

    async def by_meaning(self, text: str, where: Where | None = None, limit: int = 10) -> list[Match]:
        if self.kinds is None:
            return []
        where = where or EVERYTHING
        found = await self.kinds.nearest(
            text, self._condition(where), candidates(where, limit), prefilter(of_kinds(where), self._crypto.token)
        )
        scored = [(self._read(stored), stored.score) for stored in found]
        return [Match(resource, max(0.0, score)) for resource, score in scored if fits(where, resource)][:limit]

    def meaning_away(self) -> str:
        return self.kinds.away if self.kinds else self._away

    def meaning_waits(self) -> bool:
        return self.kinds is not None and self.kinds.waits

    async def stats(self) -> Stats:
        return await self._counts.stats()

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

    async def put(self, resources: Sequence[Resource]) -> None:
        """Resources as they are, each into the scope that it is of."""
        await self._intake.put(resources)

    async def verify(self) -> int:
        """Opens every resource and compares its tokens; gives their number. Raises Corrupted naming the first bad one."""
        return await self._intake.verify()

    async def settle(self) -> None:
        """Everything taken in on the disk, every kind with its vector, and what an unclean end may have broken looked through."""
        await self._intake.settle()
        await self.looked_through()
        if self.kinds:
            await self.kinds.settled()

    async def looked_through(self) -> None:
        """Waits until everything was looked through after an unclean end; the store stays `unsure` (see `standing`)."""
        if self._ending:
            await asyncio.wait(self._ending)

    async def memory(self) -> int:
        """Resident bytes of the store's process; 0 when it is not ours."""
        return await self._edge.memory() if self._edge else 0

    @property
    def store(self) -> Store:
        """What holds the resources; other collections stand in it beside them."""
        return self._store

    @property
    def store_pid(self) -> int | None:
        """The store's process, None when none of ours runs."""
        return self._edge.pid if self._edge else None

    async def close(self) -> None:
        try:
            await self.leave()
        finally:
            await self._store.close()

    async def leave(self) -> None:
        """Ends all work of its own, and leaves the store open for another that stands in it."""
        for task in self._ending:
            task.cancel()
            await asyncio.wait({task})
        if self._mending:
            await asyncio.wait(self._mending)
        try:
            if self.kinds:
                await self.kinds.close()
        finally:
            await self._intake.close()

    async def _load(self, manifest: Manifest | None, broken: Corrupted | None) -> None:
        """The resources, checked; what is broken is put aside."""
        other = manifest is not None and manifest.layout != layout()
        try:
            if broken:
                raise broken
            await self.check(renew=other)
        except Corrupted as error:
            await self._heal(error)
        kept = await asyncio.to_thread(self._gap_file.read_if_whole)
        gaps = [Gap(**{**gap, "reason": GapReason(gap["reason"])}) for gap in kept or ()]
        self._gaps = {scope_of(gap): gap for gap in gaps}
        for file in (self._book, self._gap_file, *((self._edge.book,) if self._edge else ())):
            self._tell(file)

    async def check(self, *, renew: bool = False) -> None:
        """That what was written is what is there, as `Intake.check`; for `open`, and for who makes another beside. Raises Corrupted."""
        try:
            await self._store.ensure(Collection(self.name, grams=True))
        except OtherMake as error:
            raise Corrupted(error.message, what=str(self._folder / self.name), hint="Scan again to make it anew.") from None
        self._renewed = renew
        await self._intake.check(self._folder / self.name, whole=self._whole, renew=renew)

    def _beside(self, name: str) -> Path:
        """A small file of this collection; of the first one they bear no other name."""
        return self._folder / f"{name}{self.name.removeprefix(COLLECTION)}"

    @property
    def _whole(self) -> bool:
        return self._edge is None or self._edge.whole

    async def _heal(self, error: Corrupted) -> None:
        """Puts everything aside and begins with nothing: the estate is what a scan makes it. What a server holds is left and taken as it is."""
        if self._edge:
            self._edge.whole = False
            await self._edge.set_aside()
        for name in ("inventory", "gaps", "kinds") if self._edge else ("inventory",):
            self._beside(name).unlink(missing_ok=True)
        await self.check()
        aside = f"What was there is put aside in {self._folder}; scan to fill the estate again." if self._edge else "Scan to make it right."
        self.healed = f"{error.message} {aside}"
        _log.warning("the estate was broken and is made anew", what=error.what)

    def _tell(self, file: SealedFile) -> None:
        if file.broken:
            self.healed = f"{self.healed} {file.broken} It is made anew.".strip()

    async def begin(self, settings: EstateSettings, cache: Path) -> None:
        """From here on this is the estate of its folder; search by meaning, where there is a model."""
        await asyncio.to_thread(write_manifest, self._folder, self.keys, Manifest(layout(), self.name))
        try:
            model = await find_model(settings, cache)
        except ModelMissing as missing:
            self._away = str(missing)
            # What changes while there is no model has no description made of it: the next start with one looks for what lacks.
            await asyncio.to_thread(self._beside("kinds").unlink, missing_ok=True)
            if missing.fetchable:
                self._ending.append(asyncio.create_task(self._fetch(settings.embeddings, cache)))
            return
        made_by = f"{model.fingerprint} {' '.join(OF_KIND)}"
        name = f"{self.name}_kinds-{self._crypto.token('model', made_by):x}"
        book = SealedFile(self._beside("kinds"), self._crypto)
        place = Place(self._store, self.name, name, self._crypto, self._recorder, book)
        self.kinds = Kinds(place, Model(model, self.keys.for_("rotation")))
        self._intake.learner = self.kinds
        # Another version may have called kinds by other words.
        await self.kinds.begin(whole=self._whole and not self._renewed)
        self._tell(book)

    async def _fetch(self, name: str, cache: Path) -> None:
        try:
            self._away = await fetch_model(name, cache)
        except (OSError, StoreError) as error:
            self._away = f"The embedding model {name} could not be fetched: {error}"

    async def _keep_gaps(self) -> None:
        await asyncio.to_thread(self._gap_file.write, [asdict(gap) for gap in self.gaps()])

    def _condition(self, where: Where) -> Condition:
        return prefilter(where, self._crypto.token)

    def _read(self, stored: Stored) -> Resource:
        """The resource of a point. One that is broken is not served but taken out, so that the next sweep finds it lacking and writes it anew."""
        try:
            return self._recorder.resource(stored)
        except Corrupted as error:
            _log.warning("a resource was not what was written there and is taken out", what=error.what)
            mending = asyncio.create_task(self._take_out(stored.id))
            self._mending.add(mending)
            mending.add_done_callback(self._mending.discard)
            raise

    async def _recheck(self) -> None:
        """Looks through everything after an unclean end; what lacks stands as a gap until a sweep has filled it."""
        try:
            found = await self._intake.recheck()
        except StoreError as error:
            _log.warning("the estate was not looked through after an unclean end", why=error.message)
            return
        for sentence in found.sentences:
            _log.warning("after an unclean end", what=sentence)
            self.healed = f"{self.healed} {sentence} Scan to fill it again.".strip()
        for gap in found.gaps:
            await self.note_gap(gap)

    async def _take_out(self, key: str) -> None:
        with contextlib.suppress(StoreError):  # found again by the next who reads it
            await self._intake.forget(key)


def _pass_over_what_stands() -> None:
    """Once in a process: modules and the like are looked at no more when memory is collected, which stalled the loop for 60 ms each time."""
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()
