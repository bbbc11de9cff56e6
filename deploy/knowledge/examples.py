"""Which examples of the CLIs' own help may be indexed: those of the development half, whose operations alone are read from beside the repository. Edge."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Titles = dict[tuple[str, ...], tuple[str, ...]]
LEAD = re.compile(r"^(?:example\s*\d*\s*[:.]\s*|\d+\s*[:.)]\s*)?(?:to\s+)?", re.IGNORECASE)


def allowed(shared: Path | None, cloud: str) -> frozenset[tuple[str, ...]]:
    """`(service, operation)` for AWS, `(operation,)` for Azure; empty without the folder: then no examples are taken at all."""
    file = shared / "eval" / "commands" / f"{cloud}.jsonl.gz" if shared else None
    if file is None or not file.is_file():
        return frozenset()
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return frozenset((row["service"], row["operation"]) if "service" in row else (row["operation"],) for row in rows)


def titles(of: Mapping[tuple[str, ...], Iterable[str]], permitted: frozenset[tuple[str, ...]]) -> Titles:
    """The titles of permitted operations, without `To` and `Example 2:`, each once, in order. Pure."""
    return {key: tuple(dict.fromkeys(bare(one) for one in found if bare(one))) for key, found in of.items() if key in permitted}


def bare(title: str) -> str:
    """`**Example 1: To stop an instance**` says `Stop an instance`. Pure."""
    text = LEAD.sub("", title.strip().strip("*").strip().rstrip(".:")).strip()
    return text[:1].upper() + text[1:200]


def of_rows(rows: Iterable[Mapping[str, Any]], *keys: str) -> dict[tuple[str, ...], list[str]]:
    """The titles each row carries, by the row's keys. Pure."""
    return {tuple(str(row[key]) for key in keys): list(row["examples"]) for row in rows if row.get("examples")}
