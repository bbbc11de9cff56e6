"""What kinds of things there are, found by what a text means: one vector for each distinct description, however many resources share it. Edge.

A resource's own point bears the token of its kind and no vector, so names and filters work at once and vectors follow: they are made in the
background, a few at a time, and nobody waits for them. What is still to do is known in memory. After an unclean end, with another model, or
when it was too much to remember, it is found again: a resource that bears the token of no known kind lacks one.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.errors import Corrupted, StoreError
from engine.estate.kind_points import KindPoints
from engine.estate.nearest import ALL
from engine.estate.recorder import Recorder
from engine.logs import Log
from engine.store.crypto import Crypto
from engine.store.manifest import SealedFile
from engine.store.store import Condition, Store, Stored, Token

_AT_ONCE = 96
_LEARNT_AT_ONCE = 500
_log = Log("escher.estate")


@dataclass(frozen=True, slots=True)
class Progress:
    """How many descriptions have their vector, of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where kinds are kept: the store, the resources' collection and their own, what makes points, and the file that says all are done.

    The kinds' collection is called FAMILY-MODEL: when one is complete, those of its family that other models made are taken away.
    """

    store: Store
    resources: str
    collection: str
    crypto: Crypto
    recorder: Recorder
    book: SealedFile


@dataclass(frozen=True, slots=True)
class Patience:
    """How long, in seconds: nothing new must have come before the model is set to work, and at most; after trouble; between two prunings.

    And how many kinds are remembered at most, how many may be there before the first pruning.
    """

    quiet_s: float = 0.5
    longest_quiet_s: float = 30.0
    pause_s: float = 5.0
    prune_s: float = 60.0
    most: int = 100_000
    few: int = 1_000


class Embedding(Protocol):
    """What is needed of a model (`engine.meaning.model.Model`). All raise StoreError; when that is for good, `away` says why."""

    @property
    def away(self) -> str: ...
    async def size(self) -> int: ...
    async def embed(self, texts: Sequence[str]) -> list[list[float]]: ...
    async def query(self, text: str) -> list[float]: ...
    async def close(self) -> None: ...


class Kinds:
    """Open it with `begin`, after the resources' collection is known to be whole."""

    def __init__(self, place: Place, model: Embedding, patience: Patience = Patience()) -> None:
        self._place = place
        self._points = KindPoints(place.store, place.resources, place.collection, place.crypto, place.recorder)
        self._model = model
        self._patience = patience
        self._waiting: dict[Token, tuple[str, tuple[Token, ...]]] = {}
        self._noted: set[Token] = set()
        self._unborne: set[Token] = set()
        # Whether there may be kinds that are neither known nor waiting.
        self._behind = True
        self._wanted, self._news, self._idle = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._opening, self._changing = asyncio.Lock(), asyncio.Lock()
        self._is_open = self._closed = self._broken = False
        # Whether there may be kinds that another model made.
        self._others = False
        self._done = self._borne = 0
        self._prune_from = 0.0
        self._working: asyncio.Task[None] | None = None
        self._trouble = ""

    async def begin(self, *, whole: bool) -> None:
        """Goes to work where there is any; `whole` says that the store was closed well, so that what the book says holds.

        The model is not loaded before it is needed: most commands never ask for a meaning.
        """
        book: Mapping[str, Any] = await asyncio.to_thread(self._place.book.read_if_whole) or {}
        # Without the book, the next start looks for what is lacking.
        await asyncio.to_thread(self._place.book.remove)
        self._behind = self._others = not whole or book.get("complete") != self._place.collection
        if self._behind:
            self._wanted.set()
        else:
            self._done, self._borne = book["count"], book["borne"]
            self._idle.set()
        self._working = asyncio.create_task(self._work())

    @property
    def away(self) -> str:
        """Why search by meaning does not work, or lacks what came last, as a sentence; "" when all is well."""
        return self._model.away or self._trouble or self._still_waiting()

    @property
    def waits(self) -> bool:
        """Whether nothing is wrong and descriptions still wait to be embedded."""
        return not (self._model.away or self._trouble or self._is_complete())

    def _still_waiting(self) -> str:
        if self._is_complete():
            return ""
        known = self.progress()
        counted = (
            f"{known.done} of {known.total} descriptions" if known.total > known.done else f"{known.done} descriptions, and looks for more"
        )
        return f"Search by meaning is not complete yet: it knows {counted}."

    def progress(self) -> Progress:
        return Progress(self._done, self._done + len(self._waiting))

    async def learn(self, kinds: Mapping[str, tuple[Token, ...]]) -> None:
        """Takes note of these, with the tokens of what all resources of a kind have in common; they are found by meaning a moment later.

        Waits for nothing but others' turns.
        """
        told = iter(kinds.items())
        while some := dict(itertools.islice(told, _LEARNT_AT_ONCE)):
            self._note(some)
            await asyncio.sleep(0)
        if self._closed:
            await asyncio.to_thread(self._place.book.remove)

    async def settled(self) -> None:
        """Waits until every kind has its vector, or there is no model."""
        await self._idle.wait()

    async def nearest(self, text: str, condition: Condition, limit: int, among: Condition = ALL) -> list[Stored]:
        """The resources for which the condition holds, those whose kind is likest to the text first, scored by cosine; none without a model.

        `among` is what the condition says of kinds (`recorder.OF_KIND`). Exactly as if each resource had its vector; those of one score by id. Raises StoreError.
        """
        try:
            await self._open()
            return await self._points.nearest(await self._model.query(text), condition, among, limit)
        except StoreError as error:
            if self._model.away:
                return []
            self._blame(error)
            raise

    async def prune(self) -> int:
        """Takes away the kinds that no resource bears, now as at the last call; how many. Raises StoreError.

        Only at the second call, as a resource is written a moment after its kind was learnt: leave time between them.
        """
        await self._open()
        async with self._changing:
            unborne = await self._points.unborne()
            # What was learnt since the last call is not taken away, and what is learnt from here on is looked at again.
            gone = unborne & self._unborne
            self._unborne = unborne - gone
            self._noted -= gone
            await self._points.take_out(gone)
            self._done -= len(gone)
        self._borne = self._done - len(self._unborne)
        return len(gone)

    async def close(self) -> None:
        """Lets go of the model, and leaves word when nothing is to do. Idempotent."""
        if self._working and not self._closed:
            self._closed = True
            self._working.cancel()
            await asyncio.wait({self._working})
            if self._is_complete():
                said = {"complete": self._place.collection, "count": self._done, "borne": self._borne}
                await asyncio.to_thread(self._place.book.write, said)
            if not self._is_complete():
                await asyncio.to_thread(self._place.book.remove)
        await self._model.close()

    def _note(self, kinds: Mapping[str, tuple[Token, ...]]) -> None:
        for kind, facts in kinds.items():
            token = self._place.recorder.kind_token(kind)
            self._unborne.discard(token)
            if token in self._noted:
                continue
            if self._model.away or len(self._waiting) >= self._patience.most:
                self._behind = True
                continue
            if len(self._noted) >= self._patience.most:
                # One that is noted again is seen to be there before it is embedded.
                self._noted = set(self._waiting)
            self._noted.add(token)
            self._waiting[token] = kind, facts
        if not self._is_complete():
            self._news.set()
            self._to_work()

    def _is_complete(self) -> bool:
        return not (self._behind or self._waiting or self._broken)

    def _to_work(self) -> None:
        self._wanted.set()
        if not self._model.away:
            self._idle.clear()

    async def _work(self) -> None:
        while not self._model.away:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._mend()
                await self._quiet()
                await self._open()
                await self._catch_up()
                self._trouble = ""
                if self._is_complete():
                    self._idle.set()
                    await self._tidy()
            except StoreError as error:
                await self._after(error)
        _log.warning("there is no search by meaning", why=self._model.away)
        self._waiting.clear()
        self._noted.clear()
        self._behind = True
        self._idle.set()

    async def _after(self, error: StoreError) -> None:
        """Trouble is said, and after a pause all is tried again, the collection opened anew in case it was that."""
        if self._model.away:
            return
        self._trouble = f"Search by meaning lacks what came last: {error.message}"
        _log.warning("search by meaning is behind", why=error.message)
        self._blame(error)
        # A store that ended may have lost what it had not written down.
        self._is_open, self._behind = False, True
        self._to_work()
        await asyncio.sleep(self._patience.pause_s)

    def _blame(self, error: StoreError) -> None:
        """Kinds that are broken are made anew; what else is broken is the estate's to heal."""
        if isinstance(error, Corrupted) and self._place.collection in error.what:
            _log.warning("what texts mean was broken and is made anew", what=error.what)
            self._broken = True
            self._to_work()

    async def _mend(self) -> None:
        if self._broken:
            self._is_open = False
            await self._points.remove()
            self._broken = False

    async def _open(self) -> None:
        async with self._opening:
            if self._is_open:
                return
            if not await self._points.ensure(await self._model.size()):
                self._behind = self._others = True
                self._to_work()
            self._done = await self._points.count()
            self._is_open = True

    async def _catch_up(self) -> None:
        while self._waiting or self._behind:
            if self._waiting:
                await self._embed_some()
            else:
                await self._look_for_more()
        await self._points.flush()

    async def _quiet(self) -> None:
        """Waits until nothing new has come for a moment: an import and the model would only take the processor from each other."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._patience.longest_quiet_s):
                while await self._more_within(self._patience.quiet_s):
                    self._news.clear()

    async def _more_within(self, seconds: float) -> bool:
        # Not `wait_for`: before Python 3.12 it forgets being cancelled when the news comes at the same moment.
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    async def _embed_some(self) -> None:
        async with self._changing:
            some = dict(itertools.islice(self._waiting.items(), _AT_ONCE))
            there = await self._points.there(some)
            fresh = {token: known for token, known in some.items() if token not in there}
            vectors = await self._model.embed([kind for kind, _ in fresh.values()])
            await self._points.add(dict(zip(fresh, vectors, strict=True)), {token: facts for token, (_, facts) in fresh.items()})
            for token in some:
                del self._waiting[token]
            self._done += len(fresh)

    async def _look_for_more(self) -> None:
        """Until all resources were looked at or as many kinds wait as may."""
        self._behind, self._noted = False, set()
        try:
            async for kinds in self._points.lacking():
                self._note(kinds)
                if self._behind:
                    return
        except BaseException:
            self._behind = True
            raise

    async def _tidy(self) -> None:
        """When a new model has done its work, what others made goes; when there are twice the kinds there were, those that nothing bears."""
        if self._others:
            await self._points.remove_others()
            self._others = False
        now = asyncio.get_running_loop().time()
        if now >= self._prune_from and self._done > 2 * self._borne + self._patience.few:
            self._prune_from = now + self._patience.prune_s
            await self.prune()
