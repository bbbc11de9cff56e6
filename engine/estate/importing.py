"""Resources from elsewhere than a sweep, taken in as its parts would be. Edge (through the estate)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from engine.estate.memory import scope_of
from engine.estate.resource import Resource, Swept
from engine.estate.view import EstateStore

_SIDE_BY_SIDE = 64
# Between so many others get their turn: reading resources may take as long as taking them in.
_READ_AT_ONCE = 100


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
