"""Opens the index from what is on disk: packs, vectors, what was learned, and a model where one is named. Edge (reads files)."""

from __future__ import annotations

from pathlib import Path

from ai_server.knowledge.commands.loading import load_what_is_there
from ai_server.knowledge.playbook import CLOUDS
from ai_server.knowledge.search.index import CommandIndex
from ai_server.knowledge.search.learned import load_learned
from ai_server.knowledge.search.model import NoModel, TextModel
from ai_server.knowledge.search.vector_files import load_vectors
from ai_server.knowledge.search.vectors import BadVectors, Vectors
from ai_server.wire import CloudName


def open_index(model: Path | None, clouds: tuple[CloudName, ...] = CLOUDS) -> tuple[CommandIndex, tuple[str, ...]]:
    """The index, and a sentence for each thing it does without: a pack, vectors, a model. Raises BadLearning."""
    commands, notes = load_what_is_there()
    wanted = [one for one in commands if one.cloud in clouds]
    found: list[str] = list(notes)
    embedding = _model(model, found)
    vectors: dict[CloudName, Vectors] = {}
    for cloud in clouds if embedding else ():
        try:
            vectors[cloud] = load_vectors(cloud)
        except BadVectors as error:
            found.append(str(error))
    index = CommandIndex.build(wanted, load_learned(), vectors, embedding.embed if embedding else None)
    return index, (*found, *index.notes)


def _model(folder: Path | None, notes: list[str]) -> TextModel | None:
    if folder is None:
        notes.append("No embedding model is named: commands are found by words alone.")
        return None
    try:
        return TextModel(folder)
    except NoModel as error:
        notes.append(str(error))
        return None
