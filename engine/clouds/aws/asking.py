"""Sends one read to AWS and gives the items of its answer, page by page until the end. Edge."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from engine.clouds.aws.answers import understood
from engine.clouds.aws.scanner import Ask, Level, Raw


async def items(client: Any, ask: Ask, operation: str) -> list[Raw]:
    """Everything the call answers, all pages. Raises CloudError."""
    with understood(operation):
        if not client.can_paginate(ask.method):
            return _at(await getattr(client, ask.method)(**ask.arguments), ask)
        found: list[Raw] = []
        async for page in client.get_paginator(ask.method).paginate(**ask.arguments):
            found.extend(_at(page, ask))
        return found


async def nested(client: Any, everything: Ask, operation: str, beneath: Sequence[Level]) -> list[Raw]:
    """The items of the lowest list, each with what the items above it say where it says nothing itself. Raises CloudError."""
    found = await items(client, everything, operation)
    for level in beneath:
        below = await asyncio.gather(*(items(client, level.ask(above), level.operation) for above in found))
        found = [{**above, **item} for above, some in zip(found, below, strict=True) for item in some]
    return found


def _at(answer: Any, ask: Ask) -> list[Raw]:
    """What lies under the path, lists on the way flattened, a single thing as a list of one; without a path, the answer itself.

    AWS names the list even when it is empty, but for a few. An answer without it is not AWS's: a proxy's page must not look like an empty
    estate.
    """
    if ask.path and ask.path[0] not in answer and not ask.may_lack:
        raise ValueError(f"the answer has no {ask.path[0]}")
    here = [answer]
    for key in ask.path:
        here = [item for part in here for item in _each(part.get(key, []))]
    return [{ask.named: item} for item in here] if ask.named else here


def _each(value: Any) -> Sequence[Any]:
    return [value] if isinstance(value, Mapping) else value
