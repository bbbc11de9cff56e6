"""Which estate and cases the benches use: the shared evaluation where it is beside the checkout, else our own."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "eval"
OWN = ROOT / "tests" / "evaluation"


def folder() -> Path:
    return SHARED if (SHARED / "estate.ndjson").exists() else OWN
