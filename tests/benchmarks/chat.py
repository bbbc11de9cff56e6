"""`make bench-chat`: Escher on Slack over local-slack (at LOCAL_SLACK), beside a bare slack-bolt app that only says ok, in the same run.

Acknowledgements, plan cards and approvals are timed; a storm of deliveries and clicks is counted; a busy day is lived through.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from statistics import median

from bot.measuring import read_lines
from tests.benchmarks import chat_day, chat_storm
from tests.benchmarks.chat_cards import card_of
from tests.benchmarks.chat_people import BOT, LOGIN, machine
from tests.benchmarks.chat_world import World, world
from tests.benchmarks.estates import folder
from tests.peers.local_slack import BINARY, eventually

EVENTS = 200
ROUNDS = 3
CARDS = 60


async def main() -> None:
    if not os.access(BINARY, os.X_OK):
        print("!!! SKIPPED: LOCAL_SLACK names no local-slack program")
        return
    async with world("bare") as bare, world("escher") as escher:
        acks, bare_acks = await side_by_side(escher, bare)
        seen, bare_seen = await one_by_one(escher, bare)
        started = await approved(escher, seen)
    told(f"event → acknowledgement, {EVENTS} mentions in one second, {ROUNDS} times (Slack waits 3 s)", acks, bare_acks, "50th")
    told("mention → card visible, one at a time", [*seen.values()], [*bare_seen.values()], "95th")
    print(f"approving click → run started, {len(started)} approvals: {spread(started)}")
    await chat_storm.main()
    await chat_day.main()


async def side_by_side(escher: World, bare: World) -> tuple[list[float], list[float]]:
    """Acknowledgements of both in turns, so that a busy machine is busy for both."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        theirs += await acknowledged(bare)
        ours += await acknowledged(escher)
        await escher.quiet()
    return ours, theirs


async def one_by_one(escher: World, bare: World) -> tuple[dict[str, float], dict[str, float]]:
    """First cards of both in turns, by thread."""
    pairs = [(await visible(escher, number), await visible(bare, number)) for number in range(CARDS)]
    return dict(ours for ours, _ in pairs), dict(theirs for _, theirs in pairs)


def told(what: str, ours: Sequence[float], bare: Sequence[float], ratio_of: str) -> None:
    share = 0.5 if ratio_of == "50th" else 0.95
    ratio = at(ours, share) / at(bare, share)
    print(f"{what}: {spread(ours)}; a bare slack-bolt app: {spread(bare)}; ratio of the {ratio_of} percentiles {ratio:.1f} ×")


def at(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def spread(times: Sequence[float]) -> str:
    ms = [one * 1000 for one in times]
    return f"p50 {median(ms):.0f} ms, p95 {at(ms, 0.95):.0f} ms, p99 {at(ms, 0.99):.0f} ms, max {max(ms):.0f} ms"


async def acknowledged(scene: World) -> list[float]:
    """From an event's frame passing down to its acknowledgement passing up, for mentions that come evenly within one second."""
    cases = [case["text"] for case in read_lines(folder() / "requests.jsonl") if not case.get("after")]
    picked = random.Random(7).choices(cases, k=EVENTS)
    scene.proxy.frames.clear()

    async def say(number: int) -> None:
        await asyncio.sleep(number / EVENTS)
        channel = scene.slack.channels[number % len(scene.slack.channels)]
        await scene.slack.say(f"<@{BOT}> {picked[number]}", user=LOGIN["eve"], channel=channel)

    await asyncio.gather(*(say(number) for number in range(EVENTS)))
    sent: dict[str, float] = {}
    took = []
    for frame in scene.proxy.frames:
        envelope = json.loads(frame.text)
        if frame.way == "down" and envelope.get("payload", {}).get("event", {}).get("type") == "app_mention":
            sent[envelope["envelope_id"]] = frame.at
        elif frame.way == "up" and envelope.get("envelope_id") in sent:
            took.append(frame.at - sent.pop(envelope["envelope_id"]))
    if len(took) != EVENTS:
        raise RuntimeError(f"{EVENTS - len(took)} of {EVENTS} mentions were never acknowledged")
    return took


async def visible(scene: World, number: int) -> tuple[str, float]:
    """From a mention to its first card at the peer's window, with its thread; of Escher a plan that waits, of the bare app its ok."""
    began = time.perf_counter()
    stamp = await scene.slack.say(f"<@{BOT}> stop {machine(number)}", user=LOGIN["eve"], channel=scene.slack.channels[0])
    posted = await eventually(partial(_first, scene, stamp), 30)
    return stamp, posted.at - began


async def approved(scene: World, threads: Iterable[str]) -> list[float]:
    """From the approving click to `run.started` in the journal, for the plans of these threads."""
    clicked: dict[str, datetime] = {}
    for thread in threads:
        card = card_of(scene.slack.threads[thread][0].message, "approve")
        if card is None:
            raise RuntimeError("a plan in production did not wait for approval")
        clicked[card.about] = datetime.now(UTC)
        await scene.slack.press(card.message, "Approve", user=LOGIN["mona"])
        await asyncio.sleep(0.05)
    await scene.quiet()
    started = {body["plan"]["id"]: datetime.fromisoformat(stamp) for _, stamp, body in await scene.child.ask("journal", "run.started")}
    if missing := set(clicked) - set(started):
        raise RuntimeError(f"{len(missing)} of {len(clicked)} approved plans did not start")
    return [(started[one] - clicked[one]).total_seconds() for one in clicked]


async def _first(scene: World, stamp: str) -> object:
    posts = scene.slack.threads.get(stamp, ())
    return next(iter(posts), None)


if __name__ == "__main__":
    asyncio.run(main())
