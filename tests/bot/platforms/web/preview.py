"""The web chat with made-up content, to look at: `python -m tests.bot.platforms.web.preview`. Edge."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

from bot.platforms.platform import Place
from bot.platforms.web.server import WebConfig, WebPlatform
from tests.bot.platforms.gallery import GALLERY, csv, details, outcome, plan, progress, refusal, resource, sent, sheet, table, text
from tests.bot.platforms.web.fakes import FakeInbox, FakeOffice
from tests.bot.platforms.web.running import PEOPLE


def scripted(platform: WebPlatform) -> FakeInbox:
    """An inbox that answers a few sentences and every button."""
    inbox = FakeInbox()
    inbox.platform = platform
    inbox.reply = {
        "Stop all dev instances in us-east-1": (plan(),),
        "Show all running instances in production": (table(),),
        "What did we spend last month?": (text(),),
        "gallery": tuple(replace(card, subject=f"g-{kind}") for kind, card in GALLERY.items()),
    }
    inbox.private = {"whisper": refusal()}
    inbox.answers = {
        "approve": refusal(),
        "details": details(),
        "left-network": sent(),
        "review": plan(),
        "sheet": sheet(),
        "targets": sheet(),
        "csv": csv(),
        "resource": resource(),
    }
    return inbox


async def main(port: int) -> None:
    """Serves until interrupted, and prints a link for each person."""
    platform = WebPlatform(WebConfig(PEOPLE, port=port, key=b"preview" * 5), FakeOffice())
    inbox = scripted(platform)
    for person in ("lena", "omar"):
        print(platform.login_link(person), flush=True)
    alert = Place("web", "incidents", "")
    await platform.show(alert, outcome())
    await platform.show(alert, progress())
    await platform.run(inbox)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8765))
