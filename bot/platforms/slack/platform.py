"""Slack as a platform: what it shows, and how it runs. Edge.

A place is a channel and the thread in it, by the stamp of the thread's first message. `direct` gives a place whose thread is empty: what is
shown there stands in the direct message itself, and a button on it opens the thread of that message. Answers to a mention stand in the
mention's thread; in a direct message every message of a person begins a thread. On a card that stands in a modal itself, a form's fields are
asked in that modal, and what the click answers takes its place there; a modal has one submit, so with several forms each is a button that
lays its own modal upon it.
"""

from __future__ import annotations

import socket
from collections.abc import Collection

from bot.cards.card import Card
from bot.platforms.outbox import Faulty, Refusal, TooMany
from bot.platforms.platform import Inbox, Place, Posts
from bot.platforms.slack import requests, sockets
from bot.platforms.slack.agent import Agent
from bot.platforms.slack.asking import Asking
from bot.platforms.slack.calls import Calls, SlackSecrets
from bot.platforms.slack.delivery import Delivery
from bot.platforms.slack.events import Self
from bot.platforms.slack.guests import Guests
from bot.platforms.slack.listeners import Behind, build_app
from bot.platforms.slack.pressed import PLATFORM
from bot.platforms.slack.presses import Presses
from bot.platforms.slack.rooms import Rooms
from bot.platforms.slack.suggesting import Suggesting
from bot.platforms.slack.tasks import Tasks
from engine.clock import Clock, SystemClock
from engine.errors import SettingsError
from engine.logs import Log
from engine.settings import SlackSettings

_log = Log("escher.slack")


class SlackPlatform:
    """One Slack workspace. `ping_s` is how often a Socket Mode connection is looked after."""

    def __init__(
        self, settings: SlackSettings, secrets: SlackSecrets, posts: Posts, clock: Clock | None = None, *, ping_s: float = sockets.PING_S
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._clock = clock or SystemClock()
        self._ping_s = ping_s
        self._calls = Calls(settings.api_url, secrets.bot_token)
        self._delivery = Delivery(self._calls, posts, self._clock)
        self._guests = Guests(self._calls, self._clock)
        self._tasks = Tasks()
        self._socket: socket.socket | None = None

    @property
    def name(self) -> str:
        return PLATFORM

    @property
    def port(self) -> int:
        """The port that takes Slack's requests in http mode; with `port` 0 it is taken when first asked. Raises SettingsError."""
        if self._socket is None:
            self._socket = requests.listen(self._settings.host, self._settings.port)
        return int(self._socket.getsockname()[1])

    async def show(self, place: Place, card: Card) -> None:
        """Shows or replaces a card for everybody in the place."""
        self._delivery.show(place, card)

    async def whisper(self, place: Place, login: str, card: Card) -> None:
        """Shows a card to one person only."""
        self._delivery.whisper(place, login, card)

    async def direct(self, login: str) -> Place | None:
        """The direct message with this person of our own teams; its thread is empty."""
        if login.partition("/")[0] not in await self._own_teams():
            return None
        channel = await self._delivery.reachable(login)
        return Place(PLATFORM, channel, "") if channel else None

    async def settled(self) -> None:
        """Waits until everything Slack delivered so far was dealt with, and everything shown was posted or given up."""
        await self._tasks.settled()
        await self._delivery.outbox.settled()

    async def run(self, inbox: Inbox) -> None:
        """Serves until cancelled. Raises SettingsError when Slack refuses a token, or the port is taken."""
        over_http = self._settings.mode == "http"
        if over_http and not self._secrets.signing_secret:
            raise SettingsError(
                "Slack's requests cannot be checked without the signing secret.", hint="Set what `slack.signing_secret` points to."
            )
        listening = self._listening() if over_http else None
        try:
            app = build_app(self._behind(inbox, await self._who_am_i()), self._calls, self._secrets)
            if listening is not None:
                await requests.serve(app, listening)
            else:
                await sockets.serve(app, self._calls, self._secrets.app_token, self._clock, self._ping_s)
        finally:
            await self._tasks.close()
            await self._delivery.outbox.close()
            await self._calls.close()
            self._close_socket()

    def _behind(self, inbox: Inbox, me: Self) -> Behind:
        calls, delivery, tasks = self._calls, self._delivery, self._tasks
        asking = Asking(inbox, calls, delivery, tasks, me)
        suggesting = Suggesting(inbox, self._guests, tasks)
        presses = Presses(inbox, calls, delivery, suggesting, tasks)
        return Behind(inbox, delivery, presses, suggesting, Rooms(inbox, calls, delivery, asking, me), asking, Agent(calls), tasks, me)

    async def _own_teams(self) -> Collection[str]:
        """The teams whose people are no guests; none as long as Slack was not reached."""
        if not self._guests.teams:
            try:
                await self._ask_who_i_am()
            except (TooMany, Faulty, Refusal) as error:
                _log.warning("slack is away", why=str(error))
        return self._guests.teams

    async def _ask_who_i_am(self) -> Self:
        """Raises TooMany, Faulty or Refusal."""
        answer = await self._calls.call("auth.test")
        self._guests.teams = {answer["team_id"], *self._settings.own_teams}
        return Self(answer["team_id"], answer["user_id"], answer.get("bot_id", ""))

    async def _who_am_i(self) -> Self:
        """Asks Slack until it answers. Raises SettingsError when it refuses the token."""
        pause = 1.0
        while True:
            try:
                return await self._ask_who_i_am()
            except Refusal as refusal:
                raise SettingsError(
                    f"Slack refuses the bot token ({refusal.code}).",
                    hint="Install the app in the workspace, and put its Bot User OAuth Token where `bot_token` points. `escher doctor` checks it.",
                ) from refusal
            except TooMany as limit:
                await self._clock.sleep(limit.after_s)
            except Faulty as fault:
                _log.warning("slack is away", why=str(fault))
                await self._clock.sleep(pause)
                pause = min(pause * 2, 30.0)

    def _listening(self) -> socket.socket:
        self._socket = self._socket or requests.listen(self._settings.host, self._settings.port)
        return self._socket

    def _close_socket(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
