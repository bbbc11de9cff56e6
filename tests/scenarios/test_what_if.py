"""Questions about a change: what it would do is told, and nothing stands on the desk or runs because somebody asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.processes import ai_server
from tests.scenarios.stage import stage, words


@pytest.mark.parametrize(
    ("text", "title", "told"),
    [
        (
            "is it safe to stop tracker-api-01?",
            "If you did: stop tracker-api-01 in production",
            "It would wait for a manager: it touches production.",
        ),
        ("what would happen if I stop mailer-web-1", "If you did: stop mailer-web-1 in development", "It would run at once."),
        ("can I delete all prod databases?", "That would be refused", "never deleted by a filter"),
        ("should we start mailer-web-1?", "That would change nothing", "already running"),
    ],
)
async def test_it_is_told_and_nothing_waits(tmp_path: Path, text: str, title: str, told: str) -> None:
    async with ai_server() as url, stage(tmp_path, url) as bot:
        listed, card = await bot.say("eve", text)
        assert listed.kind == "table"
        assert card.title == title
        assert told in words(card)
        assert not card.actions
        assert bot.journal("plan.made", "approval.asked", "run.started") == []
        assert bot.sent() == []


async def test_what_left_for_it_is_in_the_journal_and_names_nothing(tmp_path: Path) -> None:
    async with ai_server() as url, stage(tmp_path, url) as bot:
        await bot.say("eve", "is it safe to stop tracker-api-01?")
        (asked,) = bot.journal("advisor.asked")
        assert "tracker" not in asked["sent"]


@pytest.mark.parametrize("text", ["which vms can I stop?", "what if I resize mailer-web-1", "who stopped mailer-web-1?"])
async def test_what_cannot_be_told_is_answered_as_a_question(tmp_path: Path, text: str) -> None:
    async with ai_server() as url, stage(tmp_path, url) as bot:
        (card,) = await bot.say("eve", text)
        assert card.kind == "table"
        assert bot.journal("plan.made") == []


async def test_who_may_only_look_is_told_so(tmp_path: Path) -> None:
    async with ai_server() as url, stage(tmp_path, url) as bot:
        _, card = await bot.say("vic", "what happens if I stop mailer-web-1")
        assert "not change anything" in words(card)


async def test_it_waits_for_no_ai_server(tmp_path: Path) -> None:
    async with stage(tmp_path, "http://127.0.0.1:9") as bot:
        (card,) = await bot.say("eve", "is it safe to stop tracker-api-01?")
        assert card.kind == "table"
