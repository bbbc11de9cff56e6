"""The figures that search must keep, by words alone, on the given examples (they are in-sample; the benchmark has the honest ones)."""

from __future__ import annotations

import pytest

from ai_server.knowledge.commands.loading import load_commands
from ai_server.knowledge.search.index import CommandIndex
from ai_server.knowledge.search.learned import load_learned
from tests.benchmarks.knowledge_learning import SHARED, read_cases


@pytest.mark.peer
@pytest.mark.parametrize(
    ("cloud", "known", "first", "five"), [("aws", False, 0.68, 0.86), ("aws", True, 0.82, 0.94), ("azure", False, 0.66, 0.86)]
)
def test_commands_are_found(cloud, known, first, five):
    if not SHARED.is_dir():
        pytest.skip("the given examples of commands are not beside this checkout")
    commands = load_commands(cloud)
    index, ranks = CommandIndex.build(commands, load_learned()), []
    # Every fourth: the whole takes a minute.
    for case in read_cases(cloud, commands)[::4]:
        hits = [hit.command for hit in index.find(case.text, cloud, case.service if known else None, 5, operations_only=True)]
        ranks.append(next((place for place, one in enumerate(hits) if one is commands[case.place]), 99))
    assert sum(rank == 0 for rank in ranks) / len(ranks) >= first
    assert sum(rank < 5 for rank in ranks) / len(ranks) >= five
