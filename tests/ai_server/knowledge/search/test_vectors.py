import numpy as np
import pytest

from ai_server.knowledge.search.corpus import described
from ai_server.knowledge.search.vector_files import load_vectors, packed
from ai_server.knowledge.search.vectors import BadVectors, digest, make
from tests.ai_server.knowledge.search.commands import AWS, WIDTH, embed

VECTORS = make("aws", AWS, embed, 9)


def test_products_stay_close_to_the_cosines():
    exact = embed([described(one) for one in AWS])
    asked = embed(["stop an instance"])[0]
    # Nine texts span nine directions: nothing is lost but the rounding to 8 bits.
    assert np.abs(VECTORS.exact() @ VECTORS.of_question(asked) - exact @ asked).max() < 0.02
    assert VECTORS.rows.dtype == np.int8
    assert np.abs(VECTORS.rows.astype(int)).max() == 127


def test_two_builds_are_byte_identical_and_come_back(tmp_path):
    assert packed(VECTORS) == packed(make("aws", AWS, embed, 9))
    (tmp_path / "aws.npz").write_bytes(packed(VECTORS))
    found = load_vectors("aws", tmp_path)
    assert found.digest == VECTORS.digest
    assert (found.rows == VECTORS.rows).all()
    found.check(AWS)
    found.check_model(AWS, embed)


def test_stale_vectors_are_refused_and_named():
    with pytest.raises(BadVectors, match=r"vectors of aws are of 9 commands, the pack has 8: build them anew"):
        VECTORS.check(AWS[1:])
    with pytest.raises(BadVectors, match="vectors of aws were made from other descriptions"):
        VECTORS.check(tuple(reversed(AWS)))
    assert digest(AWS) != digest(tuple(reversed(AWS)))


def test_another_model_is_refused():
    with pytest.raises(BadVectors, match="made by another model"):
        VECTORS.check_model(AWS, lambda texts: embed([text[::-1] for text in texts]))
    with pytest.raises(BadVectors, match=f"vectors of 3 numbers; those of aws were made from {WIDTH}"):
        VECTORS.check_model(AWS, lambda texts: np.ones((len(texts), 3), dtype=np.float32))
    VECTORS.check_model((), embed)


def test_a_missing_or_broken_file_is_named(tmp_path):
    with pytest.raises(BadVectors, match=r"aws\.npz: No such file"):
        load_vectors("aws", tmp_path)
    for content in (b"", b"nothing of the kind", packed(VECTORS)[:200]):
        (tmp_path / "aws.npz").write_bytes(content)
        with pytest.raises(BadVectors, match=r"aws\.npz holds no vectors|aws\.npz: "):
            load_vectors("aws", tmp_path)
