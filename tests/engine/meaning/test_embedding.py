"""The embedding model, made from the published weights and used by the estate; and what happens without it."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import numpy as np
import pytest

from engine.estate.estate import Estate
from engine.estate.memory import MemoryEstate
from engine.estate.where import Compare, is_
from engine.meaning.embedding import CONVERTED, MINILM, ModelMissing, find_model
from engine.meaning.model import Model
from engine.meaning.model_conversion import NotTheWeights, main, read_weights
from engine.meaning.rotation import rotation
from engine.secrets.derive import Keys
from engine.settings import EstateSettings
from tests.engine.estate.samples import ALL, BUCKET, LEDGER, VM, parts
from tests.engine.meaning.weights import needs_weights

KEYS = Keys(bytes(range(32)))


SETTINGS = EstateSettings(key="file")


@needs_weights
async def test_the_model_is_made_once(cache):
    place = await find_model(SETTINGS, cache)
    assert place.fingerprint == CONVERTED
    model = Path(place.folder) / "model.onnx"
    assert 20e6 < model.stat().st_size < 26e6
    made = model.stat().st_mtime_ns
    assert await find_model(SETTINGS, cache) == place
    assert model.stat().st_mtime_ns == made
    assert [p.name for p in Path(place.folder).parent.iterdir()] == [CONVERTED]


@needs_weights
async def test_meaning_finds_kinds_of_things_and_respects_conditions(cache, tmp_path):
    estate = await Estate.open(tmp_path, KEYS, SETTINGS, cache=cache)
    try:
        for part in parts(*ALL):
            await estate.take_in(part)
        await estate.settle()
        assert estate.meaning_away() == ""
        assert (await estate.by_meaning("postgres database of the ledger", limit=1))[0].resource == LEDGER
        assert (await estate.by_meaning("storage bucket on google", limit=1))[0].resource == BUCKET
        assert (await estate.by_meaning("a virtual machine at microsoft", limit=1))[0].resource == VM
        gold = await estate.by_meaning("anything", where=is_("tag", "tier=gold"))
        assert [match.resource for match in gold] == [LEDGER]
        idle = await estate.by_meaning("servers", where=Compare("metrics.cpu_avg_7d", "<", 5))
        assert {match.resource.name for match in idle} == {"checkout-web-02", "checkout-web-dev"}
        scores = [match.score for match in await estate.by_meaning("virtual machine", limit=6)]
        assert scores == sorted(scores, reverse=True)
        assert len(scores) == 6
        assert all(0 <= score <= 1 for score in scores)
    finally:
        await estate.close()


@needs_weights
async def test_memory_estate_agrees_with_the_real_one_given_the_same_model(cache, tmp_path):
    model = Model(await find_model(SETTINGS, cache), bytes(32))
    estate = await Estate.open(tmp_path, KEYS, SETTINGS, cache=cache)
    try:
        for part in parts(*ALL):
            await estate.take_in(part)
        await estate.settle()
        memory = MemoryEstate(ALL, embedder=model)
        assert memory.meaning_away() == ""
        for text in ("postgres database", "bucket", "azure machine", "something idle in development"):
            ours, theirs = await memory.by_meaning(text, limit=6), await estate.by_meaning(text, limit=6)
            assert ours[0].resource == theirs[0].resource
            for match in ours:
                other = next(m for m in theirs if m.resource == match.resource)
                assert match.score == pytest.approx(other.score, abs=1e-4)
    finally:
        await estate.close()
        await model.close()


@needs_weights
async def test_a_model_that_comes_later_is_used_from_the_next_start_on(cache, tmp_path):
    without = await Estate.open(tmp_path, KEYS, EstateSettings(key="file", embeddings="off"))
    await without.take_in(parts(LEDGER)[0])
    await without.close()
    estate = await Estate.open(tmp_path, KEYS, SETTINGS, cache=cache)
    try:
        assert (await estate.take_in(parts(LEDGER)[0])).unchanged == 1
        await estate.settle()
        assert [match.resource for match in await estate.by_meaning("database")] == [LEDGER]
    finally:
        await estate.close()


@needs_weights
async def test_what_came_while_the_model_was_off_is_found_by_meaning_too(cache, tmp_path):
    off = EstateSettings(key="file", embeddings="off")
    for settings, arrived in ((SETTINGS, LEDGER), (off, BUCKET)):
        estate = await Estate.open(tmp_path, KEYS, settings, cache=cache)
        await estate.take_in(parts(arrived)[0])
        await estate.settle()
        await estate.close()
    estate = await Estate.open(tmp_path, KEYS, SETTINGS, cache=cache)
    try:
        await estate.settle()
        assert {match.resource.id for match in await estate.by_meaning("anything")} == {LEDGER.id, BUCKET.id}
    finally:
        await estate.close()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (EstateSettings(embeddings="off"), "switched off"),
        (EstateSettings(model_dir="/nonexistent/model"), "no ONNX model"),
    ],
)
async def test_a_missing_model_says_why(tmp_path, settings, said):
    with pytest.raises(ModelMissing, match=said):
        await find_model(settings, tmp_path)


async def test_a_model_nobody_knows_leaves_names_and_filters(tmp_path):
    estate = await Estate.open(tmp_path, KEYS, EstateSettings(key="file", embeddings="nobody/no-such-model"))
    try:
        await estate.take_in(parts(LEDGER)[0])
        assert "nobody/no-such-model" in estate.meaning_away()
        async with asyncio.timeout(30):
            while "could not be fetched" not in estate.meaning_away():
                await asyncio.sleep(0.02)
        assert await estate.by_meaning("database") == []
        assert (await estate.by_name("ledger"))[0].resource == LEDGER
    finally:
        await estate.close()


async def test_a_broken_model_leaves_names_and_filters(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.onnx").write_bytes(b"rubbish")
    settings = EstateSettings(key="file", embeddings=MINILM, model_dir=str(tmp_path / "model"))
    estate = await Estate.open(tmp_path, KEYS, settings)
    try:
        await estate.settle()
        assert "cannot be loaded" in estate.meaning_away()
        assert await estate.by_meaning("database") == []
        assert (await estate.take_in(parts(LEDGER)[0])).added == (LEDGER.id,)
        assert (await estate.by_name("ledger"))[0].resource == LEDGER
    finally:
        await estate.close()


async def test_closing_does_not_wait_for_a_model_that_is_being_fetched(tmp_path):
    estate = await Estate.open(tmp_path, KEYS, EstateSettings(key="file", embeddings="nobody/no-such-model"))
    async with asyncio.timeout(5):
        await estate.close()


def test_other_weights_are_not_converted(tmp_path, capsys):
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(NotTheWeights, match="SHA-256"):
        read_weights(tmp_path / "model.safetensors")
    assert main([str(tmp_path), str(tmp_path / "out")]) == 1
    assert "published" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_rotation_keeps_every_cosine_and_is_the_keys_own():
    turn = rotation(bytes(32), 384)
    numbers = np.random.default_rng(1).standard_normal((2, 384)).astype(np.float32)
    before, after = numbers[0] @ numbers[1], (numbers[0] @ turn) @ (numbers[1] @ turn)
    assert math.isclose(before, after, abs_tol=1e-3)
    assert np.allclose(turn @ turn.T, np.eye(384), atol=1e-5)
    assert np.array_equal(turn, rotation(bytes(32), 384))
    assert not np.allclose(turn, rotation(b"\x01" * 32, 384), atol=0.01)
    assert abs(float(numbers[0] @ (numbers[0] @ turn))) < 0.5 * float(numbers[0] @ numbers[0])
