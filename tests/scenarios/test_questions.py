"""Questions that look like something else: a price that filters, a ranking, one of several spoken of before."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.processes import ai_server
from tests.scenarios.stage import stage, words


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("which vms cost more than $1 a month?", "table", "monthly cost > 1"),
        ("what's our biggest cost driver?", "table", "By kind"),
        ("stop the dev vms next week", "text", "On which day, and at what time?"),
    ],
)
async def test_the_answer_is_of_the_right_sort(tmp_path: Path, text: str, kind: str, told: str) -> None:
    async with ai_server() as url, stage(tmp_path, url) as bot:
        (card,) = await bot.say("eve", text)
        assert card.kind == kind
        assert told in words(card)


async def test_it_means_one_and_asks_among_several(tmp_path: Path) -> None:
    async with ai_server() as url, stage(tmp_path, url) as bot:
        await bot.say("eve", "show the running mailer dev instances")
        (card,) = await bot.say("eve", "stop it")
        assert card.kind == "clarification"
        assert "You said one, and" in words(card)
        assert bot.sent() == []
