"""What sealing costs: the same store filled and asked with ciphertext and blind tokens, and in plaintext with hashes that hide nothing."""

from __future__ import annotations

import itertools
import tempfile
import time
import uuid
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from engine.estate.estate import COLLECTION
from engine.estate.intake import Intake
from engine.estate.memory import scope_of
from engine.estate.prefilter import prefilter
from engine.estate.recorder import Recorder
from engine.estate.resource import Resource, Swept
from engine.estate.where import All, is_
from engine.meaning.rotation import rotation
from engine.secrets.derive import Keys
from engine.store.crypto import Crypto
from engine.store.edge.client import EdgeStore
from engine.store.grams import grams
from engine.store.manifest import SealedFile
from engine.store.store import Collection, Sparse, Token
from tests.benchmarks.synthetic import estate as made

COUNT, ROUNDS, LOOKUPS = 20_000, 3, 300
KEYS = Keys(bytes(range(32)))


class PlainCrypto(Crypto):
    """Nothing is hidden: for the comparison only."""

    def seal(self, place: str, plain: bytes) -> str:
        return plain.decode()

    def open(self, place: str, sealed: object) -> bytes:
        return str(sealed).encode()

    def token(self, field: str, value: str) -> Token:
        return hash((field, value)) & (2**63 - 1)

    def own_tokens(self, field: str, values: Iterable[str]) -> list[Token]:
        return [self.token(field, value) for value in values]

    def point_id(self, resource_id: str) -> str:
        return str(uuid.UUID(int=hash(resource_id) & (2**128 - 1)))

    def grams(self, name: str) -> Sparse:
        dimensions = sorted({zlib.crc32(gram.encode()) for gram in grams(name)})
        return Sparse(tuple(dimensions), (len(dimensions) ** -0.5,) * len(dimensions))


async def main() -> None:
    resources = sorted(made(COUNT), key=scope_of)
    sealed, plain = [], []
    for _ in range(ROUNDS):
        sealed.append(await _measured(resources, Crypto(KEYS, COLLECTION)))
        plain.append(await _measured(resources, PlainCrypto(KEYS, COLLECTION)))
    imports = median(one[0] for one in sealed) / median(one[0] for one in plain)
    lookups = median(one[1] for one in sealed) / median(one[1] for one in plain)
    print(f"sealed beside plaintext at {COUNT:,}: import {imports:.2f} x (at most 1.6), lookup {lookups:.2f} x (at most 1.2)")
    _rotated()


async def _measured(resources: Sequence[Resource], crypto: Crypto) -> tuple[float, float]:
    """Seconds to import, and the median seconds of a filtered lookup with its resources opened."""
    with tempfile.TemporaryDirectory(prefix="escher-bench-") as folder:
        store = await EdgeStore.open(Path(folder), SealedFile(Path(folder) / "files", crypto))
        await store.ensure(Collection(COLLECTION, grams=True))
        recorder = Recorder(KEYS, crypto)
        intake = Intake(store, COLLECTION, recorder, SealedFile(Path(folder) / "inventory", crypto))
        await intake.check(Path(folder), whole=True)
        try:
            began = time.perf_counter()
            for _, members in itertools.groupby(resources, key=scope_of):
                first, *_ = some = tuple(members)
                await intake.take_in(Swept(first.cloud, first.account, first.region, first.type, some))
            await intake.settle()
            imported = time.perf_counter() - began
            took = []
            for one in resources[:: COUNT // LOOKUPS]:
                wanted = prefilter(All((is_("account", one.account), is_("region", one.region), is_("type", one.type))), crypto.token)
                began = time.perf_counter()
                found = [recorder.resource(stored) async for stored in store.scroll(COLLECTION, wanted)]
                took.append(time.perf_counter() - began)
                assert one in found
        finally:
            await intake.close()
            await store.close()
    return imported, median(took)


def _rotated() -> None:
    """The ten nearest of rotated vectors are those of the vectors themselves."""
    dice = np.random.default_rng(7)
    vectors = dice.normal(size=(20_000, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    turn = rotation(KEYS.for_("rotation"), 384)
    queries = vectors[:200] + 0.05 * dice.normal(size=(200, 384)).astype(np.float32)
    plain = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
    turned = np.argsort(-((queries @ turn) @ (vectors @ turn).T), axis=1)[:, :10]
    print(
        f"top ten by meaning, rotated beside plain, exact search: {(plain == turned).all(axis=1).mean():.1%} identical (asked: identical)"
    )
