"""Where the engine's processor time goes in the first import of many resources, as a flame graph. Edge.

    python -m tests.benchmarks.estate_profile [RESOURCES] [SVG]

The interrupt of the processor-time clock looks at the stack every other millisecond (no profiler slows what it measures).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tests.benchmarks.estate import write_lines
from tests.benchmarks.estate_child import imported_into, opened, processor, store_pid
from tests.benchmarks.flame import Stack, heaviest, picture

ROOT = Path(__file__).parents[2]
COUNT, PICTURE = 100_000, ROOT / "docs" / "import_profile.svg"
_EVERY_S = 0.002
# Frames of the loop itself, which say nothing.
_PASSED_OVER = ("asyncio/base_events.py", "asyncio/runners.py", "asyncio/events.py", "contextlib.py", "<frozen runpy>", "estate_profile.py")


@contextmanager
def sampled() -> Iterator[Counter[Stack]]:
    """The stacks of the main thread, outermost first, by how often they were seen while the block ran."""
    stacks = Counter[Stack]()

    def look(_: int, frame: FrameType | None) -> None:
        stacks[_stack(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _EVERY_S, _EVERY_S)
    try:
        yield stacks
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _stack(frame: FrameType | None) -> Stack:
    found = []
    while frame:
        path = frame.f_code.co_filename
        if not path.endswith(_PASSED_OVER):
            found.append(f"{_short(path)} {frame.f_code.co_qualname}")
        frame = frame.f_back
    return tuple(reversed(found))


def _short(path: str) -> str:
    if path.startswith(str(ROOT)):
        return path.removeprefix(f"{ROOT}/").removeprefix("engine/")
    return "/".join(path.split("/")[-2:]) if path.startswith("/") else path


async def main(count: int, drawn: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="escher-bench-") as folder:
        os.environ.setdefault("ESCHER_BENCH_CACHE", str(Path(folder) / "cache"))
        lines = write_lines(Path(folder) / "lines", count)
        estate = await opened(Path(folder) / "home")
        try:
            before = time.process_time()
            with sampled() as stacks:
                await imported_into(estate, lines)
            engine, store = time.process_time() - before, processor(store_pid(estate))
        finally:
            await estate.close()
    below = f"Width is processor time, {engine:.1f} s in all; the store's own process took {store:.1f} s beside it."
    drawn.write_text(picture(stacks, f"The engine during the first import of {count:,} resources", below), encoding="utf-8")
    print(below)
    for label, share in heaviest(stacks, 40):
        print(f"{share:6.1%}  {label}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT, Path(sys.argv[2]) if len(sys.argv) > 2 else PICTURE))
