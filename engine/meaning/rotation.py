"""Turns dense vectors by a secret rotation that keeps every cosine. Pure.

It hides vectors from a glance, not from somebody who knows some of the texts; SECURITY.md says how much.
"""

from __future__ import annotations

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from numpy.typing import NDArray

_WORD = 8


def rotation(key: bytes, size: int) -> NDArray[np.float32]:
    """The orthogonal `size` by `size` matrix that this key means, the same on every machine."""
    square = _normal_numbers(key, size * size).reshape(size, size)
    q, r = np.linalg.qr(square)
    # QR is unique up to signs; with the diagonal of R made positive it is unique, and Q uniform over all rotations.
    turned: NDArray[np.float32] = (q * np.sign(np.diag(r))).astype(np.float32)
    return turned


def _normal_numbers(key: bytes, count: int) -> NDArray[np.float64]:
    """Normally distributed numbers from the key's AES-CTR stream (Box and Muller's way)."""
    pairs = (count + 1) // 2
    stream = Cipher(AES(key), CTR(bytes(16))).encryptor().update(bytes(2 * pairs * _WORD))
    uniform = ((np.frombuffer(stream, dtype=">u8") >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    radius, angle = np.sqrt(-2.0 * np.log(uniform[:pairs])), 2.0 * np.pi * uniform[pairs:]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:count]
