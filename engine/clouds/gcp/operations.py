"""Every change Escher can make in Google Cloud, by the permission's name. Pure: no SDK, no network.

What each becomes on the wire stands in `calls.py` and `rest_calls.py`; a test holds tables and calls together.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.gcp.tables import disks, instances, services, sql
from engine.clouds.operation import Operation

TABLE: tuple[Operation, ...] = (*instances.TABLE, *disks.TABLE, *sql.TABLE, *services.TABLE)
OPERATIONS: Mapping[str, Operation] = {operation.name: operation for operation in TABLE}
