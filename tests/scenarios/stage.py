"""A whole bot on a small estate of three fake clouds, and a platform that keeps what was shown. For scenarios."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.cards.card import Action, Card
from bot.cards.plain import plain
from bot.conversation import Conversation
from bot.platforms.platform import Click, Inbox, Message, Place
from engine.advisor.advisor import Advisor
from engine.clock import FakeClock, fresh_id
from engine.clouds.fake import FakeCloud
from engine.clouds.tables import TABLES
from engine.estate.memory import MemoryEstate
from engine.estate.resource import CLOUDS, CloudName, Resource
from engine.estate.view import Embedder
from engine.settings import Person, Settings, parse
from engine.wiring import Engine, Parts, open_engine
from tests.engine.execution.samples import database, vm, volume

PEOPLE = (
    Person(id="eve", name="Eve", roles=("executor",)),
    Person(id="mona", name="Mona", roles=("manager",), logins={"teams": "tenant/mona"}),
    Person(id="theo", name="Theo", roles=("manager",)),
    Person(id="max", name="Max", roles=("manager", "executor")),
    Person(id="vic", name="Vic"),
)
_PROD: dict[str, Any] = {"account": "111122223333", "account_name": "nimbus-prod", "region": "us-west-2", "env": "production"}
_AZURE: dict[str, Any] = {
    "cloud": "azure", "native_type": "Microsoft.Compute/virtualMachines", "account": "sub-1", "account_name": "nimbus-az", "region": "westeurope",
    "properties": {"vm_size": "Standard_B2ms", "resource_group": "rg-lab"},
}  # fmt: skip
_GCP: dict[str, Any] = {
    "cloud": "gcp", "native_type": "compute.googleapis.com/Instance", "account": "nimbus-gcp", "account_name": "nimbus-gcp", "region": "europe-west1",
    "properties": {"machine_type": "e2-medium", "zone": "europe-west1-b"},
}  # fmt: skip

WEB_1 = vm("mailer-web-1", metrics={"cpu_avg_7d": 40.0})
WEB_2 = vm("mailer-web-2", metrics={"cpu_avg_7d": 1.0})
WEB_OFF = vm("mailer-web-3", "stopped")
TRACKER = vm("tracker-api-01", id="arn:aws:ec2:us-west-2:111122223333:instance/i-tracker", **_PROD)
DB_PROD = database("storefront-db", id="arn:aws:rds:us-west-2:111122223333:db:storefront-db", tags={"env": "production"}, account="111122223333",
                   account_name="nimbus-prod", region="us-west-2")  # fmt: skip
DB_STAGING = database("storefront-db", tags={"env": "staging"})
DISK = volume("scratch-data")
AZ_VM = vm(
    "vm-search-01", id="/subscriptions/sub-1/resourceGroups/rg-lab/providers/Microsoft.Compute/virtualMachines/vm-search-01", **_AZURE
)
GCE_VM = vm(
    "batch-worker", id="//compute.googleapis.com/projects/nimbus-gcp/zones/europe-west1-b/instances/batch-worker", env="staging", **_GCP
)
ESTATE = (WEB_1, WEB_2, WEB_OFF, TRACKER, DB_PROD, DB_STAGING, DISK, AZ_VM, GCE_VM)
HERE = Place("web", "general", "m1")


@dataclass
class Recorder:
    """A platform that shows nothing and keeps everything."""

    name: str = "web"
    shown: list[tuple[Place, Card]] = field(default_factory=list)
    whispered: list[tuple[str, Card]] = field(default_factory=list)

    async def show(self, place: Place, card: Card) -> None:
        self.shown.append((place, card))

    async def whisper(self, place: Place, login: str, card: Card) -> None:
        self.whispered.append((login, card))

    async def direct(self, login: str) -> Place | None:
        return Place(self.name, f"@{login}", "direct")

    async def run(self, inbox: Inbox) -> None:
        """Serves nobody: a test speaks to the conversation itself."""


@dataclass
class Stage:
    """A bot with hands on its outside."""

    engine: Engine
    conversation: Conversation
    platform: Recorder
    clouds: Mapping[CloudName, FakeCloud]
    clock: FakeClock

    async def say(self, who: str, text: str, place: Place = HERE, **more: str) -> list[Card]:
        """Says something and waits until nothing runs; the cards shown because of it, newest version of each only."""
        before = len(self.platform.shown), len(self.platform.whispered)
        await self.conversation.received(Message(**{"id": fresh_id("m"), "place": place, "login": who, "text": text, **more}))  # type: ignore[arg-type]
        await self.conversation.settled()
        return _newest([card for _, card in self.platform.shown[before[0] :]] + [card for _, card in self.platform.whispered[before[1] :]])

    async def press(self, who: str, card: Card, verb: str, **fields: Sequence[str]) -> tuple[Card | None, list[Card]]:
        """Presses a button of a card; what the person alone saw, and what everybody saw."""
        return await self.press_subject(who, verb, button(card, verb).subject, **fields)

    async def press_subject(self, who: str, verb: str, subject: str, **fields: Sequence[str]) -> tuple[Card | None, list[Card]]:
        """Presses a button that need not stand anywhere."""
        return await self.click(Click(fresh_id("c"), HERE, who, verb, subject, fields))

    async def click(self, click: Click) -> tuple[Card | None, list[Card]]:
        """Any click at all; what the person alone saw, and what everybody saw on the first platform."""
        before = len(self.platform.shown)
        own = await self.conversation.clicked(click)
        await self.conversation.settled()
        return own, _newest([card for _, card in self.platform.shown[before:]])

    def sent(self) -> list[tuple[str, str]]:
        """Name and operation of every change that left to any cloud."""
        return [(call.resource.name, call.operation) for cloud in self.clouds.values() for call in cloud.performed]

    def journal(self, *kinds: str) -> list[Mapping[str, Any]]:
        return [entry.body for entry in self.engine.journal.entries(set(kinds))]


def _newest(cards: Sequence[Card]) -> list[Card]:
    """Later versions of a card take the place of earlier ones, where the first stood; a progress card's place is its outcome's."""
    kept: dict[str, Card] = {}
    for number, card in enumerate(cards):
        kept[card.subject or str(number)] = card
    return list(kept.values())


def button(card: Card, verb: str) -> Action:
    return next(action for action in card.actions if action.verb == verb)


def verbs(card: Card) -> list[str]:
    return [action.verb for action in card.actions]


def words(card: Card | None) -> str:
    assert card is not None
    return plain(card)


def fake_clouds(resources: Sequence[Resource]) -> dict[CloudName, FakeCloud]:
    return {name: FakeCloud([one for one in resources if one.cloud == name], TABLES[name], name) for name in CLOUDS}


@contextlib.asynccontextmanager
async def stage(
    home: Path,
    advisor_url: str,
    *,
    resources: Sequence[Resource] = ESTATE,
    advisor: Advisor | None = None,
    embedder: Embedder | None = None,
    **settings: Any,
) -> AsyncIterator[Stage]:
    """A bot in `home` over these resources. The clouds stay the same object only within one stage; `clock` moves by hand."""
    made: Settings = parse(
        {
            "advisor": {"url": advisor_url, "timeout_s": 1.5},
            "estate": {"key": "file"},
            "execution": {"poll_s": 0.01, "step_timeout_s": 5},
            **settings,
        },
        source="test",
    )
    made = made.model_copy(update={"people": PEOPLE})
    clock = FakeClock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    clouds = fake_clouds(resources)
    parts = Parts(estate=MemoryEstate(resources, embedder), clouds=clouds, advisor=advisor, clock=clock)
    engine = await open_engine(home, made, {}, parts)
    try:
        conversation, platform = Conversation(engine), Recorder()
        conversation.add(platform)
        yield Stage(engine, conversation, platform, clouds, clock)
        await conversation.settled()
    finally:
        await engine.close()


def away_from(place: Place, thread: str) -> Place:
    """Another thread of the same channel."""
    return replace(place, thread=thread)
