"""What a thread remembers, and that the memory ends."""

from __future__ import annotations

from bot.platforms.platform import Place
from bot.threads import MOST_THREADS, MOST_TURNS, Question, Thread, Threads


def place(number: int) -> Place:
    return Place("web", "general", f"m{number}")


def test_a_thread_is_the_same_one_each_time():
    threads = Threads()
    threads.at(place(1)).targets = ("a",)
    assert threads.at(place(1)).targets == ("a",)
    assert threads.at(place(2)).targets == ()


def test_the_longest_silent_thread_is_forgotten():
    threads = Threads()
    for number in range(MOST_THREADS):
        threads.at(place(number)).targets = (str(number),)
    threads.at(place(0))
    threads.at(place(-1))
    assert threads.at(place(0)).targets == ("0",), "it spoke just now"
    assert threads.at(place(1)).targets == (), "it was silent longest"


def test_only_the_last_turns_are_kept():
    thread = Thread()
    for number in range(MOST_TURNS + 3):
        thread.said("person", str(number))
    assert [text for _, text in thread.turns] == [str(number) for number in range(3, MOST_TURNS + 3)]


def test_an_open_question_is_found_by_its_id():
    threads = Threads()
    question = Question("question-1", (), ("a",), "stop it", "stop it")
    threads.at(place(1)).question = question
    threads.at(place(2))
    assert threads.asked("question-1") == (place(1), question)
    assert threads.asked("question-2") is None
    threads.at(place(1)).question = None
    assert threads.asked("question-1") is None
    assert threads.asked("") is None
