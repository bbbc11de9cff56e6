"""Sends one read to AWS and gives the items of its answer, page by page until the end. Edge."""

from __future__ import annotations

from typing import Any

from engine.clouds.aws.answers import understood
from engine.clouds.aws.scanner import Ask, Raw


async def items(client: Any, ask: Ask, operation: str) -> list[Raw]:
    """Everything the call answers, all pages. Raises CloudError."""
    with understood(operation):
        if not client.can_paginate(ask.method):
            return _at(await getattr(client, ask.method)(**ask.arguments), ask.path)
        found: list[Raw] = []
        async for page in client.get_paginator(ask.method).paginate(**ask.arguments):
            found.extend(_at(page, ask.path))
        return found


def _at(answer: Any, path: tuple[str, ...]) -> list[Raw]:
    """What lies under the path, lists on the way flattened; without a path, the answer itself.

    AWS names the list even when it is empty. An answer without it is not AWS's: a proxy's page must not look like an empty estate.
    """
    if path and path[0] not in answer:
        raise ValueError(f"the answer has no {path[0]}")
    here = [answer]
    for key in path:
        here = [item for part in here for item in part.get(key, [])]
    return here
