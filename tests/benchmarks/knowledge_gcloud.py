"""How well Google's commands are found, by the examples of gcloud's own help: in halves by command, beside plain BM25. Edge (runs gcloud once).

Part of `python -m tests.benchmarks knowledge`; alone `python -m tests.benchmarks.knowledge_gcloud`. Weights for Google are those of AWS and
Azure together: nothing is learned from either half. gcloud's tree is taken from KNOWLEDGE_WORK (as `make knowledge` left it) or made there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.commands.loading import load_commands
from ai_server.knowledge.search.index import CommandIndex
from ai_server.knowledge.search.learned import load_learned
from ai_server.knowledge.search.model import TextModel
from ai_server.knowledge.search.vector_files import load_vectors
from deploy.knowledge.gcloud_examples import Example, examples
from deploy.knowledge.sources import NotRead, tree_of
from tests.benchmarks.knowledge_learning import Case, plain_ranks, shown

WORK = Path(os.environ.get("KNOWLEDGE_WORK", Path.home() / ".cache" / "escher-knowledge"))
GCLOUD = Path(os.environ.get("GCLOUD", "/usr/lib/google-cloud-sdk"))


def measure(model: TextModel | None) -> None:
    """Prints top-1, top-5 and top-10 of both halves; says so where there is no gcloud."""
    try:
        tree: Mapping[str, Any] = json.loads(tree_of(WORK, GCLOUD).read_bytes())
    except NotRead as error:
        print(f"!!! SKIPPED gcp: {error}")
        return
    commands = load_commands("gcp")
    found = [one for one in examples(tree) if one.command in {command.command for command in commands}]
    print(f"gcp: {len(commands)} commands, {len(found)} examples of {len({one.command for one in found})} of them")
    index = CommandIndex.build(commands, load_learned(), {"gcp": load_vectors("gcp")} if model else {}, model.embed if model else None)
    words = CommandIndex.build(commands, load_learned())
    for half in ("first", "second"):
        mine = [one for one in found if one.half == half]
        print(f"  {half} half: {len(mine)} examples")
        print(f"    plain BM25 (name and first sentence)  {shown(plain_ranks(commands, _cases(mine, commands), known=False))}")
        print(f"    by words                              {shown(_ranks(words, mine))}")
        if model:
            print(f"    and meaning                           {shown(_ranks(index, mine))}")


def _cases(mine: Sequence[Example], commands: Sequence[Command]) -> list[Case]:
    places = {command.command: place for place, command in enumerate(commands)}
    return [Case(one.text, "", places[one.command]) for one in mine]


def _ranks(index: CommandIndex, mine: Sequence[Example]) -> Any:
    ranks = []
    for one in mine:
        typed = [hit.command.command for hit in index.find(one.text, "gcp", None, 10)]
        ranks.append(typed.index(one.command) if one.command in typed else 999)
    return np.array(ranks)


if __name__ == "__main__":
    folder = os.environ.get("ESCHER_AI_MODEL_DIR", "")
    measure(TextModel(Path(folder)) if folder else None)
