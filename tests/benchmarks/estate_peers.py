"""The estate beside two peers in the same run: SQLite's trigram index for mistyped names, qdrant-client's local mode for filters."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from qdrant_client import AsyncQdrantClient, models

from engine.estate.estate import Estate
from engine.estate.facts import environment
from engine.estate.importing import import_resources
from engine.estate.resource import Resource
from engine.estate.where import All, is_
from engine.secrets.derive import Keys
from engine.settings import EstateSettings
from tests.benchmarks.synthetic import estate as made
from tests.benchmarks.synthetic import mutated

NAMES, FILTERED, MENTIONS, ROUNDS = 100_000, 10_000, 500, 30
SETTINGS = EstateSettings(key="file", embeddings="none")


async def main() -> None:
    await _names()
    await _filters()


async def _names() -> None:
    """recall@1 of mistyped names and the time of one, alone and with the environment known."""
    resources = list(made(NAMES))
    by_name = {resource.name: resource for resource in resources}
    typed = mutated(list(by_name), MENTIONS)
    with tempfile.TemporaryDirectory(prefix="escher-bench-") as folder:
        estate = await _estate(Path(folder), resources)
        try:
            alone, took = await _recall(typed, lambda mention, _: _first(estate, mention, None))
            known, _ = await _recall(
                typed, lambda mention, name: _first(estate, mention, is_("environment", environment(by_name[name])[0]))
            )
        finally:
            await estate.close()
        other, others = await _recall(typed, _trigram(Path(folder) / "names.db", list(by_name)))
    print(
        f"{MENTIONS} mistyped names among {NAMES:,}: recall@1 {alone:.3f} alone (at least 0.88), {known:.3f} with the environment known (0.90)"
    )
    print(f"  SQLite FTS5 trigram: {other:.3f} alone; ours is better by {alone - other:+.3f} (at least +0.10)")
    print(f"  one takes {took * 1000:.1f} ms, SQLite {others * 1000:.1f} ms: {others / took:.1f} x faster (at least 10)")


async def _first(estate: Estate, mention: str, where: Any) -> str:
    found = await estate.by_name(mention, where, 1)
    return found[0].resource.name if found else ""


def _trigram(path: Path, names: Sequence[str]) -> Callable[[str, str], Awaitable[str]]:
    """The usual way: any trigram of the mention may match, ranked by bm25."""
    base = sqlite3.connect(path)
    base.execute("create virtual table names using fts5(name, tokenize='trigram')")
    base.executemany("insert into names values (?)", [(name,) for name in names])
    base.commit()

    async def first(mention: str, _: str) -> str:
        grams = {mention[start : start + 3] for start in range(len(mention) - 2)}
        query = " OR ".join('"' + gram.replace('"', '""') + '"' for gram in sorted(grams))
        row = base.execute("select name from names where names match ? order by rank limit 1", (query,)).fetchone()
        return str(row[0]) if row else ""

    return first


async def _recall(typed: Sequence[tuple[str, str]], ask: Callable[[str, str], Awaitable[str]]) -> tuple[float, float]:
    """The share that was found first, and the median time of one in seconds."""
    right, took = 0, []
    for mention, name in typed:
        began = time.perf_counter()
        right += await ask(mention, name) == name
        took.append(time.perf_counter() - began)
    return right / len(typed), median(took)


async def _filters() -> None:
    """Three filters at 10,000: our whole path, decryption included, beside the local mode that returns payloads in the clear."""
    resources = list(made(FILTERED))
    wanted = resources[:: len(resources) // ROUNDS][:ROUNDS]
    with tempfile.TemporaryDirectory(prefix="escher-bench-") as folder:
        estate = await _estate(Path(folder), resources)
        try:
            ours = await _median(
                lambda one: estate.select(All((is_("account", one.account), is_("region", one.region), is_("type", one.type)))), wanted
            )
        finally:
            await estate.close()
    client = AsyncQdrantClient(location=":memory:")
    await client.create_collection("estate", vectors_config={})
    points = [models.PointStruct(id=number, vector={}, payload=one.to_json()) for number, one in enumerate(resources)]
    await client.upsert("estate", points)
    theirs = await _median(lambda one: client.scroll("estate", scroll_filter=_filter(one), limit=1_000), wanted)
    await client.close()
    print(
        f"three filters at {FILTERED:,}: {ours * 1000:.2f} ms, qdrant-client's local mode {theirs * 1000:.0f} ms: {theirs / ours:.0f} x faster (at least 100)"
    )


def _filter(one: Resource) -> models.Filter:
    said = {"account": one.account, "region": one.region, "type": one.type}
    return models.Filter(must=[models.FieldCondition(key=key, match=models.MatchValue(value=value)) for key, value in said.items()])


async def _median(ask: Callable[[Resource], Awaitable[object]], wanted: Sequence[Resource]) -> float:
    took = []
    for one in wanted:
        began = time.perf_counter()
        await ask(one)
        took.append(time.perf_counter() - began)
    return median(took)


async def _estate(folder: Path, resources: Sequence[Resource]) -> Estate:
    home = folder / "home"
    estate = await Estate.open(home, Keys(bytes(range(32))), SETTINGS, cache=Path(os.environ.get("ESCHER_BENCH_CACHE", folder / "cache")))
    await import_resources(estate, resources)
    return estate
