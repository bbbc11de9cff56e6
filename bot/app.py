"""The running bot: an engine, the conversation, its platforms and its AI server, put together and taken apart in order. Edge."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.cards.plans import plan_card
from bot.cards.runs import outcome_card
from bot.conversation import Conversation
from bot.office import EngineOffice
from bot.platforms.web.server import Recalled, WebConfig, WebPlatform
from bot.processes import ai_server
from bot.runs import place_of
from engine.execution.history import runs
from engine.settings import Settings
from engine.wiring import Engine, Parts, open_engine

LOCAL_ADVISOR = "local"
_RECALLED_RUNS = 50


@dataclass(frozen=True, slots=True)
class App:
    """A bot that is open; `office` is what its web console reads."""

    engine: Engine
    conversation: Conversation
    office: EngineOffice


@contextlib.asynccontextmanager
async def opened(home: Path, settings: Settings, env: Mapping[str, str], parts: Parts = Parts()) -> AsyncIterator[App]:
    """The bot of a data folder, with an AI server of its own where the settings say `local`. Raises EscherError."""
    async with contextlib.AsyncExitStack() as stack:
        if settings.advisor.url == LOCAL_ADVISOR and parts.advisor is None:
            url = await stack.enter_async_context(ai_server())
            settings = settings.model_copy(update={"advisor": settings.advisor.model_copy(update={"url": url})})
        engine = await open_engine(home, settings, env, parts)
        stack.push_async_callback(engine.close)
        conversation = Conversation(engine)
        stack.push_async_callback(conversation.runs.settled)
        yield App(engine, conversation, EngineOffice(engine))


def web_platform(app: App, port: int | None = None) -> WebPlatform:
    """The web chat of a bot, added to its conversation, with what the journal remembers put back."""
    config = WebConfig(
        people=app.engine.settings.people,
        port=app.engine.settings.web_port if port is None else port,
        key=app.engine.keys.for_("web sessions"),
    )
    web = WebPlatform(config, app.office, app.engine.clock)
    web.recall(list(_remembered(app.engine)))
    app.conversation.add(web)
    return web


def _remembered(engine: Engine) -> list[Recalled]:
    """Plans and outcomes of the web chat from before this start."""
    shown = []
    for left in list(runs(engine.journal.entries()).values())[-_RECALLED_RUNS:]:
        place = place_of(left.plan)
        filed = engine.desk.find(left.plan.id)
        if place.platform == "web" and filed is not None:
            shown.append(Recalled(place, left.plan.made_at, card=plan_card(filed)))
            shown.append(Recalled(place, left.started_at, card=outcome_card(left.report())))
    return shown + [
        Recalled(place_of(filed.plan), filed.plan.made_at, card=plan_card(filed))
        for filed in engine.desk.waiting()
        if filed.plan.place.get("platform") == "web"
    ]
