"""The estate as everybody holds it: it stays the same while what is behind it is made anew. Edge (through its generations)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from engine.errors import StoreError
from engine.estate.estate import FOLDER, Estate
from engine.estate.renewing import Place, Progress, Renewing
from engine.estate.resource import CLOUDS, Gap, GapReason, Resource, Swept
from engine.estate.view import Changes, Match, Stats
from engine.estate.where import EVERYTHING, Where
from engine.logs import Log
from engine.secrets.derive import Keys
from engine.secrets.ring import Ring
from engine.settings import EstateSettings
from engine.store.edge.client import EdgeStore
from engine.store.opening import keys_of
from engine.store.store import Store

# Up to so many resources, the estate is made anew before anybody may ask; beyond, people are told meanwhile that something may lack.
_AT_ONCE = 2_000
_APART = "@"
_log = Log("escher.estate")


class StandingEstate:
    """An `EstateStore`. Open it with `StandingEstate.open`."""

    def __init__(self, place: Place, estate: Estate) -> None:
        self._renewing = Renewing(place, estate)
        self._mending: asyncio.Task[None] | None = None
        self._unsure = False

    @classmethod
    async def open(
        cls,
        home: Path,
        keys: Keys | Ring,
        settings: EstateSettings,
        env: Mapping[str, str] = MappingProxyType({}),
        *,
        cache: Path | None = None,
    ) -> StandingEstate:
        """The estate of a data folder, by whichever key of a ring it is under. As `Estate.open`; raises what that raises.

        After an unclean end what is there is looked through and written anew, in the background where it is much (`gaps` tells).
        """
        folder, cache = home / FOLDER, cache or home / "cache"
        own = await asyncio.to_thread(keys_of, folder, keys) if isinstance(keys, Ring) else keys
        estate = await Estate.open(home, own, settings, env, cache=cache)
        standing = cls(Place(folder, settings, cache), estate)
        try:
            await standing._begin()
        except BaseException:
            await standing.close()
            raise
        return standing

    async def get(self, resource_id: str) -> Resource | None:
        async with self._renewing.asking() as estate:
            return await estate.get(resource_id)

    async def select(self, where: Where, limit: int | None = None) -> list[Resource]:
        async with self._renewing.asking() as estate:
            return await estate.select(where, limit)

    async def page(self, where: Where, after: str = "", limit: int = 100) -> tuple[list[Resource], str]:
        """Raises StoreError when the data key was replaced since the page before, as the order is another one."""
        async with self._renewing.asking() as estate:
            place, _, key = after.partition(_APART)
            if after and key != estate.keys.id:
                raise StoreError("The list is in another order since the last page.", hint="Begin with the first page again.")
            found, following = await estate.page(where, place, limit)
            return found, f"{following}{_APART}{estate.keys.id}" if following else ""

    async def count(self, where: Where) -> int:
        async with self._renewing.asking() as estate:
            return await estate.count(where)

    async def recognise(self, phrases: Sequence[str]) -> Mapping[str, frozenset[str]]:
        async with self._renewing.asking() as estate:
            return await estate.recognise(phrases)

    async def by_name(self, text: str, where: Where | None = None, limit: int = 5) -> list[Match]:
        async with self._renewing.asking() as estate:
            return await estate.by_name(text, where, limit)

    async def by_meaning(self, text: str, where: Where | None = None, limit: int = 10) -> list[Match]:
        async with self._renewing.asking() as estate:
            return await estate.by_meaning(text, where, limit)

    def meaning_away(self) -> str:
        return self._estate.meaning_away()

    def meaning_waits(self) -> bool:
        return self._estate.meaning_waits()

    async def stats(self) -> Stats:
        async with self._renewing.asking() as estate:
            return await estate.stats()

    def gaps(self) -> tuple[Gap, ...]:
        """While what an unclean end left is looked through, one more for each cloud says so."""
        unchecked = [
            Gap(cloud, "", f"any {cloud} account", "", "resources", GapReason.UNCHECKED, "looking through the estate", _UNCHECKED)
            for cloud in CLOUDS
        ]
        return (*self._estate.gaps(), *(unchecked if self._unsure else ()))

    async def take_in(self, part: Swept) -> Changes:
        return await self._renewing.write(lambda estate: estate.take_in(part))

    async def note_gap(self, gap: Gap) -> None:
        await self._renewing.write(lambda estate: estate.note_gap(gap))

    async def replace(self, resource: Resource) -> None:
        await self._renewing.write(lambda estate: estate.replace(resource))

    async def forget(self, resource_id: str) -> None:
        await self._renewing.write(lambda estate: estate.forget(resource_id))

    async def rotate(self, old: Keys, new: Keys, progress: Progress) -> None:
        """Seals everything with `new`; gone from the disk is what only `old` opens. Asked and changed meanwhile as always.

        May be killed at any point and called again with the same keys: then it begins anew, or takes away what was left. Raises StoreError.
        """
        del old
        if self.keys.id != new.id:
            await self._renewing.renew(new, progress)
        await self._renewing.clear()
        await self._renewing.forget_broken()

    async def settle(self) -> None:
        """Everything taken in on the disk, every kind with its vector, and what an unclean end left looked through and made anew."""
        if self._mending:
            await asyncio.wait({self._mending})
        await self._estate.settle()

    async def close(self) -> None:
        if self._mending:
            self._mending.cancel()
            await asyncio.wait({self._mending})
        await self._estate.close()

    @property
    def keys(self) -> Keys:
        """Those that everything is sealed with."""
        return self._estate.keys

    @property
    def store(self) -> Store:
        """What holds the resources; other collections stand in it beside them."""
        return self._estate.store

    @property
    def healed(self) -> str:
        """What was broken, as sentences."""
        return self._estate.healed

    @property
    def _estate(self) -> Estate:
        return self._renewing.serving.estate

    async def _begin(self) -> None:
        """What an unclean end left is looked through: contents are checked, and what finds them is made anew."""
        await self._renewing.clear()
        if not (isinstance(self.store, EdgeStore) and self.store.unsure):
            return
        self._unsure = True
        self._mending = asyncio.create_task(self._mend())
        if await self._estate.count(EVERYTHING) <= _AT_ONCE:
            await self._mending

    async def _mend(self) -> None:
        first = self._estate
        try:
            await first.looked_through()
            await self._renewing.renew(first.keys, lambda _done, _total: None)
        except StoreError as error:
            _log.warning("the estate was not made anew after an unclean end", why=error.message)
            return
        self._estate.healed, self._unsure = first.healed, False
        if isinstance(self.store, EdgeStore):
            self.store.unsure = False


_UNCHECKED = "After an unclean end it is looked through and written anew; until that is done, something may be lacking."
