"""The running bot: an engine, the conversation, its platforms and its AI server, put together and taken apart in order. Edge."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cards.plans import plan_card
from bot.cards.runs import outcome_card
from bot.cards.schedules import fired_card, heads_up_card
from bot.conversation import Conversation
from bot.notices import Notices
from bot.office import EngineOffice
from bot.platforms.platform import Place, Platform
from bot.platforms.web.server import Recalled, WebConfig, WebPlatform
from bot.processes import ai_server
from bot.showing import place_of
from engine.errors import SettingsError
from engine.execution.history import RUN_KINDS, runs
from engine.schedules.keeper import Keeper
from engine.schedules.schedule import Fired, Schedule
from engine.secrets.references import secret
from engine.settings import Settings, SlackSettings, TeamsSettings
from engine.wiring import Engine, Parts, open_engine

if TYPE_CHECKING:  # their SDKs are imported where they are configured alone
    from bot.platforms.slack.calls import SlackSecrets
    from bot.platforms.slack.platform import SlackPlatform
    from bot.platforms.teams.platform import TeamsPlatform

LOCAL_ADVISOR = "local"
_RECALLED_RUNS = 50


@dataclass(frozen=True, slots=True)
class App:
    """A bot that is open; `office` is what its web console reads, `notices` tells approvers what waits for them, `keeper` keeps the schedules."""

    engine: Engine
    conversation: Conversation
    office: EngineOffice
    notices: Notices
    keeper: Keeper

    async def keep(self) -> None:
        """Keeps the schedules until cancelled: a running bot alone does that, and once it knows what a stop left open."""
        await self.conversation.runs.swept.wait()
        await self.keeper.run()


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
        stack.push_async_callback(conversation.settled)
        keeper = _keeper(engine, conversation)
        stack.push_async_callback(keeper.settled)
        yield App(engine, conversation, EngineOffice(engine), _notices(engine, conversation), keeper)


def _notices(engine: Engine, conversation: Conversation) -> Notices:
    showing = conversation.showing
    notices = Notices(engine, engine.settings.people, showing.platforms, showing.show, showing.redraw)
    engine.desk.watch(notices.stir)
    return notices


def _keeper(engine: Engine, conversation: Conversation) -> Keeper:
    """Scheduled runs are shown as any run is; what became of a time is told where the schedule was asked for."""
    engine.schedules.through(conversation.runs.carry)

    async def tell(schedule: Schedule, fired: Fired | None) -> None:
        now = engine.clock.now()
        place = Place(schedule.place.get("platform", ""), schedule.place.get("channel", ""), schedule.place.get("thread", ""))
        if fired is None:
            touched = len(await engine.schedules.touching(schedule.id))
            await conversation.showing.show(place, heads_up_card(schedule, touched, now))
        else:
            await conversation.showing.show(place, fired_card(schedule, fired, now))

    return Keeper(engine.schedules, engine.clock, tell)


@contextlib.contextmanager
def extra(name: str) -> Iterator[None]:
    """Around the import of a platform whose SDK is an extra. Raises SettingsError that says how to install it."""
    try:
        yield
    except ImportError as missing:
        raise SettingsError(
            f"{name.capitalize()} needs {missing.name}, which is not installed.",
            hint=f"Install escher-ops with the extra: escher-ops[{name}].",
        ) from None


async def chat_platforms(app: App, env: Mapping[str, str]) -> Sequence[Platform]:
    """The chat platforms that the settings name, added to the conversation. Raises SettingsError for a secret that is not there."""
    settings = app.engine.settings
    chosen: list[Platform] = []
    if settings.slack is not None:
        chosen.append(await slack_platform(app, settings.slack, env))
    if settings.teams is not None:
        chosen.append(await teams_platform(app, settings.teams, env))
    for platform in chosen:
        app.conversation.add(platform)
    return chosen


async def slack_platform(app: App, settings: SlackSettings, env: Mapping[str, str]) -> SlackPlatform:
    """Slack, as configured. Raises SettingsError."""
    with extra("slack"):
        from bot.platforms.slack.platform import SlackPlatform
    return SlackPlatform(settings, await slack_secrets(settings, env), app.conversation.posts, app.engine.clock)


async def slack_secrets(settings: SlackSettings, env: Mapping[str, str]) -> SlackSecrets:
    """What Slack's references stand for: the two tokens in socket mode, the token and the signing secret in http mode. Raises SettingsError."""
    with extra("slack"):
        from bot.platforms.slack.calls import SlackSecrets
    over_socket = settings.mode == "socket"
    return SlackSecrets(
        bot_token=await secret(settings.bot_token, env),
        app_token=await secret(settings.app_token, env) if over_socket else "",
        signing_secret="" if over_socket else await secret(settings.signing_secret, env),
    )


async def teams_platform(app: App, settings: TeamsSettings, env: Mapping[str, str]) -> TeamsPlatform:
    """Teams, as configured; its port is taken now. Raises SettingsError."""
    with extra("teams"):
        from bot.platforms.teams.platform import TeamsPlatform
    own = "" if settings.playground else await secret(settings.secret, env)
    logins = [login for person in app.engine.settings.people for name, login in person.logins.items() if name == "teams"]
    teams = TeamsPlatform(
        settings, own, app.conversation.posts, lambda: logins, clock=app.engine.clock, open_to_playground=settings.playground
    )
    teams.open()
    return teams


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
    for left in list(runs(engine.journal.entries(RUN_KINDS)).values())[-_RECALLED_RUNS:]:
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
