"""Every change Escher can make in AWS, by the name AWS gives it. Pure: no SDK, no network.

What each becomes on the wire stands in `calls.py`; a test holds the two together. One call of AWS can do things that are far apart in risk:
`rds:ModifyDBInstance` takes a size, and it switches deletion protection off. Each of them has a name of its own, told apart by a suffix
(`rds:ModifyDBInstance:unprotect`).
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.aws.tables import (
    buckets,
    dynamodb,
    ec2,
    functions,
    keys,
    load_balancers,
    logs,
    queues,
    rds,
    rds_settings,
    redshift,
    rules,
    scaling,
    volumes,
)
from engine.clouds.operation import Operation

_TABLES = (
    *(ec2.TABLE, volumes.TABLE, scaling.TABLE, rds.TABLE, rds_settings.TABLE, dynamodb.TABLE, redshift.TABLE),
    *(buckets.TABLE, functions.TABLE, queues.TABLE, keys.TABLE, logs.TABLE, load_balancers.TABLE, rules.TABLE),
)
OPERATIONS: Mapping[str, Operation] = {operation.name: operation for table in _TABLES for operation in table}


def provider_name(operation: str) -> str:
    """The operation as AWS names it: `rds:ModifyDBInstance` for `rds:ModifyDBInstance:unprotect`."""
    return ":".join(operation.split(":")[:2])
