"""What the bot remembers of deliveries, posts and answers: across restarts, and never without bound."""

import pytest

from bot import answers, deliveries, posts
from bot.answers import Answer, Answers
from bot.deliveries import Deliveries, Said
from bot.platforms.platform import Click, Message, Place
from bot.posts import JournalPosts
from engine.clock import SystemClock
from engine.journal.journal import Journal

HERE = Place("slack", "C1", "17.1")
KEY = bytes(32)


@pytest.fixture
async def journal(tmp_path):
    opened = await Journal.open(tmp_path / "journal", KEY, SystemClock())
    yield opened
    await opened.close()


def message(delivery: str, text: str = "hello", **more: str) -> Message:
    return Message(delivery, HERE, "T1/U1", text, **more)


async def test_posts_are_found_again_after_a_restart(journal):
    first = JournalPosts(journal, SystemClock())
    await first.keep(HERE, "plan-1", "C1:18.0")
    await first.keep(Place("teams", "19:x", "-"), "plan-1", "a1")
    await first.keep(HERE, "plan-1", "C1:19.0")
    again = JournalPosts(journal, SystemClock())
    assert again.find(HERE, "plan-1") == "C1:19.0"
    assert [place.platform for place in again.places("plan-1")] == ["slack", "teams"]
    assert again.find(HERE, "plan-2") == ""


async def test_what_a_platform_notes_for_itself_is_never_forgotten(journal, monkeypatch):
    monkeypatch.setattr(posts, "REMEMBERED", 2)
    kept = JournalPosts(journal, SystemClock())
    await kept.keep(HERE, "conversation", "{}")
    for number in range(5):
        await kept.keep(HERE, f"plan-{number}", "x")
    assert kept.find(HERE, "conversation") == "{}"
    assert JournalPosts(journal, SystemClock()).find(HERE, "conversation") == "{}"
    assert kept.find(HERE, "plan-0") == ""


async def test_keeping_the_same_again_writes_nothing(journal):
    kept = JournalPosts(journal, SystemClock())
    await kept.keep(HERE, "plan-1", "C1:18.0")
    before = journal.last
    await kept.keep(HERE, "plan-1", "C1:18.0")
    assert journal.last == before


async def test_a_journal_that_takes_nothing_does_not_stop_the_card(journal):
    kept = JournalPosts(journal, SystemClock())
    await journal.close()
    await kept.keep(HERE, "plan-1", "C1:18.0")
    assert kept.find(HERE, "plan-1") == "C1:18.0"


async def test_memory_is_bounded(journal, monkeypatch):
    monkeypatch.setattr(posts, "REMEMBERED", 5)
    monkeypatch.setattr(deliveries, "REMEMBERED", 5)
    monkeypatch.setattr(answers, "MOST_ANSWERS", 5)
    kept, known, listed = JournalPosts(journal, SystemClock()), Deliveries(journal, SystemClock()), Answers()
    for number in range(20):
        await kept.keep(HERE, f"plan-{number}", "x")
        assert await known.message(message(f"Ev{number}", about=f"C1:{number}"))
        listed.keep(f"answer-{number}", Answer("t", ()))
    assert [bool(kept.places(f"plan-{number}")) for number in (0, 14, 15, 19)] == [False, False, True, True]
    assert listed.find("answer-0") is None
    assert listed.find("answer-19") is not None
    assert not await known.message(message("Ev19"))


async def test_of_two_deliveries_at_once_one_is_taken(journal):
    known = Deliveries(journal, SystemClock())
    taken = [await known.click(Click("k1", HERE, "T1/U1", "undo", "run-1")) for _ in range(3)]
    assert taken == [True, False, False]


async def test_a_message_without_an_answer_is_left_open_and_told_once(journal):
    known = Deliveries(journal, SystemClock())
    long_ago = SystemClock().now().replace(year=2020)
    assert await known.message(message("Ev1", "stop web-1"))
    assert await known.message(message("Ev2", "help"))
    await known.answered(message("Ev2"), Said("chat"))
    again = Deliveries(journal, SystemClock())
    assert list(again.unanswered(long_ago)) == [(HERE, "stop web-1")]
    assert list(again.unanswered(long_ago)) == []
