"""What the AI server makes of a question: looked up here for people we know, told as it is otherwise, and never acted on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.scripted_server import plan, reply, scripted_server, step
from tests.scenarios.stage import ESTATE, stage, words

ASKED = "what is the best practice for idle machines"
INFORMATION = {"kind": "information", "query": {"measure": "list", "types": ["compute_instance"], "environments": ["production"]}}


async def test_a_query_is_run_on_the_estate(tmp_path: Path) -> None:
    async with scripted_server() as server, stage(tmp_path, server.url) as bot:
        server.says = lambda _: reply(INFORMATION)
        (card,) = await bot.say("eve", ASKED)
        assert card.kind == "table"
        assert "tracker-api-01" in words(card)
        assert "mailer-web-1" not in words(card)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"measure": "count", "types": ["disk"]}, "1, counting disks"),
        ({"measure": "cost", "types": ["compute_instance"]}, "Cost by kind"),
        ({"measure": "list", "flags": ["made_up"]}, "Nothing found"),
        ({"measure": "list"}, "I did not understand"),
    ],
)
async def test_each_measure_has_its_card(tmp_path: Path, query: dict[str, object], told: str) -> None:
    async with scripted_server() as server, stage(tmp_path, server.url) as bot:
        server.says = lambda _: reply({"kind": "information", "query": query})
        (card,) = await bot.say("eve", ASKED)
        assert told in words(card)


async def test_a_stranger_gets_no_query_run_and_no_word_of_the_thread_leaves(tmp_path: Path) -> None:
    async with scripted_server() as server, stage(tmp_path, server.url) as bot:
        server.says = lambda _: reply(INFORMATION)
        (card,) = await bot.say("zoe", ASKED)
        assert card.kind == "refusal"
        assert not any(resource.name in words(card) for resource in ESTATE)
        assert "turns" not in server.heard[-1]
        assert "operations" not in server.heard[-1]


async def test_a_plan_for_a_question_is_dropped(tmp_path: Path) -> None:
    async with scripted_server() as server, stage(tmp_path, server.url) as bot:
        server.says = lambda _: plan(step("ec2:StopInstances"))
        (card,) = await bot.say("eve", ASKED)
        assert "It was dropped" in words(card)
        assert bot.engine.desk.waiting() == []


async def test_a_query_for_a_wish_is_dropped(tmp_path: Path) -> None:
    async with scripted_server() as server, stage(tmp_path, server.url) as bot:
        server.says = lambda _: reply(INFORMATION)
        (card,) = await bot.say("eve", "stop mailer-web-1")
        assert "which was dropped" in words(card)
        assert bot.sent() == []


async def test_what_is_not_understood_here_may_be_known_there(tmp_path: Path) -> None:
    async with scripted_server() as server, stage(tmp_path, server.url) as bot:
        server.says = lambda _: reply({"kind": "clarification", "question": "Which cloud?", "choices": ["AWS", "Azure"]})
        (card,) = await bot.say("eve", "advise please regarding compliance")
        assert "Which cloud?" in words(card)
        assert "Azure" in words(card)


@pytest.mark.parametrize("said", [{"kind": "unknown", "reason": "I looked."}, {"kind": "nonsense"}])
async def test_what_nobody_knows_is_said_as_before(tmp_path: Path, said: dict[str, object]) -> None:
    async with scripted_server() as server, stage(tmp_path, server.url) as bot:
        server.says = lambda _: reply(said)
        (card,) = await bot.say("eve", "advise please regarding compliance")
        assert len(server.heard) == 1
        assert "I looked" not in words(card)
        assert card.kind != "error"


async def test_names_alone_are_nothing_to_ask_about(tmp_path: Path) -> None:
    async with scripted_server() as server, stage(tmp_path, server.url) as bot:
        await bot.say("eve", "zxcvb 1234")
        assert server.heard == []


async def test_a_plan_is_explained_by_its_operations(tmp_path: Path, advisor_url: str) -> None:
    async with stage(tmp_path, advisor_url) as bot:
        await bot.say("eve", "stop mailer-web-1")
        (card,) = await bot.say("eve", "explain the plan")
        assert "ec2:StopInstances" in words(card)
