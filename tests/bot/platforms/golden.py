"""Compares with a committed golden file; `GOLDENS=write` in the environment writes it anew. Edge."""

from __future__ import annotations

import os
from pathlib import Path

GOLDENS = Path(__file__).parents[2] / "goldens"


def check(name: str, text: str) -> None:
    """Fails when the golden file says something else, or is missing."""
    path = GOLDENS / name
    if os.environ.get("GOLDENS") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{path} is missing: run once with GOLDENS=write"
    assert text == path.read_text(encoding="utf-8"), f"{path} says something else; run with GOLDENS=write and read the difference"
