"""Resources from elsewhere than a sweep, taken in as its parts would be. Edge (through the estate, and a thread that reads)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from engine.estate.memory import scope_of
from engine.estate.resource import Resource, Swept
from engine.estate.view import EstateStore

_SIDE_BY_SIDE = 64
# Between so many others get their turn: reading resources may take as long as taking them in.
_READ_AT_ONCE = 100
# While the last of one batch are written the next is begun, so that neither the store nor we wait.
_BATCHES_AT_ONCE = 2


def _nobody(_done: int) -> None: ...


async def import_resources(estate: EstateStore, resources: Iterable[Resource], progress: Callable[[int], None] = _nobody) -> int:
    """Takes resources in, each scope as one finished part, which replaces what was known of it; how many there were.

    `progress` is told how many are in. Raises what `take_in` raises, the other parts stopped.
    """
    parts: dict[tuple[str, str, str, str], list[Resource]] = {}
    for number, resource in enumerate(resources):
        parts.setdefault(scope_of(resource), []).append(resource)
        if not number % _READ_AT_ONCE:
            await asyncio.sleep(0)
    waiting, done = iter(parts.values()), 0

    async def work() -> None:
        nonlocal done
        for members in waiting:
            first = members[0]
            await estate.take_in(Swept(first.cloud, first.account, first.region, first.type, tuple(members)))
            done += len(members)
            progress(done)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(_SIDE_BY_SIDE, len(parts))):
                group.create_task(work())
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return done


async def import_batches(estate: EstateStore, batches: Iterable[Sequence[Resource]], progress: Callable[[int], None] = _nobody) -> int:
    """Batches, of which no two have resources of one scope, each taken in as `import_resources` would; how many resources there were.

    They are read in a thread, while those before are taken in; at most three are held. Raises what `take_in` and the reading raise.
    """
    reading, room, done = iter(batches), asyncio.Semaphore(_BATCHES_AT_ONCE), 0

    async def take_in(batch: Sequence[Resource]) -> None:
        before = 0

        def now(count: int) -> None:
            nonlocal done, before
            done, before = done + count - before, count
            progress(done)

        try:
            await import_resources(estate, batch, now)
        finally:
            room.release()

    try:
        async with asyncio.TaskGroup() as group:
            while batch := await asyncio.to_thread(next, reading, None):
                await room.acquire()
                group.create_task(take_in(batch))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return done
