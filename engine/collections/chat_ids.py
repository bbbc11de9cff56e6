"""Ids of chat messages: random, and in order of time (UUID version 7, RFC 9562). Edge (`fresh` takes the machine's randomness).

They are written into the journal entry that tells of the message, so that what is built from the journal has the same ones each time.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

RANDOM_BYTES = 10


def chat_id(at: datetime, randomness: bytes) -> str:
    """The id of a message of that time: 48 bits of milliseconds, then randomness of `RANDOM_BYTES` bytes. Raises ValueError for other lengths."""
    if len(randomness) != RANDOM_BYTES:
        raise ValueError(f"an id takes {RANDOM_BYTES} random bytes, not {len(randomness)}")
    milliseconds = int(at.timestamp() * 1000)
    number = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(randomness, "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=number))


def fresh(at: datetime) -> str:
    """A new id for a message of that time."""
    return chat_id(at, secrets.token_bytes(RANDOM_BYTES))
