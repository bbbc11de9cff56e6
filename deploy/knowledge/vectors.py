"""`python -m deploy.knowledge.vectors --model DIR`: the vectors of every pack's commands, written beside the search. Edge."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ai_server.knowledge.commands.loading import CommandsMissing, load_commands
from ai_server.knowledge.playbook import CLOUDS
from ai_server.knowledge.search.model import NoModel, TextModel
from ai_server.knowledge.search.vector_files import FOLDER, packed
from ai_server.knowledge.search.vectors import make


def main(arguments: list[str]) -> int:
    """Writes one file for each cloud that has a pack; 1 when there is no model. Some three minutes for 30,000 commands on one core."""
    parser = argparse.ArgumentParser(prog="python -m deploy.knowledge.vectors", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the folder of all-MiniLM-L6-v2 with model.onnx and tokenizer.json")
    parser.add_argument("--to", type=Path, default=FOLDER)
    parser.add_argument("--cloud", choices=CLOUDS, action="append")
    given = parser.parse_args(arguments)
    try:
        model = TextModel(given.model)
    except NoModel as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for cloud in given.cloud or CLOUDS:
        try:
            commands = load_commands(cloud)
        except CommandsMissing as error:
            sys.stderr.write(f"{cloud} is left out: {error}\n")
            continue
        write(given.to / f"{cloud}.npz", packed(make(cloud, commands, model.embed)))
        sys.stderr.write(f"{cloud}: {len(commands)} vectors.\n")
    return 0


def write(path: Path, data: bytes) -> None:
    """At once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
