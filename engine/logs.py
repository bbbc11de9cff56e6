"""The log as the rest of the program uses it: structured, and never the reason that something fails. Edge."""

from __future__ import annotations

import contextlib
from typing import Any

import structlog


class Log:
    """A named log. A log that cannot be written, as on a full disk, is passed over: what it tells of goes on."""

    def __init__(self, name: str) -> None:
        self._log = structlog.get_logger(name)

    def info(self, event: str, **fields: Any) -> None:
        with contextlib.suppress(OSError):
            self._log.info(event, **fields)

    def warning(self, event: str, **fields: Any) -> None:
        with contextlib.suppress(OSError):
            self._log.warning(event, **fields)

    def error(self, event: str, **fields: Any) -> None:
        with contextlib.suppress(OSError):
            self._log.error(event, **fields)
