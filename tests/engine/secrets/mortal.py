"""Kills a program at every step it takes on the disk.

`python -m tests.engine.secrets.mortal MODULE FOLDER` copies FOLDER/start to FOLDER/0, lets a forked child run `MODULE.act` on it and kills the
child (SIGKILL) just before its first system call that changes files; then FOLDER/1 before the second, and so on until a child comes to its end.
Writes are also cut in the middle: FOLDER/<n>-torn. Prints how many folders there are.
"""

from __future__ import annotations

import asyncio
import importlib
import io
import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

STEPS = {os.open, os.pwrite, os.fsync, os.ftruncate, os.truncate, os.replace, os.rename, os.unlink, os.remove, os.link, os.mkdir}
ROOT = Path(__file__).parents[3]


class Fate:
    """Counts steps, and ends the process at the chosen one."""

    def __init__(self, step: int, *, torn: bool) -> None:
        self.left = step
        self.torn = torn

    def __call__(self, frame: FrameType, event: str, called: Any) -> None:
        if event != "c_call" or not (called in STEPS or self._flushes(called)):
            return
        writes = called not in STEPS or (called is os.pwrite and "view" in frame.f_locals)
        if self.torn and not writes:
            return
        if self.left == 0:
            if self.torn:
                self._write_half(frame, called)
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    @staticmethod
    def _flushes(called: Any) -> bool:
        return isinstance(getattr(called, "__self__", None), io.BufferedWriter) and called.__name__ == "flush"

    @staticmethod
    def _write_half(frame: FrameType, called: Any) -> None:
        told = frame.f_locals
        if called is os.pwrite:
            os.pwrite(told["file"], bytes(told["view"])[: len(told["view"]) // 2], told["offset"])
        else:
            os.write(told["stream"].fileno(), told["data"][: len(told["data"]) // 2])


def lives_through(module: Any, folder: Path, step: int, *, torn: bool) -> bool:
    """Whether a child came to its end before the chosen step."""
    shutil.copytree(folder.parent / "start", folder)
    pid = os.fork()
    if not pid:
        fate = Fate(step, torn=torn)
        threading.setprofile(fate)
        sys.setprofile(fate)
        asyncio.run(module.act(folder))
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.waitstatus_to_exitcode(status) == 0, folder
    return True


def main(name: str, base: Path) -> None:
    module = importlib.import_module(name)
    made = 0
    for torn in (False, True):
        for step in itertools.count():
            made += 1
            if lives_through(module, base / f"{step}{'-torn' if torn else ''}", step, torn=torn):
                break
    sys.stdout.write(f"{made}\n")


def killed_everywhere(name: str, base: Path) -> list[Path]:
    """The folders that the killed children left, from another process: this one has threads, and lives."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.secrets.mortal", name, str(base)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    left = [path for path in sorted(base.iterdir()) if path.name != "start"]
    assert len(left) == int(done.stdout)
    return left


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
