"""The whole job on Microsoft's Agents Playground, and across it and a local Slack: asked on one, approved on the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.cards.plans import subject_of
from bot.platforms.teams.buttons import carried
from tests.bot.platforms.teams.service import labelled
from tests.peers.local_slack import BINARY, BOT, LENA, TEAM, LocalSlack, local_slack
from tests.peers.playground import MISSING, Playground, free_port, playground
from tests.peers.test_slack_end_to_end import connected, labels, message_with
from tests.peers.whole_bot import WholeBot, settings_for, whole_bot
from tests.scenarios.stage import ESTATE, fake_clouds

pytestmark = [pytest.mark.peer, pytest.mark.skipif(MISSING, reason="AGENTS_PLAYGROUND names no unpacked playground, or there is no node")]
ASK = "stop tracker-api-01"


def teams_settings(peer: Playground, port: int) -> dict[str, Any]:
    return {
        "app_id": "00000000-0000-0000-0000-000000000011", "tenant": peer.tenant, "port": port, "playground": True, "login_url": peer.url,
        "metadata_url": peer.url, "service_urls": [peer.service_url],
    }  # fmt: skip


def people(peer: Playground) -> list[dict[str, Any]]:
    """The one who can write asks; the first of the others approves, the second may look."""
    approver, viewer = peer.others[:2]
    return [
        {"id": "lena", "name": "Lena", "roles": ["executor"], "logins": {"teams": peer.login(peer.me), "slack": f"{TEAM}/{LENA}"}},
        {"id": "omar", "name": "Omar", "roles": ["manager"], "logins": {"teams": peer.login(approver)}},
        {"id": "vera", "name": "Vera", "logins": {"teams": peer.login(viewer)}},
    ]


@asynccontextmanager
async def meeting(home: Path, slack: LocalSlack | None = None) -> AsyncIterator[tuple[WholeBot, Playground]]:
    port = free_port()
    async with playground(port) as peer:
        settings = settings_for(slack, people=people(peer), teams=teams_settings(peer, port))
        async with whole_bot(home, settings) as bot:
            yield bot, peer


async def settled(peer: Playground, chat: str, having: str, without: str) -> dict[str, Any]:
    """The card with these words, once it lost a button."""

    def found() -> dict[str, Any] | None:
        cards = [card for _, card in peer._cards(chat) if having in str(card) and f"'title': '{without}'" not in str(card)]
        return cards[0] if cards else None

    return dict(await peer.until(found))


async def test_the_whole_job_in_a_group(tmp_path):
    async with meeting(tmp_path) as (bot, peer):
        approver, viewer = peer.others[:2]
        chat = await peer.say(peer.group, ASK, mention=True)
        number, plan = await peer.card(chat, "Waits for a manager")
        assert "Approve" not in [action["title"] for action in plan.get("actions", ())], (
            "in a group the buttons are for those who may decide"
        )
        approve = labelled(await own_view(peer, chat, number, plan, approver), "Approve")
        refused = await peer.execute(chat, number, approve, viewer)
        assert "Only a manager can approve this" in json.dumps(refused)
        own = await peer.execute(chat, number, approve, peer.me)
        assert "Only a manager can approve this" in json.dumps(own)
        assert bot.sent() == []
        await peer.execute(chat, number, approve, approver)
        await peer.card(chat, "read back from the cloud")
        assert bot.sent() == [("tracker-api-01", "ec2:StopInstances")]
        decided = await settled(peer, chat, "Approved by omar", "Approve")
        assert "Approve" not in [action["title"] for action in decided.get("actions", ())]
        late = await peer.execute(chat, number, approve, approver)
        assert "it already ran" in json.dumps(late)
        outcome_number, outcome = await peer.card(chat, "read back from the cloud")
        await peer.execute(chat, outcome_number, labelled(await own_view(peer, chat, outcome_number, outcome, peer.me), "Undo"), peer.me)
        back, _ = await peer.card(chat, "Start tracker-api-01")
        await peer.execute(chat, back, approval(bot), approver)
        await peer.until(lambda: len(bot.sent()) == 2)
        assert bot.sent()[-1] == ("tracker-api-01", "ec2:StartInstances")


async def own_view(peer: Playground, chat: str, number: str, card: dict[str, Any], who: dict[str, Any]) -> dict[str, Any]:
    """The card as one person's client shows it after its refresh."""
    return dict((await peer.execute(chat, number, card["refresh"]["action"], who))["value"])


def approval(bot: WholeBot) -> dict[str, Any]:
    """The Approve button of the one plan that waits."""
    (waiting,) = bot.app.engine.desk.waiting()
    return {"type": "Action.Execute", "verb": "approve", "data": carried("approve", subject_of(waiting.plan), waiting.plan.id)}


async def test_rooms_by_their_word_in_the_personal_chat(tmp_path):
    async with meeting(tmp_path) as (_, peer):
        await peer.say(peer.personal, "status")
        await peer.card(peer.personal, "How things stand")
        await peer.say(peer.personal, "approvals")
        await peer.card(peer.personal, "Nothing waits for your approval")


@pytest.mark.skipif(not BINARY, reason="LOCAL_SLACK does not name local-slack's program")
async def test_asked_on_slack_and_approved_on_teams(tmp_path):
    async with local_slack(tmp_path) as slack, meeting(tmp_path / "home", slack) as (bot, peer):
        await connected(slack)
        approver = peer.others[0]
        await slack.say(f"<@{BOT}> {ASK}")
        plan = await message_with(slack, "Waits for a manager")
        chat = await peer.say(peer.group, "show tracker-api-01", mention=True)
        number, _ = await peer.card(chat, "tracker-api-01")
        await peer.execute(chat, number, approval(bot), approver)
        await message_with(slack, "read back from the cloud")
        assert bot.sent() == [("tracker-api-01", "ec2:StopInstances")]
        decided = next(one for one in await slack.bots() if one["ts"] == plan["ts"])
        assert "Approve" not in labels(decided)
        assert "Approved by omar" in json.dumps(decided)


async def test_after_a_restart_the_card_is_replaced_where_it_stands(tmp_path):
    clouds = fake_clouds(ESTATE)
    port = free_port()
    async with playground(port) as peer:
        settings = settings_for(people=people(peer), teams=teams_settings(peer, port))
        async with whole_bot(tmp_path, settings, clouds=clouds):
            chat = await peer.say(peer.group, ASK, mention=True)
            number, _ = await peer.card(chat, "Waits for a manager")
        async with whole_bot(tmp_path, settings, clouds=clouds) as bot:
            await asyncio.sleep(0.5)
            await peer.execute(chat, number, approval(bot), peer.others[0])
            await peer.until(lambda: bot.sent() == [("tracker-api-01", "ec2:StopInstances")])
            await settled(peer, chat, "Approved by omar", "Approve")
