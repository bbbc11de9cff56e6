"""A scripted office and a scripted inbox: what stands behind the web chat in its tests and in the preview. Edge (they remember)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.cards.card import Action, Card, Column, Facts
from bot.platforms.platform import Click, Inbox, Message, Place, Platform, Retraction, Suggestion
from bot.platforms.web.office import JournalEntry, JournalPage, Page, Search, Status
from engine.errors import CloudError, EscherError
from tests.bot.platforms import gallery, shop

COLUMNS = (
    Column("Name"),
    Column("Cloud"),
    Column("Type"),
    Column("Environment"),
    Column("State"),
    Column("Region"),
    Column("Cost", numeric=True, unit="USD"),
)
SIZE = 25


def _rows() -> list[tuple[str, ...]]:
    clouds = (("aws", "eu-central-1"), ("azure", "westeurope"), ("gcp", "europe-west3"))
    kinds = ("compute_instance", "database_instance", "disk", "object_storage")
    environments = ("production", "staging", "development")
    rows: list[tuple[str, ...]] = []
    for i in range(137):
        cloud, region = clouds[i % 3]
        state = "running" if i % 4 else "stopped"
        rows.append(
            (
                f"{environments[i % 3][:4]}-{kinds[i % 4].split('_')[0]}-{i:03}",
                cloud,
                kinds[i % 4],
                environments[i % 3],
                state,
                region,
                f"{i * 7 % 311}.20",
            )
        )
    return rows


@dataclass
class FakeOffice:
    """An office with 137 resources, two plans that wait, three runs and a journal of 60 entries. `broken` is raised instead."""

    broken: EscherError | None = None
    waiting: list[Card] = field(default_factory=lambda: [gallery.plan(), gallery.plan("plan-b3c4d5f6", 3, "staging")])

    async def resources(self, search: Search) -> Page:
        self._check()
        at = {"cloud": 1, "type": 2, "environment": 3, "state": 4}
        rows = [
            row for row in _rows() if search.query.lower() in row[0] and all(row[at[key]] == value for key, value in search.filters.items())
        ]
        titles = [column.title for column in COLUMNS]
        if search.sort.lstrip("-") in titles:
            key = titles.index(search.sort.lstrip("-"))
            rows.sort(key=lambda row: (float(row[key]) if COLUMNS[key].numeric else 0, row[key]), reverse=search.sort.startswith("-"))
        start = int(search.after or 0)
        part, following = rows[start : start + SIZE], str(start + SIZE) if start + SIZE < len(rows) else ""
        choices = {key: tuple(sorted({row[i] for row in _rows()})) for key, i in at.items()}
        notes = ("eu-west-1 of shop-development could not be read: denied (ec2:DescribeInstances).",)
        ids = tuple(f"id/{row[0]}" for row in part)
        return Page(COLUMNS, tuple(part), len(rows), following, ids, choices=choices, notes=notes)

    async def resource(self, resource_id: str) -> Card | None:
        self._check()
        name = resource_id.removeprefix("id/")
        found = next((row for row in _rows() if row[0] == name), None)
        if found is None:
            return None
        return Card("details", found[0], "neutral", (Facts(tuple(zip((c.title for c in COLUMNS), found, strict=True))),))

    async def executions(self) -> Sequence[Card]:
        self._check()
        return [gallery.progress(), gallery.outcome()]

    async def schedules(self) -> Sequence[Card]:
        self._check()
        return [gallery.scheduled()]

    async def approvals(self, login: str) -> Sequence[Card]:
        self._check()
        return self.waiting

    async def journal(self, before: int | None) -> JournalPage:
        self._check()
        top = min(60, (before or 61) - 1)
        entries = tuple(
            JournalEntry(
                i,
                f"2026-11-20 09:{i % 60:02}:00 UTC",
                "Omar Haddad" if i % 3 else "Escher",
                ("plan approved", "step done", "plan made")[i % 3],
                f"plan-7k2m9qhd, target {i}",
                hashlib.sha256(str(i).encode()).hexdigest(),
            )
            for i in range(top, max(0, top - 25), -1)
        )
        last = entries[-1].number if entries else 1
        return JournalPage(
            entries, verified=True, sentence="All 60 entries chain to the first; checked just now.", before=last if last > 1 else None
        )

    async def status(self) -> Status:
        self._check()
        counts = {"resources": 137, "executions": 2, "approvals": len(self.waiting)}
        return Status(counts, ("eu-west-1 of shop-development: denied",), advisor_up=True, last_scan="4 minutes ago")

    def _check(self) -> None:
        if self.broken is not None:
            raise self.broken


class FakeInbox:
    """Remembers what came, once for each id, and answers from a script as the real inbox does.

    `reply` maps a message's text to cards shown to all, `private` to a card for its writer alone, `answers` a verb to what a click is
    answered, `forms` a verb to what its form is now; without one, a form is what the gallery asks for that verb. `received` returns before
    anything is shown: `answered` waits for that.
    """

    def __init__(self) -> None:
        self.platform: Platform | None = None
        self.messages: list[Message] = []
        self.retractions: list[Retraction] = []
        self.clicks: list[Click] = []
        self.asked: list[Click] = []
        self.entered: list[tuple[str, str, str]] = []
        self.completed: list[tuple[str, str, str]] = []
        self.strangers: set[str] = set()
        self.reply: dict[str, Sequence[Card]] = {}
        self.private: dict[str, Card] = {}
        self.answers: dict[str, Card] = {}
        self.forms: dict[str, Action | Card] = {}
        self.views: dict[str, Sequence[Card]] = {"home": (gallery.home(),)}
        self._seen: set[str] = set()
        self._turns: set[asyncio.Task[None]] = set()

    async def received(self, message: Message) -> None:
        if self._first(message.id):
            self.messages.append(message)
            turn = asyncio.create_task(self._answer(message))
            self._turns.add(turn)
            turn.add_done_callback(self._turns.discard)

    async def _answer(self, message: Message) -> None:
        assert self.platform is not None
        for card in self.reply.get(message.text.strip(), ()):
            await self.platform.show(message.place, card)
        if message.text.strip() in self.private:
            await self.platform.whisper(message.place, message.login, self.private[message.text.strip()])

    async def answered(self) -> None:
        """Waits until every message so far was answered; raises what went wrong while answering."""
        await asyncio.gather(*self._turns)

    async def retracted(self, retraction: Retraction) -> None:
        if self._first(retraction.id):
            self.retractions.append(retraction)

    async def clicked(self, click: Click) -> Card | None:
        if not self._first(click.id):
            return None
        self.clicks.append(click)
        return self.answers.get(click.verb)

    async def form(self, click: Click) -> Action | Card:
        self.asked.append(click)
        made = self.forms.get(click.verb) or gallery.FORMS.get(click.verb) or gallery.refusal()
        return replace(made, subject=click.subject) if isinstance(made, Action) and click.verb not in self.forms else made

    async def complete(self, platform: str, login: str, text: str) -> Sequence[Suggestion]:
        """Names the shop's machines, to everybody but strangers."""
        self.completed.append((platform, login, text))
        if login in self.strangers:
            return ()
        found = [one for one in shop.machines(14, "development") if one.name.startswith(text.lower())]
        return [Suggestion(one.id, one.name, one.name, f"instance · {one.account_name} · {one.region}") for one in found]

    @property
    def rooms(self) -> Mapping[str, str]:
        return {"home": "What waits for you", "status": "How things stand", "approvals": "What waits for a decision"}

    async def enter(self, place: Place, login: str, room: str, words: str = "") -> Sequence[Card]:
        del place
        self.entered.append((login, room, words))
        return self.views.get(room, (gallery.helping(),))

    def _first(self, delivery: str) -> bool:
        first = delivery not in self._seen
        self._seen.add(delivery)
        return first


def _holds(inbox: FakeInbox) -> Inbox:
    """The fake is held to the Protocol by the type checker."""
    return inbox


def gone() -> EscherError:
    """What an office raises when its store is away."""
    return CloudError("The estate's store did not answer.", hint="`escher doctor` says why.")
