"""One estate of one size, measured from its first import to its reopening; prints its figures as JSON. Edge.

    python -m tests.benchmarks.estate_child import FOLDER LINES
    python -m tests.benchmarks.estate_child reopen FOLDER LINES

The lines are resources as JSON, those of one scope together. Each step runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from engine.estate.estate import Estate
from engine.estate.importing import import_resources
from engine.estate.memory import scope_of
from engine.estate.resource import Resource
from engine.estate.where import All, is_
from engine.secrets.derive import Keys
from engine.settings import EstateSettings
from tests.benchmarks.mistyped import mistyped

SETTINGS = EstateSettings(key="file")
DESCRIPTIONS = (
    "payment database",
    "video thumbnails worker",
    "tax invoices storage",
    "the machine that sends mail",
    "fraud scoring models",
    "hotel booking cache",
    "driver maps routing",
    "warehouse stock exports",
)
LOOKUPS, AT_ONCE = 400, 5_000
MiB = 1 << 20


def read(lines: Path) -> Iterator[Resource]:
    with lines.open(encoding="utf-8") as file:
        for line in file:
            yield Resource.from_json(json.loads(line))


@asynccontextmanager
async def stalls() -> AsyncIterator[list[float]]:
    """How late the loop woke up, in seconds; the list fills while the block runs."""
    late: list[float] = []

    async def watch() -> None:
        while True:
            due = time.perf_counter() + 0.005
            await asyncio.sleep(0.005)
            late.append(time.perf_counter() - due)

    watching = asyncio.create_task(watch())
    try:
        yield late
    finally:
        watching.cancel()
        await asyncio.wait({watching})


def resident() -> int:
    """Bytes of this process and of those it started, pages that several have in common counted once (proportional set size)."""
    pids = {os.getpid()}
    for task in Path("/proc/self/task").iterdir():
        pids |= {int(pid) for pid in (task / "children").read_text(encoding="ascii").split()}
    return sum(_proportional(pid) for pid in pids)


def _proportional(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def processor(pid: int | None) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def on_disk(folder: Path) -> int:
    """Bytes the files take, holes not counted."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


async def _opened(folder: Path) -> Estate:
    return await Estate.open(folder, Keys(bytes(range(32))), SETTINGS, cache=Path(os.environ["ESCHER_BENCH_CACHE"]))


async def _import(estate: Estate, lines: Path) -> int:
    """As `escher estate import` does: read in a thread, some scopes at a time, so that this process never holds the whole."""
    parts, count = _parts(lines), 0
    while some := await asyncio.to_thread(next, parts, None):
        count += await import_resources(estate, some)
    return count


def _parts(lines: Path) -> Iterator[list[Resource]]:
    some: list[Resource] = []
    for _, members in itertools.groupby(read(lines), key=scope_of):
        some += members
        if len(some) >= AT_ONCE:
            yield some
            some = []
    if some:
        yield some


async def imported(folder: Path, lines: Path) -> dict[str, Any]:
    estate = await _opened(folder)
    try:
        async with stalls() as late:
            began = time.perf_counter()
            count = await _import(estate, lines)
            searchable = time.perf_counter() - began
            engine_cpu, store_cpu = time.process_time(), processor(estate.store_pid)
            await estate.settle()
            meaning = time.perf_counter() - began
            began = time.perf_counter()
            await _import(estate, lines)
            again = time.perf_counter() - began
        memory = resident()
        kinds = estate.kinds.progress().total if estate.kinds else 0
    finally:
        await estate.close()
    return {
        "resources": count,
        "kinds": kinds,
        "searchable_s": searchable,
        "engine_cpu_s": engine_cpu,
        "store_cpu_s": store_cpu,
        "meaning_s": meaning,
        "again_s": again,
        "stall_ms": max(late) * 1000,
        "memory_mib": memory / MiB,
        "disk_kib_each": on_disk(folder / "estate") / count / 1024,
    }


async def reopened(folder: Path, lines: Path) -> dict[str, Any]:
    began = time.perf_counter()
    estate = await _opened(folder)
    opened = time.perf_counter() - began
    sample = _sample(lines)
    try:
        figures = {name: await _timed(asked) for name, asked in _questions(estate, sample).items()}
        memory = resident()
    finally:
        await estate.close()
    return {"open_s": opened, "memory_mib": memory / MiB, **figures}


def _sample(lines: Path) -> list[Resource]:
    """Some resources from all over the estate, without holding the rest."""
    dice = random.Random(3)
    kept: list[Resource] = []
    for number, resource in enumerate(read(lines)):
        if len(kept) < LOOKUPS:
            kept.append(resource)
        elif (place := dice.randrange(number + 1)) < LOOKUPS:
            kept[place] = resource
    return kept


Asked = tuple[Callable[[Any], Awaitable[object]], Sequence[Any]]


def _questions(estate: Estate, sample: Sequence[Resource]) -> dict[str, Asked]:
    names = [resource.name for resource in sample]
    filters = [All((is_("account", one.account), is_("region", one.region), is_("type", one.type))) for one in sample]
    of_name = dict(zip(names, filters, strict=True))
    mentions = mistyped(names, len(names))
    typed = [one.said for one in mentions]
    described = [
        f"{text} {scope_of(one)[0]} {number}"
        for number, (text, one) in enumerate(zip(itertools.cycle(DESCRIPTIONS), sample[:100], strict=False))
    ]
    wide = [is_("environment", "production"), is_("cloud", "aws"), is_("type", "disk"), is_("region", "us-east-1")]
    return {
        "id_ms": (estate.get, [resource.id for resource in sample]),
        "recognise_ms": (lambda name: estate.recognise([name, *name.split("-")]), names),
        "name_ms": (lambda name: estate.select(is_("name", name)), names),
        "filter_ms": (estate.select, filters),
        "count_ms": (estate.count, filters),
        "like_ms": (estate.by_name, typed),
        "like_filtered_ms": (lambda pair: estate.by_name(*pair), [(one.said, of_name[one.meant]) for one in mentions]),
        "meaning_ms": (estate.by_meaning, described),
        "meaning_wide_ms": (lambda pair: estate.by_meaning(*pair), [(text, one) for one in wide for text in described[:50]]),
        "stats_ms": (lambda _: estate.stats(), range(5)),
    }


async def _timed(asked: Asked) -> dict[str, float]:
    """p50 and p95 in milliseconds, after a few questions to warm up."""
    ask, arguments = asked
    for argument in arguments[:5]:
        await ask(argument)
    took = []
    for argument in arguments:
        began = time.perf_counter()
        await ask(argument)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return {"p50": took[len(took) // 2], "p95": took[int(len(took) * 0.95)]}


if __name__ == "__main__":
    step, home, source = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    print(json.dumps(asyncio.run({"import": imported, "reopen": reopened}[step](home, source))))
