"""How an instance stands in its target groups now: one question a group, shared by all reads that come close together. Edge."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from engine.clouds.aws import arn, targets
from engine.clouds.aws.asking import items
from engine.clouds.aws.reads import Batches
from engine.clouds.aws.scanner import Ask, Raw
from engine.clouds.aws.session import Sessions
from engine.errors import Denied
from engine.estate.resource import Resource


class TargetHealth:
    """One for a cloud; closed with it."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._batches: dict[tuple[str, str], Batches[Sequence[Raw]]] = {}

    async def of(self, known: Resource) -> str:
        """How it stands in the groups that `known` names; '' where none is known or nobody may look. Raises CloudError."""
        places = targets.places_of(known.properties.get(targets.GROUPS))
        if not places:
            return ""
        groups = tuple(dict.fromkeys(place.group for place in places))
        try:
            found = await asyncio.gather(*(self._batch(known).get(group) for group in groups))
        except Denied:
            return ""
        answers = {group: answer or () for group, answer in zip(groups, found, strict=True)}
        return targets.of_instance(arn.parse(known.id).own_id, places, answers)

    async def close(self) -> None:
        for batches in self._batches.values():
            await batches.close()
        self._batches.clear()

    def _batch(self, resource: Resource) -> Batches[Sequence[Raw]]:
        key = (resource.account, resource.region)
        if key not in self._batches:

            async def fetch(groups: tuple[str, ...]) -> Mapping[str, Sequence[Raw]]:
                client = await self._sessions.client(key[0], "elbv2", key[1])
                asked = (Ask("describe_target_health", ("TargetHealthDescriptions",), {"TargetGroupArn": group}) for group in groups)
                found = await asyncio.gather(*(items(client, ask, targets.DESCRIBE_HEALTH) for ask in asked))
                return dict(zip(groups, found, strict=True))

            self._batches[key] = Batches(fetch)
        return self._batches[key]
