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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.estate.importing import import_batches
from engine.estate.memory import scope_of
from engine.estate.resource import Resource
from engine.estate.standing import StandingEstate
from engine.estate.where import All, is_
from engine.secrets.derive import Keys
from engine.settings import EstateSettings
from engine.store.edge.client import EdgeStore
from engine.store.store import every
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
LOOKUPS, AT_ONCE = 400, 2_000
_LOOK_S = 0.005
MiB = 1 << 20


def read(lines: Path) -> Iterator[Resource]:
    with lines.open(encoding="utf-8") as file:
        for line in file:
            yield Resource.from_json(json.loads(line))


@dataclass(slots=True)
class Stalls:
    """The longest that the loop let a task wait beyond its time, in seconds, and the most processor time its thread used between two looks.

    The first counts what others on the machine take; the second is what is left of it on a machine of our own.
    """

    late: float = 0.0
    busy: float = 0.0


@asynccontextmanager
async def stalls() -> AsyncIterator[Stalls]:
    """Looks every five milliseconds while the block runs."""
    worst = Stalls()

    async def watch() -> None:
        while True:
            due, used = time.perf_counter() + _LOOK_S, time.thread_time()
            await asyncio.sleep(_LOOK_S)
            worst.late = max(worst.late, time.perf_counter() - due)
            worst.busy = max(worst.busy, time.thread_time() - used)

    watching = asyncio.create_task(watch())
    try:
        yield worst
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


def processor(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def on_disk(folder: Path) -> int:
    """Bytes the files take, holes not counted."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


async def opened(folder: Path) -> StandingEstate:
    return await StandingEstate.open(folder, Keys(bytes(range(32))), SETTINGS, cache=Path(os.environ["ESCHER_BENCH_CACHE"]))


def store_pid(estate: StandingEstate) -> int:
    """The process of the store."""
    assert isinstance(estate.store, EdgeStore)
    assert estate.store.pid
    return estate.store.pid


async def _kinds(estate: StandingEstate) -> int:
    of_kinds = [one.name for one in await estate.store.collections() if "_kinds-" in one.name]
    return sum([await estate.store.count(name, every(())) for name in of_kinds])


async def imported_into(estate: StandingEstate, lines: Path) -> int:
    """As `escher estate import` does: read in a thread, some scopes at a time, so that this process never holds the whole."""
    return await import_batches(estate, _parts(lines))


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
    estate = await opened(folder)
    try:
        async with stalls() as worst:
            began = time.perf_counter()
            count = await imported_into(estate, lines)
            searchable = time.perf_counter() - began
            engine_cpu, store_cpu = time.process_time(), processor(store_pid(estate))
            await estate.settle()
            meaning = time.perf_counter() - began
            began = time.perf_counter()
            await imported_into(estate, lines)
            again = time.perf_counter() - began
        memory = resident()
        kinds = await _kinds(estate)
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
        "stall_ms": worst.late * 1000,
        "busy_ms": worst.busy * 1000,
        "memory_mib": memory / MiB,
        "disk_kib_each": on_disk(folder / "estate") / count / 1024,
    }


async def reopened(folder: Path, lines: Path) -> dict[str, Any]:
    began = time.perf_counter()
    estate = await opened(folder)
    opening = time.perf_counter() - began
    sample = _sample(lines)
    try:
        figures = {name: await _timed(asked) for name, asked in _questions(estate, sample).items()}
        memory = resident()
    finally:
        await estate.close()
    return {"open_s": opening, "memory_mib": memory / MiB, **figures}


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


def _questions(estate: StandingEstate, sample: Sequence[Resource]) -> dict[str, Asked]:
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
