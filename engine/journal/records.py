"""How entries become bytes: sealed records, segment headers and the head. Pure (the nonce's randomness aside).

A segment is a header and records. A record is

    length of what follows (4) | sequence (8) | CRC-32 of sequence and sealed part (4) | nonce (12) | AES-256-GCM of the entry

The CRC tells a torn record from a whole one without the key; the seal, whose associated data names the journal, the file and the
sequence, tells a changed or moved record from a true one. The head is the number and hash of the last committed entry, with a MAC: a tail
that was cut off is missed because the head remembers it.
"""

from __future__ import annotations

import hmac
import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.journal.entry import Entry, canonical

MAGIC = b"ESCHERJ1"
HEAD_MAGIC = b"ESCHERH1"
ID_BYTES = 16
MAC_BYTES = 32
HEADER_BYTES = len(MAGIC) + ID_BYTES + MAC_BYTES

_LENGTH = struct.Struct(">I")
_FRAME = struct.Struct(">QI")
_NUMBER = struct.Struct(">Q")
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Head:
    """The last committed entry: its number (0 for none) and hash, and the journal's random id."""

    journal: bytes
    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a record stands. `sequence` is what it claims; `fault` is "" or "torn" (not all there) or "checksum"."""

    offset: int
    size: int
    sequence: int
    sealed: bytes
    fault: str = ""


class Sealer:
    """Seals and opens with one key; subkeys keep encryption and MAC apart."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(_subkey(key, b"escher journal seal"))
        self._mac_key = _subkey(key, b"escher journal mac")

    def header(self, journal: bytes, file: str) -> bytes:
        """The first bytes of segment `file`."""
        start = MAGIC + journal
        return start + self._mac(start + file.encode())

    def header_holds(self, data: bytes, file: str) -> bytes | None:
        """The journal's id from a segment's first bytes, None when they are not what this key wrote there."""
        start, mac = data[: len(MAGIC) + ID_BYTES], data[len(MAGIC) + ID_BYTES : HEADER_BYTES]
        if not start.startswith(MAGIC) or not hmac.compare_digest(mac, self._mac(start + file.encode())):
            return None
        return start[len(MAGIC) :]

    def head(self, head: Head) -> bytes:
        start = HEAD_MAGIC + head.journal + _NUMBER.pack(head.sequence) + bytes.fromhex(head.hash)
        return start + self._mac(start)

    def open_head(self, data: bytes) -> Head | None:
        """The head, None when it is not what this key wrote."""
        start, mac = data[:-MAC_BYTES], data[-MAC_BYTES:]
        if len(data) != len(HEAD_MAGIC) + ID_BYTES + _NUMBER.size + 2 * MAC_BYTES or not start.startswith(HEAD_MAGIC):
            return None
        if not hmac.compare_digest(mac, self._mac(start)):
            return None
        at = len(HEAD_MAGIC)
        (sequence,) = _NUMBER.unpack_from(start, at + ID_BYTES)
        return Head(start[at : at + ID_BYTES], sequence, start[at + ID_BYTES + _NUMBER.size :].hex())

    def seal(self, entry: Entry, journal: bytes, file: str) -> bytes:
        """The whole record."""
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, canonical(entry.to_json()), _bound(journal, file, entry.sequence))
        frame = _FRAME.pack(entry.sequence, _checksum(entry.sequence, sealed))
        return _LENGTH.pack(len(frame) + len(sealed)) + frame + sealed

    def open(self, slot: Slot, journal: bytes, file: str) -> Entry | None:
        """The entry in a slot, None when this journal did not write it there."""
        nonce, ciphertext = slot.sealed[:_NONCE], slot.sealed[_NONCE:]
        try:
            plain = self._cipher.decrypt(nonce, ciphertext, _bound(journal, file, slot.sequence))
        except (InvalidTag, ValueError):
            return None
        return Entry.from_json(json.loads(plain))

    def _mac(self, data: bytes) -> bytes:
        return hmac.digest(self._mac_key, data, "sha256")


def opened(sealers: Iterable[Sealer], slot: Slot, journal: bytes, file: str) -> Entry | None:
    """The entry in a slot, by whichever key sealed it; None when none of them did."""
    return next((entry for sealer in sealers if (entry := sealer.open(slot, journal, file))), None)


def slots(data: bytes, start: int = HEADER_BYTES) -> Iterator[Slot]:
    """The records in a segment's bytes, up to and with the first that is not whole."""
    offset = start
    while offset < len(data):
        slot = _slot(data, offset)
        yield slot
        if slot.fault == "torn":
            return
        offset += slot.size


def _slot(data: bytes, offset: int) -> Slot:
    rest = len(data) - offset
    if rest < _LENGTH.size:
        return Slot(offset, rest, 0, b"", "torn")
    (length,) = _LENGTH.unpack_from(data, offset)
    begin = offset + _LENGTH.size
    if length < _FRAME.size + _NONCE or begin + length > len(data):
        return Slot(offset, rest, 0, b"", "torn")
    sequence, checksum = _FRAME.unpack_from(data, begin)
    sealed = data[begin + _FRAME.size : begin + length]
    fault = "" if checksum == _checksum(sequence, sealed) else "checksum"
    return Slot(offset, _LENGTH.size + length, sequence, sealed, fault)


def _checksum(sequence: int, sealed: bytes) -> int:
    return zlib.crc32(sealed, zlib.crc32(_NUMBER.pack(sequence)))


def _bound(journal: bytes, file: str, sequence: int) -> bytes:
    return b"escher journal\0" + journal + file.encode() + b"\0" + _NUMBER.pack(sequence)


def _subkey(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(key)
