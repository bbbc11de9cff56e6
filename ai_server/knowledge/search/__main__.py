"""`python -m ai_server.knowledge.search`: the likeliest commands for one text, or for each line of a file, as JSON. Edge (reads files, prints)."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from ai_server.knowledge.playbook import CLOUDS
from ai_server.knowledge.search.cases import BadCases, Case, answer, read_cases
from ai_server.knowledge.search.index import CommandIndex, Hit
from ai_server.knowledge.search.learned import BadLearning
from ai_server.knowledge.search.opening import open_index
from ai_server.wire import CloudName

FAILED, WRONG_USE = 1, 2
_PROGRESS = 500


@dataclass(frozen=True, slots=True)
class Wrong(Exception):
    """What was asked for cannot be done; `code` is the exit code."""

    message: str
    code: int = WRONG_USE


def main(arguments: list[str]) -> int:
    """0; 2 with a sentence when the question is wrong, 1 when what is on disk cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m ai_server.knowledge.search", description=__doc__)
    parser.add_argument("text", nargs="?", default="")
    parser.add_argument("--cloud", choices=CLOUDS)
    parser.add_argument("--service", default="")
    parser.add_argument("--limit", type=int, default=10)
    parser.add_argument("--model", type=Path, help="the folder of all-MiniLM-L6-v2 as ONNX; without it search goes by words alone")
    parser.add_argument("--cases", type=Path)
    given = parser.parse_args(arguments)
    try:
        if given.cases:
            _many(_cases(given.cases, given.cloud or ""), given.model, given.limit)
        else:
            _one(given)
    except Wrong as error:
        sys.stderr.write(f"{error.message}\n")
        return error.code
    except BadLearning as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    return 0


def _one(given: argparse.Namespace) -> None:
    if not given.text.strip():
        raise Wrong("Say what you want to do, for instance: stop an instance.")
    index, notes = _opened(given.model, (given.cloud,) if given.cloud else CLOUDS)
    service = given.service and index.service_named(given.service, given.cloud)
    if service is None:
        near = ", ".join(index.services_near(given.service, given.cloud)) or "none like it"
        raise Wrong(f"--service {given.service}: there is no such service; the nearest are: {near}.")
    hits = index.find(given.text, given.cloud, service, given.limit)
    sys.stdout.write(json.dumps({"text": given.text, "hits": [_row(hit) for hit in hits], "notes": list(notes)}, ensure_ascii=False))


def _many(cases: tuple[Case, ...], model: Path | None, limit: int) -> None:
    index, notes = _opened(model, tuple(cloud for cloud in CLOUDS if cloud in {case.cloud for case in cases}))
    for note in notes:
        sys.stderr.write(f"{note}\n")
    strange: set[str] = set()
    for number, case in enumerate(cases, start=1):
        service = case.service and index.service_named(case.service, case.cloud)
        if service is None and case.service not in strange:
            strange.add(case.service)
            sys.stderr.write(f"{case.cloud} has no service {case.service!r}: its lines are searched in all services.\n")
        hits = index.find(case.text, case.cloud, service, limit, operations_only=True)
        sys.stdout.write(json.dumps(answer(case.text, [hit.command for hit in hits]), ensure_ascii=False) + "\n")
        if number % _PROGRESS == 0 or number == len(cases):
            sys.stderr.write(f"{number} of {len(cases)} …\n")


def _opened(model: Path | None, clouds: tuple[CloudName, ...]) -> tuple[CommandIndex, tuple[str, ...]]:
    index, notes = open_index(model, clouds)
    if missing := [cloud for cloud in clouds if cloud not in index.services]:
        raise Wrong("\n".join((f"No commands are known of {', '.join(missing)}.", *notes)), FAILED)
    return index, notes


def _cases(path: Path, cloud: str) -> tuple[Case, ...]:
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    except (OSError, EOFError) as error:
        raise Wrong(f"{path}: {error.strerror if isinstance(error, OSError) and error.strerror else error}.") from None
    except UnicodeDecodeError as error:
        raise Wrong(f"{path} is not UTF-8: byte {error.start}.") from None
    try:
        return read_cases(text.splitlines(), cloud)
    except BadCases as error:
        raise Wrong(f"{path}: {error}") from None


def _row(hit: Hit) -> dict[str, object]:
    one = hit.command
    return {
        "cloud": one.cloud,
        "operation": one.operation,
        "command": one.command,
        "service": one.service,
        "summary": one.summary,
        "access": one.access,
        "score": round(hit.score, 4),
        "margin": round(hit.margin, 4),
    }


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
