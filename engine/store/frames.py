"""How the engine and the store's process talk: JSON with its length before it. Pure."""

from __future__ import annotations

import json
import struct
from typing import Any

LENGTH = struct.Struct(">I")


def pack(message: Any) -> bytes:
    """A message as one frame."""
    data = json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
    return LENGTH.pack(len(data)) + data


def length_of(start: bytes) -> int:
    """How many bytes follow the first four of a frame."""
    (length,) = LENGTH.unpack(start)
    return int(length)


def unpack(data: bytes) -> Any:
    """The message in a frame's bytes after the length. Raises ValueError."""
    return json.loads(data)
