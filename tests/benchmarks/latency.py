"""Message → plan card: the time from a message's arrival to its card, with the real estate and the AI server as a process."""

from __future__ import annotations

import time
from statistics import median

from bot.measuring import read_lines, read_resources
from bot.platforms.platform import Place
from tests.benchmarks.estates import folder
from tests.benchmarks.opened import EXECUTOR, bot

ROUNDS = 5


async def main() -> None:
    resources = read_resources(folder() / "estate.ndjson")
    messages = [
        case["text"] for case in read_lines(folder() / "requests.jsonl") if case["expect"]["outcome"] == "plan" and not case.get("after")
    ]
    async with bot(resources) as app:
        await app.conversation.answer(EXECUTOR, Place("bench", "warm", "up"), messages[0])
        took = []
        for number, message in enumerate(messages * ROUNDS):
            began = time.perf_counter()
            spoken = await app.conversation.answer(EXECUTOR, Place("bench", "bench", str(number)), message)
            if spoken.outcome == "plan":
                took.append((time.perf_counter() - began) * 1000)
    took.sort()
    print(
        f"message → plan card over {len(resources)} resources, {len(took)} plans: p50 {median(took):.0f} ms, p95 {took[int(len(took) * 0.95)]:.0f} ms, max {took[-1]:.0f} ms (at least: p95 150 ms)"
    )
