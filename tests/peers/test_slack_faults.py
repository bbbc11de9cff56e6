"""A bad day: the whole bot on a local Slack through a proxy that limits, fails, dawdles, cuts and delivers twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.peers.fault_proxy import Broken, Cut, Fault, FaultProxy, Halved, Limited, Slow, fault_proxy
from tests.peers.local_slack import BINARY, BOT, OMAR, LocalSlack, eventually, local_slack
from tests.peers.test_slack_end_to_end import ASK, labels, message_with
from tests.peers.whole_bot import WholeBot, settings_for, whole_bot

pytestmark = [pytest.mark.peer, pytest.mark.skipif(not BINARY, reason="LOCAL_SLACK does not name local-slack's program")]


@dataclass
class Day:
    """A bot, its Slack, and what stands between."""

    bot: WholeBot
    slack: LocalSlack
    proxy: FaultProxy

    async def connected(self) -> None:
        async def there() -> bool:
            return self.proxy.sockets > 0

        await eventually(there)

    async def cut(self) -> None:
        """Cuts the connection, and waits for the next one and its hello: what the peer has for nobody it drops, where Slack delivers again."""
        hellos = self.hellos
        await self.proxy.cut_sockets()

        async def greeted() -> bool:
            return self.hellos > hellos and self.proxy.sockets == 1

        await eventually(greeted, within_s=40)

    @property
    def hellos(self) -> int:
        return sum(frame.way == "down" and '"hello"' in frame.text for frame in self.proxy.frames)


@pytest.fixture
async def day(tmp_path) -> AsyncIterator[Day]:
    async with local_slack(tmp_path) as slack, fault_proxy(slack.base) as proxy:
        settings = settings_for(slack, through=proxy.url)
        async with whole_bot(tmp_path / "home", settings) as bot:
            found = Day(bot, slack, proxy)
            await found.connected()
            yield found


FAULTS: dict[str, Fault] = {
    "limited": Limited(0.5),
    "failed": Broken(500),
    "failed after it was done": Broken(500, reached=True),
    "slow": Slow(2.0),
    "halved": Halved(),
    "cut": Cut(),
    "cut after it was done": Cut(reached=True),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_card_arrives_once_whatever_happens_to_its_posting(day, name):
    day.proxy.then(FAULTS[name], "chat.postMessage")
    await day.slack.say(ASK)
    plan = await message_with(day.slack, "Waits for a manager")
    day.proxy.then(FAULTS[name], "chat.update", times=2)
    await day.slack.press(plan, "Approve", user=OMAR)
    await message_with(day.slack, "read back from the cloud")

    async def decided() -> bool:
        return "Approve" not in labels(next(one for one in await day.slack.bots() if one["ts"] == plan["ts"]))

    await eventually(decided)
    plans = [one for one in await day.slack.bots() if "Stop tracker-api-01" in json.dumps(one) and "Asked by" in json.dumps(one)]
    assert len([one for one in plans if "What will run" in json.dumps(one)]) == 1, "the plan's card stands once"
    assert day.bot.sent() == [("tracker-api-01", "ec2:StopInstances")]


async def test_a_limit_holds_the_cards_up_and_not_the_work(day):
    await day.slack.say(ASK)
    plan = await message_with(day.slack, "Waits for a manager")
    day.proxy.then(Limited(3.0), "chat.", times=1)
    began = asyncio.get_running_loop().time()
    await day.slack.press(plan, "Approve", user=OMAR)

    async def ran() -> bool:
        return day.bot.sent() == [("tracker-api-01", "ec2:StopInstances")]

    await eventually(ran)
    assert asyncio.get_running_loop().time() - began < 2.0, "the run began while Slack took nothing"
    await message_with(day.slack, "read back from the cloud")
    assert day.proxy.count("chat.", 429) == 1, "nothing was sent before the time Slack had named"


async def test_every_delivery_twice_and_after_a_cut(day):
    frames: list[str] = []
    day.proxy.watch = lambda frame: frames.append(frame.text) if frame.way == "down" and '"envelope_id"' in frame.text else None
    await day.slack.say(ASK)
    plan = await message_with(day.slack, "Waits for a manager")
    await day.slack.press(plan, "Approve", user=OMAR)
    await message_with(day.slack, "read back from the cloud")
    seen = list(frames)
    assert len(seen) >= 2
    for frame in seen:
        await day.proxy.deliver(frame)
    await day.cut()
    for frame in seen:
        await day.proxy.deliver(frame)
    await asyncio.sleep(1.0)
    assert len(day.bot.journal("plan.made")) == 1
    assert day.bot.sent() == [("tracker-api-01", "ec2:StopInstances")]
    assert len(day.bot.journal("message.received")) == 1


async def test_a_cut_socket_is_made_again_and_the_talk_goes_on(day):
    await day.cut()
    await day.slack.say(ASK)
    await message_with(day.slack, "Waits for a manager")


async def test_two_hundred_questions_at_once_are_each_answered_once(day):
    asked = await asyncio.gather(*(day.slack.say(f"<@{BOT}> show mailer-web-1") for _ in range(200)))

    async def answered() -> bool:
        return len({one["thread_ts"] for one in await day.slack.bots() if one.get("thread_ts") in asked}) == 200

    await eventually(answered, within_s=60)
    answers = [one for one in await day.slack.bots() if one.get("thread_ts") in asked]
    assert len(answers) == 200
