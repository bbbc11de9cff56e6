"""The least role Escher needs in each cloud, from that cloud's own tables. Edge (imports the leaves, loads no SDK)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.clouds.aws import permissions as aws
from engine.clouds.azure import permissions as azure
from engine.clouds.gcp import permissions as gcp
from engine.clouds.tables import TABLES
from engine.estate.resource import CloudName


def least_role(cloud: CloudName, account: str, operations: Iterable[str] | None = None) -> dict[str, Any]:
    """A role to scan, and for these operations (all that are known), as that cloud's own tools take it."""
    names = tuple(TABLES[cloud] if operations is None else operations)
    match cloud:
        case "aws":
            return aws.iam_policy(names)
        case "azure":
            return azure.role(account, names)
        case "gcp":
            return gcp.role(names)
