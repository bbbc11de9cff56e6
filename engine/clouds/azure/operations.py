"""Every change Escher can make in Azure, by the name Azure gives it. Pure: no SDK, no network.

What each becomes on the wire stands in `calls.py` and `rest_calls.py`; a test holds tables and calls together.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.clouds.azure.tables import databases, disks, machines, marks, services, storage
from engine.clouds.operation import Operation

TABLE: tuple[Operation, ...] = (*machines.TABLE, *disks.TABLE, *storage.TABLE, *databases.TABLE, *services.TABLE, *marks.TABLE)
OPERATIONS: Mapping[str, Operation] = {operation.name: operation for operation in TABLE}
