"""What an AWS role needs for Escher, made from the scanners and operations themselves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.clouds.aws.catalogue import SCANNERS
from engine.clouds.aws.operations import OPERATIONS, provider_name

READING: tuple[str, ...] = tuple(sorted({"ec2:DescribeRegions", *(name for scanner in SCANNERS for name in scanner.permissions)}))

# AWS checks these calls under another name than the API's own.
_CHECKED_AS: Mapping[str, str] = {"s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock"}


# What the check before a plan asks: who acts, and what that principal may do.
CHECKING: tuple[str, ...] = ("iam:SimulatePrincipalPolicy", "sts:GetCallerIdentity")


def checked_as(operation: str) -> str:
    """The permission under which AWS checks a call; a suffix only tells apart what one call does (`operations.py`)."""
    name = provider_name(operation)
    return _CHECKED_AS.get(name, name)


def changing(operations: Iterable[str]) -> tuple[str, ...]:
    """The permissions that these operations need, sorted. Raises KeyError for an unknown operation."""
    needed: set[str] = set()
    for name in operations:
        needed |= {checked_as(name), *OPERATIONS[name].permissions}
    return tuple(sorted(needed))


def iam_policy(operations: Iterable[str] = ()) -> dict[str, Any]:
    """An IAM policy document for a role that scans, and performs the given operations."""
    statements = [{"Sid": "EscherReads", "Effect": "Allow", "Action": list(READING), "Resource": "*"}]
    if actions := changing(operations):
        statements.append({"Sid": "EscherChanges", "Effect": "Allow", "Action": list(actions), "Resource": "*"})
        statements.append({"Sid": "EscherChecks", "Effect": "Allow", "Action": list(CHECKING), "Resource": "*"})
    return {"Version": "2012-10-17", "Statement": statements}
