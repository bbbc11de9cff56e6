"""Starts a real AI server as a process of its own and stops it again. Edge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
ARGUMENTS = ("-m", "ai_server", "--port", "0")


@dataclass
class Serving:
    """A running server: where it listens, how long it took, and its log once it has stopped."""

    url: str
    process: subprocess.Popen[str]
    start_s: float
    log: str = ""

    def peak_memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers=headers, timeout=10)


@contextmanager
def serving(
    *, program: str = sys.executable, arguments: tuple[str, ...] = ARGUMENTS, cwd: Path | None = None, **settings: str
) -> Iterator[Serving]:
    """`settings` are variables such as `ESCHER_AI_TOKEN`."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("ESCHER_")}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [program, *arguments],
        cwd=cwd or ROOT,
        env={**clean, "PYTHONPATH": str(ROOT), **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    written: list[str] = []
    # Read as it comes: a full pipe would keep the server waiting, and it may be in no place to write a file.
    reading = threading.Thread(target=lambda: written.extend(process.stderr or ()), daemon=True)
    reading.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, _ended(process, reading, written)
        ready = json.loads(line)
        assert ready["ready"] is True
        server = Serving(f"http://127.0.0.1:{ready['port']}", process, time.perf_counter() - begun)
        yield server
    finally:
        process.terminate()
        _ended(process, reading, written)
    server.log = "".join(written)


def _ended(process: subprocess.Popen[str], reading: threading.Thread, written: list[str]) -> str:
    """What it wrote, once it has ended."""
    process.wait(timeout=10)
    reading.join(timeout=10)
    for pipe in (process.stdout, process.stderr):
        assert pipe is not None
        pipe.close()
    return "".join(written)
