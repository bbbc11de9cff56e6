"""Opens everything the server knows: playbooks and tables, the commands of three clouds, and the search over them. Edge (reads files)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ai_server.knowledge.grounds import Grounds
from ai_server.knowledge.knowledge import Knowledge
from ai_server.knowledge.loading import load_knowledge
from ai_server.knowledge.search.opening import open_index


def open_knowledge(playbooks: Path | None = None, embedding: Path | None = None) -> tuple[Knowledge, tuple[str, ...]]:
    """The whole knowledge, and a sentence for each part it does without. Raises BadKnowledge when the playbooks cannot be read.

    `embedding` is the folder of a text model: with it commands are found by meaning as well as by words.
    """
    index, lacking = open_index(embedding)
    library = load_knowledge(playbooks)
    grounds = Grounds(library.playbooks, index.commands)
    return replace(library, finder=index, catalogue=index.commands, grounds=grounds), lacking
