"""One JSON line a request on standard error: id, sizes, milliseconds, codes. Never content. Edge."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

LOGGER = logging.getLogger("escher.ai_server")


class JsonLines(logging.Formatter):
    """Renders what was given as `extra={"facts": {...}}`; exceptions and free text never reach a line."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = getattr(record, "facts", {})
        return json.dumps({"time": self.formatTime(record), "level": record.levelname.lower(), "event": record.msg, **facts})


def to_standard_error() -> None:
    """Sends the server's own lines to standard error; every other library stays silent below CRITICAL."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.getLogger().setLevel(logging.CRITICAL)
    LOGGER.handlers = [handler]
    LOGGER.propagate = False
    LOGGER.setLevel(logging.INFO)


def line(event: str, **facts: str | float) -> None:
    """Writes one line. `facts` are numbers and closed words only."""
    LOGGER.info(event, extra={"facts": facts})
