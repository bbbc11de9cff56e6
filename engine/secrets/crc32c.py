"""CRC-32C (Castagnoli), which Google's services check what they get and send with. Pure."""

from __future__ import annotations

_REFLECTED = 0x82F63B78


def crc32c(data: bytes) -> int:
    """The checksum, as RFC 3720 has it. Bit by bit: meant for what is small."""
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (_REFLECTED if register & 1 else 0)
    return register ^ 0xFFFFFFFF
