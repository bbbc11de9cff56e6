"""Every change Escher can make in AWS, by the name AWS gives it. Pure: no SDK, no network.

What each becomes on the wire stands in `calls.py`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.aws.tables import buckets, ec2, functions, rds
from engine.clouds.operation import Operation

OPERATIONS: Mapping[str, Operation] = {
    operation.name: operation for operation in (*ec2.TABLE, *rds.TABLE, *buckets.TABLE, *functions.TABLE)
}
