"""What was talked about: threads, open questions, and answers to page through. Pure value."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answers import Answers
from bot.questions import Questions
from bot.threads import Threads


@dataclass(frozen=True, slots=True)
class Memory:
    """One for a conversation; messages and clicks share it."""

    threads: Threads
    questions: Questions
    answers: Answers
