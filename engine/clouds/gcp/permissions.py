"""What a Google Cloud role needs for Escher, made from the scanners and operations themselves. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.clouds.gcp.catalogue import SCANNERS
from engine.clouds.gcp.metrics import TRIED as METRICS
from engine.clouds.gcp.operations import OPERATIONS

# Whether a bucket is public stands in its IAM policy, how large a node pool is with its instance groups; what a call did is read back one by one.
_BESIDE = ("compute.regions.list", "compute.instanceGroupManagers.get", "storage.buckets.getIamPolicy")
READING: tuple[str, ...] = tuple(
    sorted({METRICS, *_BESIDE, *(name for scanner in SCANNERS for name in (scanner.tried, scanner.tried.replace(".list", ".get")))})
)


def changing(operations: Iterable[str]) -> tuple[str, ...]:
    """The permissions these operations need, sorted; a name with a suffix (`…update:start`) needs the permission before it."""
    return tuple(sorted({name.partition(":")[0] for one in operations for name in (one, *OPERATIONS[one].permissions)}))


def role(operations: Iterable[str] = ()) -> dict[str, Any]:
    """A custom role, as `gcloud iam roles create --file` takes it."""
    return {"title": "Escher", "stage": "GA", "includedPermissions": [*READING, *changing(operations)]}
