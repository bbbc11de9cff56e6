"""What each operation becomes on Google Cloud's wire: exactly one change, sent once, not waited for. Edge; runs in a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.clouds.gcp.requests import databases, disks, machines, services
from engine.clouds.gcp.requests.sending import Perform
from engine.clouds.gcp.session import GcpSession
from engine.clouds.gcp.tables import disks as disk_table
from engine.clouds.gcp.tables import sql
from engine.clouds.operation import Call

CALLS: Mapping[str, Perform] = {**machines.CALLS, **disks.CALLS, **databases.CALLS, **services.CALLS}

# How what a call made is found when its answer was lost: its full name, '' when it made nothing.
MADE: Mapping[str, Callable[[GcpSession, Call], str]] = {disk_table.SNAP: disks.snapshot_of, sql.SNAP: databases.backup_of}
