"""Hashes of files: every byte counts, and where a file lies on the disk does not."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store.edge.digests import digest, digests

BLOCK = 1 << 18


def written(path, length, pieces=()):
    """A file of this length with nothing but holes, and these bytes at these places."""
    with path.open("wb") as file:
        file.truncate(length)
        for at, data in pieces:
            file.seek(at)
            file.write(data)
    return path


def test_a_hole_and_zeros_that_were_written_are_the_same(tmp_path):
    pieces = [(5 * BLOCK + 17, b"something")]
    holes = written(tmp_path / "holes", 9 * BLOCK + 3, pieces)
    (tmp_path / "filled").write_bytes(holes.read_bytes())
    assert holes.stat().st_blocks < (tmp_path / "filled").stat().st_blocks
    assert digest(holes) == digest(tmp_path / "filled")


@pytest.mark.parametrize("at", [0, 1, BLOCK - 1, BLOCK, 3 * BLOCK + 7, 9 * BLOCK - 1, 9 * BLOCK + 2])
def test_a_flipped_byte_is_seen_wherever_it_lies(tmp_path, at):
    path = written(tmp_path / "file", 9 * BLOCK + 3, [(3 * BLOCK, b"something")])
    before = digest(path)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    assert digest(path) != before
    written(path, 9 * BLOCK + 3, [(3 * BLOCK, b"something")])
    assert digest(path) == before


def test_what_moved_to_another_block_is_seen(tmp_path):
    one, other = (written(tmp_path / name, 4 * BLOCK, [(at, b"x" * BLOCK)]) for name, at in (("one", 0), ("other", BLOCK)))
    assert digest(one) != digest(other)


@pytest.mark.parametrize("lengths", [(0, 1), (BLOCK, BLOCK + 1), (BLOCK, 2 * BLOCK)])
def test_zeros_more_or_less_are_seen(tmp_path, lengths):
    one, other = (digest(written(tmp_path / str(length), length)) for length in lengths)
    assert one != other


@given(st.binary(max_size=300), st.binary(max_size=300), st.integers(0, 3 * BLOCK))
def test_files_have_the_same_hash_exactly_when_they_have_the_same_bytes(tmp_path_factory, one, other, at):
    folder = tmp_path_factory.mktemp("files")
    files = [written(folder / name, 3 * BLOCK, [(at, data)]) for name, data in (("one", one), ("other", other))]
    assert (digest(files[0]) == digest(files[1])) == (files[0].read_bytes() == files[1].read_bytes())


def test_each_file_of_the_folders_is_there_by_its_path(tmp_path):
    chance = random.Random(1)
    for name in ("a/one", "a/deep/two", "b/three", "c/four"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(chance.randbytes(10))
    found = digests(tmp_path, [tmp_path / "a", tmp_path / "b"])
    assert sorted(found) == ["a/deep/two", "a/one", "b/three"]
    assert found["b/three"] == digest(tmp_path / "b" / "three")
    assert len(set(found.values())) == 3
