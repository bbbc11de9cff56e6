"""Whatever the bot writes, nobody reads a name, an id, an account, a tag, an address or a message in it without the key."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.conversation import Conversation
from bot.platforms.platform import Message, Place
from engine.clock import FakeClock
from engine.collections.executed_operations import Sought
from engine.collections.user_playbooks import Written
from engine.estate.resource import Gap, GapReason
from engine.meaning.embedding import find_model
from engine.settings import EstateSettings, Person, parse
from engine.wiring import Parts, open_engine
from tests.engine.execution.samples import database, vm
from tests.engine.meaning.weights import needs_weights
from tests.scenarios.readable import dense, files, readable
from tests.scenarios.stage import Recorder, fake_clouds

ACCOUNT = {"account": "918273645546", "account_name": "wombatworks-main", "region": "eu-quoll-7"}
WEB = vm(
    "quokkabird-web-1",
    id="arn:aws:ec2:eu-quoll-7:918273645546:instance/i-0dingo77",
    tags={"env": "dev", "numbatkey": "bilbyvalue"},
    properties={"instance_id": "i-0dingo77", "instance_type": "t3.large", "private_ip": "10.77.143.29"},
    **ACCOUNT,
)
LEDGER = database(
    "echidnaledger",
    id="arn:aws:rds:eu-quoll-7:918273645546:db:echidnaledger",
    tags={"env": "dev"},
    properties={"engine": "postgres", "instance_class": "db.t3.large", "endpoint": "203.0.113.177"},
    **ACCOUNT,
)
ZEPHYR = Person(id="zephyrina", name="Zephyrina Kookaburra", roles=("executor", "manager"), logins={"web": "zephyrlogin"})
PLACE = Place("web", "cassowaryroom", "thread-lorikeet")
# Nothing of what follows may be read anywhere. Each stands somewhere in what is written below.
SECRET = (
    "quokkabird", "0dingo77", "918273645546", "wombatworks", "eu-quoll-7", "numbatkey", "bilbyvalue", "10.77.143.29", "203.0.113.177",
    "echidnaledger", "zephyrina", "Kookaburra", "zephyrlogin", "cassowaryroom", "lorikeet", "galahquestion", "pademelonscript", "wallabyreport",
    "taipandetail", "StopInstances", "nobody may read", "Überraschung",
)  # fmt: skip


async def lived(home: Path, advisor_url: str, meaning: Mapping[str, str] = MappingProxyType({"embeddings": "off"})) -> set[str]:
    """A day of a bot with a real estate and a real journal; gives what is readable while it runs, and checks that all of it happened."""
    settings = parse(
        {
            "advisor": {"url": advisor_url, "timeout_s": 5},
            "estate": {"key": "file", **meaning},
            "execution": {"poll_s": 0.01, "step_timeout_s": 5},
        },
        source="test",
    ).model_copy(update={"people": (ZEPHYR,)})
    clock = FakeClock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    clouds = fake_clouds((WEB, LEDGER))
    engine = await open_engine(home, settings, {}, Parts(clouds=clouds, clock=clock))
    try:
        await engine.sweeper.sweep()
        await engine.estate.note_gap(
            Gap("aws", "918273645546", "wombatworks-main", "eu-quoll-7", "disk", GapReason.DENIED, "ec2:X", "taipandetail")
        )
        conversation = Conversation(engine)
        conversation.add(Recorder())
        for number, text in enumerate(("stop quokkabird-web-1", "galahquestion nobody may read, Überraschung", "show echidnaledger")):
            await conversation.received(Message(f"m{number}", PLACE, "zephyrlogin", text))
            await conversation.settled()
        await engine.sweeper.sweep()
        await engine.library.playbooks.save(Written("pademelonscript", "zephyrina", "echo pademelonscript quokkabird", "Kookaburra"))
        await engine.library.reports.make("morning", "wallabyreport", {"idle": ["echidnaledger"]})
        await engine.library.catch_up()
        assert [one.text for one in await engine.library.chat.search("galahquestion")] == ["galahquestion nobody may read, Überraschung"]
        assert [run.outcome for run in await engine.library.operations.runs(Sought(resource="quokkabird-web-1"))] == ["done"]
        assert [event.aspect for event in await engine.library.events.latest()][-1] == "first seen"
        assert len(await engine.library.reports.latest()) == len(await engine.library.playbooks.latest()) == 1
        if "model_dir" in meaning:
            await engine.estate.settle()
            assert [match.resource.id for match in await engine.estate.by_meaning("postgres database")][:1] == [LEDGER.id]
        return set(readable(home, SECRET))
    finally:
        await engine.close()


async def test_nothing_can_be_read_in_any_byte_that_was_written(tmp_path, advisor_url):
    assert await lived(tmp_path, advisor_url) == set()
    assert readable(tmp_path, SECRET) == []
    written = {str(path.relative_to(tmp_path)): len(dense(path)) for path in files(tmp_path)}
    assert {name.partition("/")[0] for name in written} == {"data.key", "data.key.lock", "estate", "journal", "key", "library"}
    assert {"data.key", "estate/files", "estate/gaps", "estate/inventory", "estate/manifest.json", "journal/head"} <= set(written)
    folders = {name.split("/")[1].partition("-")[0] for name in written if name.count("/") > 1}
    assert folders >= {"cloud_estate", "chat_history", "executed_operations", "immutable_reports", "alerts_events", "user_playbooks"}
    assert sum(written.values()) > 100_000


@needs_weights
async def test_nor_in_what_is_found_by_meaning(tmp_path, advisor_url):
    model = await find_model(EstateSettings(), tmp_path / "models")
    assert await lived(tmp_path / "home", advisor_url, {"model_dir": model.folder}) == set()
    assert readable(tmp_path / "home", SECRET) == []
    vectors = [path for path in files(tmp_path / "home") if "cloud_estate_kinds-" in str(path) and "vector_storage" in str(path)]
    assert any(any(dense(path)) for path in vectors), "and there are vectors"


PLAIN = b"a quokkabird sings"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.upper(),
        "a quokkabird sings".encode("utf-16-le"),
        "A QuokkaBird sings".encode("utf-16-be"),
        PLAIN.hex().encode(),
        PLAIN.hex().upper().encode(),
        *(base64.b64encode(bytes(range(shift)) + PLAIN) for shift in range(3)),
        *(base64.urlsafe_b64encode(b"\xff" * shift + PLAIN) for shift in range(3)),
    ],
)
def test_the_search_finds_a_word_however_it_stands(tmp_path, content):
    (tmp_path / "deep").mkdir()
    with (tmp_path / "deep" / "file").open("wb") as file:
        file.seek(1 << 20)
        file.write(content)
        file.truncate(1 << 22)
    assert readable(tmp_path, SECRET)
    assert all("quokkabird" in sentence for sentence in readable(tmp_path, SECRET))


def test_the_search_looks_at_names_too(tmp_path):
    (tmp_path / "chat-quokkabird").write_bytes(b"")
    assert len(readable(tmp_path, SECRET)) == 1
