"""What changed between the plan and now, as sentences: an approval is for a world, not only for a list. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from engine.estate.facts import environment, size
from engine.estate.resource import Resource

_DECISIVE = (
    "attached", "deletion_protection", "termination_protection", "public_access_block", "allow_blob_public_access", "read_replicas", "versioning", "backups",
    "multi_az",
)  # fmt: skip


def drift(planned: Resource, now: Resource | None) -> tuple[str, ...]:
    """The differences that matter for a decision; empty when the resource is as it was.

    Cost and metrics move by themselves and do not count. Tags count where they decide the environment or who owns it.
    """
    if now is None:
        return (f"{planned.name} is gone",)
    changes = []
    if planned.state != now.state:
        changes.append(f"{planned.name} was {planned.state} and is now {now.state}")
    if size(planned) != size(now):
        changes.append(f"{planned.name} was {size(planned)} and is now {size(now)}")
    if environment(planned)[0] != environment(now)[0]:
        changes.append(
            f"{planned.name} was in {environment(planned)[0] or 'no known environment'} and is now in {environment(now)[0] or 'none'}"
        )
    if dict(planned.tags) != dict(now.tags) and not changes:
        changes.append(f"the tags of {planned.name} changed")
    changes += [
        f"{flag.replace('_', ' ')} of {planned.name} was {planned.properties.get(flag)} and is now {now.properties.get(flag)}"
        for flag in _DECISIVE
        if planned.properties.get(flag) != now.properties.get(flag)
    ]
    return tuple(changes)


def sentence(changes: Sequence[str], most: int = 5) -> str:
    """The changes in one sentence, the first few in full."""
    more = f", and {len(changes) - most} more" if len(changes) > most else ""
    return "; ".join(changes[:most]) + more
