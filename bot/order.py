"""One thing at a time in each place: messages and picks of a thread are taken in order. Edge (locks)."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from bot.platforms.platform import Place


class InOrder:
    """A lock for each place that is being talked in; a place nobody waits for is forgotten."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()

    def at(self, place: Place) -> asyncio.Lock:
        """The place's lock; hold on to it while it is wanted."""
        lock = self._locks.get(place)
        if lock is None:
            lock = self._locks[place] = asyncio.Lock()
        return lock
