"""A busy day: 50 channels, 5,000 messages, 500 of them plans, 20 cut connections; what was answered, and how the bot's memory grew. Edge."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from statistics import median

from bot.measuring import read_lines
from tests.benchmarks.chat_people import BOT, LOGIN, machine
from tests.benchmarks.chat_world import World, world
from tests.benchmarks.estates import folder
from tests.peers.local_slack import eventually

CHANNELS, MESSAGES, PLANS, QUESTIONS, CUTS = 50, 5000, 500, 2000, 20
PARTS = 10
AT_ONCE = 4


async def main() -> None:
    async with world("escher", CHANNELS) as scene:
        scene.proxy.keeps = False
        day, part = texts(random.Random(5)), MESSAGES // PARTS
        began = time.perf_counter()
        mentions: list[str] = []
        pauses: list[float] = []
        memory: list[float] = []
        for start in range(0, MESSAGES, part):
            stamps, away = await said(scene, day[start : start + part], CUTS // PARTS)
            mentions, pauses = mentions + stamps, pauses + away
            await scene.quiet()
            memory.append(scene.child.rss_mb())
        took = time.perf_counter() - began
        made = len(await scene.child.ask("journal", "plan.made"))
        answered = sum(stamp in scene.slack.threads for stamp in mentions)
    print(
        f"busy day: {CHANNELS} channels, {MESSAGES} messages, {len(mentions)} of them to Escher, {made} plans, in {took:.0f} s; {answered} answered"
    )
    print(f"  {len(pauses)} cut connections, back after {median(pauses):.1f} s at the median and {max(pauses):.1f} s at most")
    print(f"  memory after each tenth of the day, MB: {' '.join(f'{one:.0f}' for one in memory)}")
    print(
        f"  growth after the first tenth {grown(memory, 0)}, after the first half, when its bounded memories are full, {grown(memory, PARTS // 2 - 1)}"
    )


def grown(memory: Sequence[float], since: int) -> str:
    return f"{(memory[-1] / memory[since] - 1) * 100:+.1f} %"


def texts(chance: random.Random) -> list[str]:
    """What people write all day, in the order they write it: plans that wait, questions, and words that are not for the bot."""
    cases = read_lines(folder() / "requests.jsonl")
    asked = [case["text"] for case in cases if case["expect"]["outcome"] == "answer" and not case.get("after")]
    day = [f"<@{BOT}> stop {machine(number)}" for number in range(PLANS)]
    day += [f"<@{BOT}> {chance.choice(asked)}" for _ in range(QUESTIONS)]
    day += [f"lunch at {chance.randint(11, 14)}?" for _ in range(MESSAGES - len(day))]
    chance.shuffle(day)
    return day


async def said(scene: World, day: list[str], cuts: int) -> tuple[list[str], list[float]]:
    """Says everything, some at once, with so many cuts in between; the stamps of what was said to the bot, and how long each cut lasted."""
    stamps: list[str] = []
    pauses: list[float] = []
    every = max(1, len(day) // max(1, cuts))
    gate = asyncio.Semaphore(AT_ONCE)

    async def say(number: int, text: str) -> None:
        async with gate:
            stamp = await scene.slack.say(text, user=LOGIN["eve"], channel=scene.slack.channels[number % CHANNELS])
        if BOT in text:
            stamps.append(stamp)

    for start in range(0, len(day), every):
        await asyncio.gather(*(say(number, text) for number, text in enumerate(day[start : start + every], start)))
        if len(pauses) < cuts:
            pauses.append(await cut(scene))
    return stamps, pauses


async def cut(scene: World) -> float:
    """Cuts the connection while answers are on their way; how long until there is another, in seconds."""
    began = time.perf_counter()
    await scene.proxy.cut_sockets()
    await asyncio.sleep(0.01)
    await eventually(scene.connected, 60)
    return time.perf_counter() - began
