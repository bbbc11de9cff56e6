from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from ai_server.knowledge.commands.loading import load_commands
from ai_server.knowledge.playbook import CLOUDS
from ai_server.knowledge.search.model import NoModel, TextModel
from ai_server.knowledge.search.opening import open_index
from ai_server.knowledge.search.vector_files import FOLDER, load_vectors
from engine.meaning.embedding import find_model
from engine.settings import EstateSettings
from tests.engine.meaning.weights import needs_weights


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def folder(tmp_path_factory):
    place = await find_model(EstateSettings(key="file"), tmp_path_factory.mktemp("models"))
    return Path(place.folder)


@needs_weights
def test_it_gives_what_fastembed_gives(folder):
    from fastembed import TextEmbedding

    texts = ["stop all instances", "delete a key pair", "list virtual machines " * 200]
    peer = TextEmbedding("sentence-transformers/all-MiniLM-L6-v2", specific_model_path=str(folder), threads=1)
    # fastembed cuts a text after 128 tokens or 256, by its tokenizer's own file; the short ones must be the same.
    for ours, theirs in zip(TextModel(folder).embed(texts[:2]), peer.embed(texts[:2], batch_size=1), strict=True):
        assert float(ours @ theirs) > 0.9999
    long = TextModel(folder).embed(texts)[2]
    assert np.isclose(np.linalg.norm(long), 1, atol=1e-5)
    assert TextModel(folder).embed([]).shape == (0, 384)


@needs_weights
def test_the_committed_vectors_fit_packs_and_model(folder):
    index, notes = open_index(folder)
    assert notes == ()
    assert index.by_meaning == CLOUDS
    assert index.find("list my kubernetes clusters", "azure")[0].command.operation == "az aks list"


def test_the_committed_vectors_are_of_these_packs_and_small():
    for cloud in CLOUDS:
        load_vectors(cloud).check(load_commands(cloud))
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 8_000_000


def test_a_folder_without_a_model(tmp_path):
    with pytest.raises(NoModel, match=r"There is no model\.onnx"):
        TextModel(tmp_path)


@needs_weights
def test_a_broken_model_is_named(tmp_path, folder):
    (tmp_path / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(NoModel, match="cannot be loaded as an ONNX model"):
        TextModel(tmp_path)
