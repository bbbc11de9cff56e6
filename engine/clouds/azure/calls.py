"""What each operation becomes on Azure's wire: exactly one change, sent once, not waited for. Edge."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.clouds.azure.requests import disks, machines, marks, services, stores
from engine.clouds.azure.requests.sending import Perform
from engine.clouds.azure.tables import disks as disk_table
from engine.clouds.operation import Call

CALLS: Mapping[str, Perform] = {**machines.CALLS, **disks.CALLS, **stores.CALLS, **services.CALLS, **marks.CALLS}

# What a call makes has a name that follows from the call, so that it is found when its answer was lost.
MADE: Mapping[str, Callable[[Call], str]] = {disk_table.SNAP: disks.snapshot_of}
