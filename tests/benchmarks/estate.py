"""The estate's figures: imports, lookups, memory and disk by size, each beside what was asked; and beside two peers in the same run.

python -m tests.benchmarks estate               1,000, 10,000 and 100,000 resources, and the peers
ESCHER_BENCH_SIZES=1000000 python -m tests.benchmarks estate
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from engine.estate.memory import scope_of
from tests.benchmarks import estate_peers, estate_sealing
from tests.benchmarks.synthetic import estate

SIZES = (1_000, 10_000, 100_000)
# figure → what it is called, its unit, and what issue 4 asks for at 10,000 and at 100,000.
ROWS: tuple[tuple[str, str, dict[int, float]], ...] = (
    ("searchable_s", "first import: searchable by name and filter, s", {100_000: 25}),
    ("engine_cpu_s", "  of it, processor time of the engine (its start included), s", {}),
    ("store_cpu_s", "  of it, processor time of the store's process, s", {}),
    ("meaning_s", "first import: meaning complete, s", {100_000: 120}),
    ("again_s", "the same again, unchanged, s", {100_000: 6}),
    ("stall_ms", "longest stall of the event loop in both, ms", {100_000: 50}),
    ("busy_ms", "  of it, processor time of the engine's own, ms", {}),
    ("disk_kib_each", "bytes on disk a resource, KiB", {100_000: 7}),
    ("import_memory_mib", "memory after import, model included, MiB", {}),
    ("open_s", "cold open, s", {100_000: 2}),
    ("memory_mib", "memory after reopening and all lookups, MiB", {10_000: 350, 100_000: 900}),
    ("id_ms", "one by id, p95 ms", {100_000: 10}),
    ("recognise_ms", "which words are known, p95 ms", {100_000: 10}),
    ("name_ms", "by exact name, p95 ms", {100_000: 10}),
    ("filter_ms", "by account, region and type, p95 ms", {100_000: 10}),
    ("count_ms", "count of the same, p95 ms", {100_000: 10}),
    ("like_ms", "by a mistyped name, p95 ms", {100_000: 10}),
    ("like_filtered_ms", "by a mistyped name and three filters, p95 ms", {100_000: 10}),
    ("meaning_ms", "by meaning, the query's embedding included, p95 ms", {100_000: 25}),
    ("meaning_wide_ms", "the same with one wide filter, p95 ms", {100_000: 25}),
    ("stats_ms", "statistics of the whole, p95 ms", {}),
)


async def main() -> None:
    sizes = [int(size) for size in os.environ.get("ESCHER_BENCH_SIZES", "").split(",") if size] or SIZES
    found: dict[int, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="escher-bench-") as folder:
        os.environ["ESCHER_BENCH_CACHE"] = str(Path(folder) / "cache")
        for size in sizes:
            found[size] = await _measured(Path(folder) / str(size), size)
    _show(found)
    if len(sizes) > 1:
        await estate_peers.main()
        await estate_sealing.main()


async def _measured(folder: Path, size: int) -> dict[str, Any]:
    folder.mkdir()
    lines = write_lines(folder / "lines", size)
    first = await _child("import", folder / "home", lines)
    first["import_memory_mib"] = first.pop("memory_mib")
    return first | await _child("reopen", folder / "home", lines)


def write_lines(path: Path, size: int) -> Path:
    """So many made-up resources as lines of JSON, those of one scope together; the path."""
    with path.open("w", encoding="utf-8") as file:
        for resource in sorted(estate(size), key=scope_of):
            file.write(json.dumps(resource.to_json()) + "\n")
    return path


async def _child(step: str, home: Path, lines: Path) -> dict[str, Any]:
    command = (sys.executable, "-m", "tests.benchmarks.estate_child", step, str(home), str(lines))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    if process.returncode:
        raise SystemExit(f"measuring {step} of {lines} failed")
    figures: dict[str, Any] = json.loads(said.splitlines()[-1])
    return figures


def _show(found: dict[int, dict[str, Any]]) -> None:
    table = Table("what", *(f"{size:,}" for size in found), "asked")
    for key, words, asked in ROWS:
        table.add_row(
            words,
            *(_figure(figures[key]) for figures in found.values()),
            ", ".join(f"{most:g} at {size:,}" for size, most in asked.items()),
        )
    table.add_row("distinct kinds, embedded once each", *(f"{figures['kinds']:,}" for figures in found.values()), "")
    Console(width=150).print(table)


def _figure(value: Any) -> str:
    return f"{value['p95']:.1f} (p50 {value['p50']:.1f})" if isinstance(value, dict) else f"{value:.1f}"
