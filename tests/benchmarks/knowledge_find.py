"""How well commands are found: top-1 and top-5 beside plain BM25, cross-validated and in-sample; time and memory. Edge (reads ../shared).

python -m tests.benchmarks knowledge; `python -m tests.benchmarks.knowledge_find --learn` writes what was learned beside the search.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.commands.loading import load_commands
from ai_server.knowledge.playbook import CLOUDS
from ai_server.knowledge.search.cloud_index import CloudIndex, Knowing
from ai_server.knowledge.search.features import FEATURES
from ai_server.knowledge.search.index import CommandIndex
from ai_server.knowledge.search.learned import BESIDE, load_learned
from ai_server.knowledge.search.model import TextModel
from ai_server.knowledge.search.vector_files import FOLDER, load_vectors
from ai_server.wire import CloudName
from tests.benchmarks import knowledge_gcloud
from tests.benchmarks.knowledge_learning import (
    SHARED,
    Case,
    Examples,
    as_table,
    crossed,
    gather,
    learn,
    observe,
    plain_ranks,
    ranks,
    read_cases,
    shown,
)

MODEL_VARIABLE = "ESCHER_AI_MODEL_DIR"
EXAMPLES: tuple[CloudName, ...] = ("aws", "azure")
_HEAD = """# Weights of the features in ai_server/knowledge/search/features.py, and which verb of a command people meant by theirs (stems; how often).
# Learned from the development half of the CLIs' own examples by `python -m tests.benchmarks.knowledge_find --learn`: Newton's method on the
# likelihood of the right command among the candidates, a ridge of 0.001 on standardised features, each command's own examples left out.
# GCP has no examples: its weights are those of AWS and Azure learned together, its verbs both of theirs. Written by that program; do not edit.
"""


async def main() -> None:
    """Prints the figures; says so where the examples or the model are not there."""
    model = _model()
    for cloud in EXAMPLES:
        if not (SHARED / f"{cloud}.jsonl.gz").exists():
            print(f"!!! SKIPPED: no {SHARED / cloud}.jsonl.gz")
            continue
        _quality(cloud, model)
    knowledge_gcloud.measure(model)
    _cost(model)


def _model() -> TextModel | None:
    folder = os.environ.get(MODEL_VARIABLE, "")
    if not folder:
        print(f"{MODEL_VARIABLE} is not set: by words alone")
        return None
    return TextModel(Path(folder))


def _quality(cloud: CloudName, model: TextModel | None) -> None:
    commands = load_commands(cloud)
    cases = read_cases(cloud, commands)
    vectors = model.embed([case.text for case in cases]) if model else None
    index = _index(cloud, commands, with_vectors=model is not None)
    print(
        f"{cloud}: {len(commands)} commands, {len(cases)} cases, {sum(case.place < 0 for case in cases)} of them of commands not in the pack"
    )
    for known in (False, True) if cloud == "aws" else (False,):
        print(f"  {'service known' if known else 'text only'}")
        print(f"    plain BM25 (name and first sentence)  {shown(plain_ranks(commands, cases, known=known))}")
        given = gather(index, cases, vectors, known=known)
        words = Examples(given.places, given.values[:, : len(FEATURES) - 1], given.right, given.sizes)
        operations, services = [case.place for case in cases], [commands[case.place].service for case in cases]
        print(f"    by words, folds by operation          {shown(crossed(words, operations)[0])}")
        if model:
            print(f"    and meaning, folds by operation       {shown(crossed(given, operations)[0])}")
            print(f"    and meaning, folds by service         {shown(crossed(given, services)[0])}")
        unpopular = FEATURES.index("popularity")
        without = Examples(given.places, np.delete(given.values, unpopular, axis=1), given.right, given.sizes)
        print(f"    the same without popularity           {shown(crossed(without, operations)[0])}")
        print(f"    weights learned on all, own examples left out {shown(ranks(given, learn(given))[0])}")
        _calibration(given, operations)
    _shipped(cloud, commands, cases, model)


def _shipped(cloud: CloudName, commands: Sequence[Command], cases: Sequence[Case], model: TextModel | None) -> None:
    """As `--cases` does it: what was shipped, which has seen these examples."""
    index = _whole(cloud, commands, model)
    for known in (False, True) if cloud == "aws" else (False,):
        found = []
        for case in cases:
            hits = index.find(case.text, cloud, case.service if known else None, 10, operations_only=True)
            places = [hit.command.operation for hit in hits]
            right = commands[case.place].operation if case.place >= 0 else ""
            found.append(places.index(right) if right in places else 999)
        print(f"    as shipped (in-sample){', service known' if known else ''}: {shown(np.array(found))}")


def _whole(cloud: CloudName, commands: Sequence[Command], model: TextModel | None) -> CommandIndex:
    vectors = {cloud: load_vectors(cloud)} if model else {}
    index = CommandIndex.build(commands, load_learned(), vectors, model.embed if model else None)
    for note in index.notes:
        print(f"  !!! {note}")
    return index


def _index(cloud: CloudName, commands: Sequence[Command], *, with_vectors: bool) -> CloudIndex:
    nothing = dict.fromkeys(FEATURES, 0.0)
    vectors = load_vectors(cloud) if with_vectors else None
    if vectors:
        vectors.check(commands)
    return CloudIndex(commands, Knowing(nothing, nothing, {}, load_learned().titles(cloud), nouns=load_learned().nouns(cloud)), vectors)


def _calibration(given: Examples, operations: Sequence[int]) -> None:
    found, sure = crossed(given, operations)
    rows = []
    for low, high in ((0.0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.01)):
        inside = (sure >= low) & (sure < high)
        if inside.any():
            rows.append(f"{sure[inside].mean():.2f}/{(found[inside] == 0).mean():.2f}")
    print(f"    margin said / right: {'  '.join(rows)}")


def _cost(model: TextModel | None) -> None:
    everything = [one for cloud in _packed() for one in load_commands(cloud)]
    learned, before = load_learned(), _resident()
    for name, embed in (("by words", None), ("by words and meaning", model.embed if model else None)):
        if name != "by words" and embed is None:
            continue
        began = time.perf_counter()
        vectors = {cloud: load_vectors(cloud) for cloud in _packed()} if embed else {}
        index = CommandIndex.build(everything, learned, vectors, embed)
        built, after = time.perf_counter() - began, _resident()
        texts = [case.text for cloud in EXAMPLES for case in read_cases(cloud, ())[:150]]
        spent = []
        for text in texts:
            began = time.perf_counter()
            index.find(text, "aws")
            spent.append(1000 * (time.perf_counter() - began))
        middle, high = np.percentile(spent, [50, 95])
        print(
            f"{name}: {len(everything)} commands built in {built:.2f} s; AWS question p50 {middle:.1f} p95 {high:.1f} ms; +{after - before:.0f} MiB"
        )
    print(f"vectors on disk: {sum(path.stat().st_size for path in FOLDER.glob('*.npz')) / 2**20:.1f} MiB")


def _packed() -> list[CloudName]:
    return [cloud for cloud in CLOUDS if (FOLDER / f"{cloud}.npz").exists()]


def _resident() -> float:
    """MiB of this process."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def relearn() -> None:
    """Writes `learned.yaml` anew, and the counts of `services.yaml`. Needs the model, the vectors and ../shared."""
    model = _model()
    if model is None:
        raise SystemExit(2)
    services = yaml.safe_load((BESIDE / "services.yaml").read_text(encoding="utf-8"))
    gathered: dict[str, Examples] = {}
    verbs: dict[str, dict[str, dict[str, int]]] = {}
    for cloud in EXAMPLES:
        commands = load_commands(cloud)
        nothing = dict.fromkeys(FEATURES, 0.0)
        titles = {name: one.get("title", "") for name, one in services.get(cloud, {}).items()}
        nouns = {name: tuple(one.get("nouns", ())) for name, one in services.get(cloud, {}).items()}
        index = CloudIndex(commands, Knowing(nothing, nothing, {}, titles, nouns=nouns), load_vectors(cloud))
        cases = read_cases(cloud, commands)
        gathered[cloud] = gather(index, cases, model.embed([case.text for case in cases]), known=False)
        seen = observe(index, cases)
        verbs[cloud] = {verb: dict(sorted(meant.items())) for verb, meant in sorted(seen.meant.items()) if meant.total() > 1}
        for name in index.corpus.service_names:
            if count := seen.illustrated[name]:
                services.setdefault(cloud, {}).setdefault(name, {})["illustrated"] = count
    gathered["gcp"] = _together(gathered["aws"], gathered["azure"])
    verbs["gcp"] = _added(verbs["aws"], verbs["azure"])
    weights = {
        cloud: {"with_meaning": as_table(learn(one)), "words_alone": as_table(learn(_words(one)))} for cloud, one in gathered.items()
    }
    _write("learned.yaml", _HEAD, {"weights": weights, "verbs": verbs})
    head = (
        "# Services: what their providers call them, for how many of their commands the development half of the CLIs' examples has one, and by which\n"
        "# plain nouns people mean their things (chosen by hand, from what the services are; not from any example).\n"
    )
    _write("services.yaml", head, {cloud: dict(sorted(rows.items())) for cloud, rows in services.items()})


def _words(given: Examples) -> Examples:
    return Examples(given.places, given.values[:, : len(FEATURES) - 1], given.right, given.sizes)


def _together(one: Examples, two: Examples) -> Examples:
    return Examples(
        np.concatenate([one.places, two.places]),
        np.concatenate([one.values, two.values]),
        np.concatenate([one.right, two.right]),
        np.concatenate([one.sizes, two.sizes]),
    )


def _added(one: dict[str, dict[str, int]], two: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {
        verb: {
            name: one.get(verb, {}).get(name, 0) + two.get(verb, {}).get(name, 0)
            for name in sorted({*one.get(verb, {}), *two.get(verb, {})})
        }
        for verb in sorted({*one, *two})
    }


def _write(name: str, head: str, content: dict[str, Any]) -> None:
    text = yaml.safe_dump(content, sort_keys=False, width=140, default_flow_style=None)
    (BESIDE / name).write_text(head + text, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--learn"]:
        raise SystemExit("python -m tests.benchmarks.knowledge_find --learn")
    relearn()
