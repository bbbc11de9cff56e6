"""The real model in its own process: the same vectors whatever happens to the process, and nobody waits for long."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from engine.errors import StoreError
from engine.estate.phrase import kind_of
from engine.meaning.embedding import ModelPlace, find_model
from engine.meaning.model import Model
from engine.settings import EstateSettings
from tests.benchmarks.synthetic import estate
from tests.engine.meaning.weights import needs_weights

pytestmark = [needs_weights, pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads /proc")]
ROOT = Path(__file__).parents[3]
KINDS = sorted({kind_of(resource) for resource in estate(600)})
QUESTIONS = (
    "payment database",
    "the machine that sends mail",
    "storage for tax invoices",
    "queues in staging",
    "cache of the hotel booking",
)


@pytest_asyncio.fixture
async def place(cache):
    return await find_model(EstateSettings(key="file"), cache)


@pytest_asyncio.fixture
async def model(place):
    made = Model(place, bytes(32))
    yield made
    await made.close()


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def until(holds):
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.005)


async def test_it_is_loaded_when_first_needed_and_its_vectors_have_length_one(model, place):
    assert model.pid is None
    assert await model.size() == 384
    vectors = np.array(await model.embed(KINDS[:9]))
    assert vectors.shape == (9, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert await model.embed([]) == []
    assert model.fingerprint == place.fingerprint
    assert model.away == ""


async def test_a_text_has_one_vector_whatever_it_is_embedded_with(model):
    together = await model.embed(KINDS[:24])
    assert await model.embed(KINDS[23::-1]) == together[::-1]
    assert await model.query(KINDS[7]) == together[7]


async def test_the_best_ten_are_those_of_the_plain_model(model, place, monkeypatch):
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "1")  # before the library is loaded here
    from fastembed import TextEmbedding

    plain = TextEmbedding(place.name, specific_model_path=place.folder, providers=["CPUExecutionProvider"], threads=1)
    known = np.array(list(plain.embed(KINDS, batch_size=1)))
    turned = np.array(await model.embed(KINDS))
    assert abs(known[0] @ turned[0]) < 0.5, "turned vectors are not the plain ones"
    for question in QUESTIONS:
        (sought,) = plain.embed([question])
        expected = np.argsort(-(known @ sought), kind="stable")[:10]
        assert list(np.argsort(-(turned @ np.array(await model.query(question))), kind="stable")[:10]) == list(expected)


async def test_a_question_does_not_wait_until_all_is_embedded(model):
    await model.size()
    work = asyncio.create_task(model.embed(KINDS))
    for question in QUESTIONS:
        await model.query(question)
    assert not work.done()
    assert len(await work) == len(KINDS)


async def test_what_was_asked_before_is_remembered(model):
    first = await model.query("payment database")
    os.kill(model.pid, signal.SIGKILL)
    assert await model.query("payment database") == first


async def test_a_process_killed_in_the_middle_is_replaced_and_nothing_lacks(model):
    expected = await model.embed(KINDS[:80])
    work = asyncio.create_task(model.embed(KINDS[:80]))
    await asyncio.sleep(0.05)
    first = model.pid
    assert not work.done()
    os.kill(first, signal.SIGKILL)
    assert await work == expected
    assert model.pid != first


async def test_one_that_dies_again_and_again_is_said_and_tried_at_the_next_question(model):
    async def killer():
        while True:
            if model.pid:
                os.kill(model.pid, signal.SIGKILL)
                await until(lambda pid=model.pid: model.pid != pid)
            await asyncio.sleep(0.001)

    killing = asyncio.create_task(killer())
    with pytest.raises(StoreError, match="ended twice"):
        await model.query("payment database")
    killing.cancel()
    await asyncio.wait({killing})
    assert len(await model.query("payment database")) == 384
    assert model.away == ""


@pytest.mark.slow
async def test_one_that_hangs_is_replaced(place):
    model = Model(place, bytes(32), longest_s=5.0)
    try:
        await model.size()
        first = model.pid
        os.kill(first, signal.SIGSTOP)
        assert len(await model.query("payment database")) == 384
        assert gone(first)
    finally:
        await model.close()


async def test_who_stops_waiting_leaves_the_next_answer_right(model):
    expected = await model.embed(["a bucket"])
    pid = model.pid
    for _ in range(5):
        asking = asyncio.create_task(model.query("an answer that nobody waits for"))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert await model.embed(["a bucket"]) == expected
    assert model.pid == pid


async def test_closing_in_the_middle_tells_who_waits_and_ends_the_process(model):
    await model.size()
    pid = model.pid
    work = asyncio.create_task(model.embed(KINDS))
    await asyncio.sleep(0.02)
    await model.close()
    with pytest.raises(StoreError, match="closed"):
        await work
    assert gone(pid)
    with pytest.raises(StoreError, match="closed"):
        await model.query("a bucket")


async def test_a_model_that_cannot_be_loaded_says_why_once_and_for_all(tmp_path):
    (tmp_path / "model.onnx").write_bytes(b"rubbish")
    model = Model(ModelPlace("sentence-transformers/all-MiniLM-L6-v2", str(tmp_path), "", "x"), bytes(32))
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot be loaded"):
            await model.size()
    assert "cannot be loaded" in model.away
    assert model.pid is None
    await model.close()


async def test_it_dies_with_the_engine(place):
    program = (
        "import asyncio, sys\nfrom engine.meaning.embedding import ModelPlace\nfrom engine.meaning.model import Model\n"
        "async def main():\n"
        "    model = Model(ModelPlace(*sys.argv[1:]), bytes(32))\n"
        "    await model.size()\n"
        "    print(model.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    facts = (place.name, place.folder, place.cache, place.fingerprint)
    engine = await asyncio.create_subprocess_exec(sys.executable, "-c", program, *facts, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        pid = int(await engine.stdout.readline())
        assert not gone(pid)
    finally:
        engine.kill()
        await engine.wait()
    await until(lambda: gone(pid))


async def test_it_takes_little_memory_and_no_more_after_much_work(model):
    await model.embed(KINDS)
    assert 50e6 < await model.memory() < 200e6


async def test_it_reports_nothing_to_its_makers_and_sees_no_credentials(model, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret")
    await model.size()
    process = Path(f"/proc/{model.pid}")
    environment = (process / "environ").read_text().split("\0")
    assert "ORT_DISABLE_TELEMETRY=1" in environment
    assert not [entry for entry in environment if "a-secret" in entry]
    opened = [str(file.readlink()) for file in (process / "fd").iterdir() if file.is_symlink()]
    assert not [name for name in opened if "DeveloperTools" in name or "telemetry" in name.lower()]
