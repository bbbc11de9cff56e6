"""What was said: in order, found by what it says, and never by what it does not."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.collections.words import fit, words
from tests.engine.collections.stage import START, answered, journal, library, received, told

THREADS = ("t1", "t2")
SAID = st.lists(st.tuples(st.sampled_from(THREADS), st.sampled_from(("eve", "mona")), st.text("abc xyz", max_size=12)), max_size=15)
SLOW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def talk(said):
    kept = journal()
    told(kept, *(received(text, person=person, thread=thread, number=n) for n, (thread, person, text) in enumerate(said)))
    return kept


@SLOW
@given(SAID, st.integers(1, 6))
def test_the_last_messages_of_a_thread_come_in_order(said, count):
    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with library(Path(folder), talk(said)) as made:
                for thread in THREADS:
                    spoken = [text for where, _, text in said if where == thread]
                    assert [one.text for one in await made.chat.last(f"web/general/{thread}", count)] == spoken[-count:]

    asyncio.run(check())


@SLOW
@given(SAID, st.text("abcxyz ", max_size=10), st.sampled_from(("", "eve")))
def test_a_search_finds_all_that_says_it_and_nothing_that_was_not_said(said, asked, person):
    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with library(Path(folder), talk(said)) as made:
                found = await made.chat.search(asked, person=person, limit=50)
        wanted = words(asked)
        assert all(fit(wanted, words(one.text)) > 0 for one in found)
        assert all(person in ("", one.by) for one in found)
        assert len({one.key for one in found}) == len(found)
        whole = [n for n, (_, by, text) in enumerate(said) if wanted and person in ("", by) and set(wanted) <= set(words(text))]
        assert [one.sequence - 1 for one in found[: len(whole)]] == whole[::-1]

    asyncio.run(check())


async def test_answers_stand_beside_what_was_asked_in_order(tmp_path):
    kept = journal()
    told(kept, received("stop mailer-web-1"), answered("This would stop one instance.", "It waits for a manager.", number=1, plan="plan-1"))
    told(kept, ("answer.told", {"chat": "0192e4a0-0000-7000-8000-000000000001", "platform": "web", "channel": "general", "thread": "t1",
                                "text": "Stopped.", "plan": "plan-1"}))  # fmt: skip
    async with library(tmp_path, kept) as made:
        last = await made.chat.last("web/general/t1", 10)
        assert [(one.by, one.text, one.plan) for one in last] == [
            ("eve", "stop mailer-web-1", ""),
            ("escher", "This would stop one instance.", "plan-1"),
            ("escher", "It waits for a manager.", "plan-1"),
            ("escher", "Stopped.", "plan-1"),
        ]
        assert [one.key for one in last] == [*sorted(one.key for one in last[:3]), last[3].key]


async def test_a_search_takes_slips_and_keeps_to_person_thread_and_time(tmp_path):
    kept = journal()
    told(kept, received("please stop the checkout database", number=0), received("checkout is slow", person="mona", thread="t2", number=1))
    async with library(tmp_path, kept) as made:
        assert [one.by for one in await made.chat.search("checkuot")] == ["mona", "eve"]
        assert [one.by for one in await made.chat.search("checkout", person="eve")] == ["eve"]
        assert [one.by for one in await made.chat.search("checkout", thread="web/general/t2")] == ["mona"]
        assert [one.by for one in await made.chat.search("checkout", since=START + timedelta(seconds=90))] == ["mona"]
        assert await made.chat.search("payroll") == []
        assert await made.chat.search("  ") == []


async def test_other_scripts_are_found_by_their_words(tmp_path):
    kept = journal()
    told(kept, received("останови базу"), received("停止 数据库", number=1))
    async with library(tmp_path, kept) as made:
        assert [one.text for one in await made.chat.search("БАЗУ")] == ["останови базу"]
        assert [one.text for one in await made.chat.search("数据库")] == ["停止 数据库"]


async def test_messages_from_before_there_were_ids_get_the_same_one_each_time(tmp_path):
    kept = journal()
    kind, body = received("an old one")
    told(kept, (kind, {name: value for name, value in body.items() if name not in ("chat", "person")}))
    told(kept, ("message.answered", {"id": "m0", "platform": "web", "about": "", "outcome": "chat", "plan": ""}))
    async with library(tmp_path, kept) as made:
        (first,) = await made.chat.last("web/general/t1", 5)
        assert first.by == "eve"
        await made.rebuild()
        assert await made.chat.last("web/general/t1", 5) == [first]
        assert (await made.status()).strange == 0
