"""The whole job on a Slack nobody here wrote: ask, plan, a refused click, another person's approval, progress, outcome, undo; and bad days."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.peers import killed_bot
from tests.peers.local_slack import BINARY, BOT, CHANNEL, LENA, OMAR, LocalSlack, eventually, local_slack
from tests.peers.whole_bot import WholeBot, settings_for, whole_bot
from tests.scenarios.file_cloud import FileCloud
from tests.scenarios.stage import ESTATE, fake_clouds

pytestmark = [pytest.mark.peer, pytest.mark.skipif(not BINARY, reason="LOCAL_SLACK does not name local-slack's program")]
ASK = f"<@{BOT}> stop tracker-api-01"


@pytest.fixture
async def slack(tmp_path) -> AsyncIterator[LocalSlack]:
    async with local_slack(tmp_path) as peer:
        yield peer


@pytest.fixture
async def bot(tmp_path, slack) -> AsyncIterator[WholeBot]:
    async with whole_bot(tmp_path / "home", settings_for(slack)) as running:
        await connected(slack)
        yield running


async def connected(slack: LocalSlack) -> None:
    async def there() -> bool:
        return any(entry["summary"].startswith("hello") or "connect" in json.dumps(entry) for entry in await slack.log())

    await eventually(there)


async def message_with(slack: LocalSlack, words: str, channel: str = CHANNEL) -> dict[str, Any]:
    """The newest message of the bot that holds these words, once it is there."""

    async def found() -> dict[str, Any] | None:
        return next((one for one in reversed(await slack.bots(channel)) if words in json.dumps(one, ensure_ascii=False)), None)

    return dict(await eventually(found))


def labels(message: dict[str, Any]) -> list[str]:
    return [element["text"]["text"] for block in message["blocks"] if block["type"] == "actions" for element in block["elements"]]


async def test_the_whole_job(bot, slack):
    asked = await slack.say(ASK)
    plan = await message_with(slack, "Waits for a manager")
    assert plan["thread_ts"] == asked
    assert {"Approve", "Deny", "Details", "What left the network"} <= set(labels(plan))
    await slack.press(plan, "Approve", user=LENA)
    refused = await message_with(slack, "Only a manager can approve this")
    assert refused["ephemeral_to"] == LENA
    assert bot.sent() == []
    await slack.press(plan, "Approve", user=OMAR)
    outcome = await message_with(slack, "read back from the cloud")
    assert bot.sent() == [("tracker-api-01", "ec2:StopInstances")]
    decided = next(one for one in await slack.bots() if one["ts"] == plan["ts"])
    assert "Approve" not in labels(decided)
    assert "Approved by omar" in json.dumps(decided)
    await slack.press(outcome, "Undo", user=LENA)
    back = await message_with(slack, "Start tracker-api-01")
    await slack.press(back, "Approve", user=OMAR)

    async def undone() -> bool:
        return bot.sent()[-1] == ("tracker-api-01", "ec2:StartInstances")

    await eventually(undone)
    await slack.press(plan, "Approve", user=OMAR)
    await message_with(slack, "it already ran")
    assert len(bot.sent()) == 2


async def test_a_denial_carries_its_reason(bot, slack):
    await slack.say(ASK)
    plan = await message_with(slack, "Waits for a manager")
    await slack.press(plan, "Deny", user=OMAR)
    view = await eventually(lambda: first_view(slack))
    block = next(one for one in view["blocks"] if one["type"] == "input")
    await slack.submit(
        {block["block_id"]: {block["element"]["action_id"]: {"type": "plain_text_input", "value": "not on a Friday"}}}, user=OMAR
    )
    denied = await message_with(slack, "Denied by omar: not on a Friday")
    assert "Approve" not in labels(denied)
    assert bot.sent() == []


async def test_fewer_targets_are_another_plan(bot, slack):
    await slack.say(f"<@{BOT}> stop mailer-web-1, mailer-web-2 and tracker-api-01")
    plan = await message_with(slack, "Waits for a manager")
    await slack.press(plan, "Choose targets", user=LENA)
    view = await eventually(lambda: first_view(slack))
    block = next(one for one in view["blocks"] if one["type"] == "input")
    options = block["element"]["options"]
    kept = [one for one in options if "tracker-api-01" in json.dumps(one)]
    assert len(options) == 3
    state = {"type": block["element"]["type"], "selected_options": kept}
    await slack.submit({block["block_id"]: {block["element"]["action_id"]: state}}, user=LENA)
    smaller = await message_with(slack, "not picked")
    old = next(one for one in await slack.bots() if one["ts"] == plan["ts"])
    assert "Approve" not in labels(old)
    await slack.press(plan, "Approve", user=OMAR)
    await message_with(slack, "it was withdrawn")
    assert bot.sent() == []
    await slack.press(smaller, "Approve", user=OMAR)
    await message_with(slack, "read back from the cloud")
    assert bot.sent() == [("tracker-api-01", "ec2:StopInstances")]


async def first_view(slack: LocalSlack) -> dict[str, Any] | None:
    return slack.views[-1] if slack.views else None


async def test_two_managers_at_once_and_the_requester_too(bot, slack):
    await slack.say(ASK)
    plan = await message_with(slack, "Waits for a manager")
    await asyncio.gather(*(slack.press(plan, "Approve", user=user) for user in (OMAR, LENA, OMAR, OMAR, LENA)))
    await message_with(slack, "read back from the cloud")
    assert bot.sent() == [("tracker-api-01", "ec2:StopInstances")]
    assert len(bot.journal("run.started")) == 1


async def test_a_stranger_is_told_their_login(slack, tmp_path):
    settings = settings_for(slack)
    settings["people"] = settings["people"][1:]
    async with whole_bot(tmp_path / "other", settings) as bot:
        await connected(slack)
        await slack.say(ASK)
        told = await message_with(slack, "I do not know you here")
        assert told["ephemeral_to"] == LENA
        assert f"T0SHOP/{LENA}" in json.dumps(told)
        assert bot.sent() == []


async def test_rooms_by_the_command_and_the_home(bot, slack):
    await slack.say(ASK)
    await message_with(slack, "Waits for a manager")
    await slack.command("approvals", user=OMAR)
    await message_with(slack, "1 waits for your approval")
    await slack.open_home(OMAR)
    home = await eventually(lambda: home_of(slack, OMAR))
    assert "1 waits for your approval" in json.dumps(home)
    assert "Hello Omar" in json.dumps(home)


async def home_of(slack: LocalSlack, user: str) -> dict[str, Any] | None:
    return slack.homes.get(user)


async def test_a_long_list_pages_in_a_modal(slack, tmp_path):
    from tests.scenarios.test_chat_rules import MANY

    async with whole_bot(tmp_path / "farm", settings_for(slack), resources=(*ESTATE, *MANY)):
        await connected(slack)
        await slack.say(f"<@{BOT}> show all running dev instances in us-east-1")
        table = await message_with(slack, "59 instances")
        await slack.press(table, "All 59")
        view = await eventually(lambda: first_view(slack))
        assert "1 to 25 of 59" in json.dumps(view)


async def test_asked_before_a_kill_and_approved_after(slack, tmp_path):
    clouds = fake_clouds(ESTATE)
    async with whole_bot(tmp_path / "home", settings_for(slack), clouds=clouds):
        await connected(slack)
        asked = await slack.say(ASK)
        plan = await message_with(slack, "Waits for a manager")
    async with whole_bot(tmp_path / "home", settings_for(slack), clouds=clouds) as bot:
        await asyncio.sleep(0.5)
        await slack.press(plan, "Approve", user=OMAR)
        outcome = await message_with(slack, "read back from the cloud")
        assert outcome["thread_ts"] == asked
        assert bot.sent() == [("tracker-api-01", "ec2:StopInstances")]
        decided = next(one for one in await slack.bots() if one["ts"] == plan["ts"])
        assert "Approve" not in labels(decided), "the card of before the restart was replaced, not posted again"


@pytest.mark.parametrize(
    ("moment", "tells", "calls"),
    [
        ("click.received", "Waits for a manager", 0),  # the click was taken and nothing was decided: it can be pressed again
        ("approval.moved", "Escher was stopped before it began", 0),
        ("run.started", "Escher was stopped in the middle of this run", 0),
        ("step.settled", "read back from the cloud", 1),
    ],
)
async def test_killed_between_approval_and_execution(slack, tmp_path, moment, tells, calls):
    home, folder = tmp_path / "home", tmp_path / "cloud"
    cloud = FileCloud(folder)
    cloud.start(list(killed_bot.AWS))
    command = (sys.executable, "-m", "tests.peers.killed_bot", str(home), str(folder), slack.api_url, moment)
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"ready\n"
        await connected(slack)
        await slack.say(ASK)
        plan = await message_with(slack, "Waits for a manager")
        await slack.press(plan, "Approve", user=OMAR)
        assert await asyncio.wait_for(process.wait(), 20) == -signal.SIGKILL
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert len(cloud.calls()) == calls
    async with whole_bot(home, settings_for(slack), resources=killed_bot.AWS, clouds={"aws": cloud}) as bot:
        await message_with(slack, tells)
        if moment == "click.received":
            await asyncio.sleep(0.5)
            await slack.press(plan, "Approve", user=OMAR)
            await message_with(slack, "read back from the cloud")
            calls = 1
        assert len(cloud.calls()) == calls, "nothing is sent twice, and nothing begins by itself after a restart"
        decided = next(one for one in await slack.bots() if one["ts"] == plan["ts"])
        assert "Approve" not in labels(decided)
        assert len(bot.journal("run.started")) <= 1


async def test_names_from_the_estate_ping_nobody(slack, tmp_path):
    from tests.engine.execution.samples import vm

    hostile = vm(
        "<!channel> *web* <https://evil.example|x>", id="arn:aws:ec2:us-east-1:444455556666:instance/i-hostile", tags={"env": "development"}
    )
    async with whole_bot(tmp_path / "home", settings_for(slack), resources=(*ESTATE, hostile)):
        await connected(slack)
        await slack.say(f"<@{BOT}> show all running dev instances in us-east-1")
        table = await message_with(slack, "instances")
        parsed = [table["text"], *marked_up(table["blocks"])]
        assert not [text for text in parsed if "<!" in text or "<http" in text], (
            "what Slack reads as markup; elements of rich text are literal"
        )
        assert "<!channel>" in json.dumps(table["blocks"]), "and it is still told what the thing is called"


def marked_up(value: Any) -> list[str]:
    """Every text that Slack would read as its markup."""
    if isinstance(value, list):
        return [text for one in value for text in marked_up(one)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if value.get("type") == "mrkdwn" else []
    return own + [text for one in value.values() for text in marked_up(one)]
