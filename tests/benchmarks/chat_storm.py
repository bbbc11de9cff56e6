"""2,000 randomised deliveries and clicks, most of them wrong: repeated, by people without the right, on what was decided or drawn anew. Edge.

What came of them is judged from the journal and the clouds alone, by rules written here and not by Escher's own.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.benchmarks.chat_cards import Presser, Shown, again, card_of, press, submit
from tests.benchmarks.chat_people import APPROVERS, ASKERS, BOT, LOGIN, STRANGER, machine
from tests.benchmarks.chat_world import World, world
from tests.peers.fault_proxy import Frame

COUNT = 2000
SEED = 20261121
WEIGHTS = {"mention": 10, "mention again": 25, "right": 9, "right again": 9, "wrong": 39, "stale": 4, "decided": 4}
WRONG = ("vic", "eva", "gus", "out", "botty", "stranger", "elsewhere", "requester")


@dataclass
class Storm:
    """What was delivered, and what was right about it. `asked` is who asked for a plan, by its thread."""

    scene: World
    chance: random.Random
    first: dict[str, str] = field(default_factory=dict)  # thread, plan
    cards: dict[str, Shown] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    undos: dict[str, Shown] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    clicks: list[str] = field(default_factory=list)
    rightful: set[tuple[str, str, str]] = field(default_factory=set)  # plan, event, person
    wrong: int = 0
    done: Counter[str] = field(default_factory=Counter)
    machines: int = 0

    def watch(self) -> None:
        """Notes every card and every event from now on."""
        self.scene.slack.on_card = self._card
        self.scene.proxy.watch = self._frame
        self.scene.proxy.keeps = False

    def _card(self, message: Any) -> None:
        """Of a thread only the first plan: later ones take it back, and somebody else asked for them. Copies for approvers stand elsewhere."""
        shown = card_of(message, "details")
        here = message["channel"] in self.scene.slack.channels
        if shown and here and self.first.setdefault(message["thread_ts"], shown.about) == shown.about:
            if open_ := card_of(message, "approve"):
                self.cards.setdefault(shown.about, open_)
            else:
                self.closed.add(shown.about)
        if back := card_of(message, "undo"):
            self.undos.setdefault(back.about, back)

    def _frame(self, frame: Frame) -> None:
        if frame.way == "down" and '"type":"app_mention"' in frame.text:
            self.events.append(frame.text)

    async def step(self) -> None:
        """One delivery or click by chance."""
        kind = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if kind == "mention" or not any(one.message["thread_ts"] in self.asked for one in self.cards.values()):
            kind = "mention"
            await self._mention()
        elif kind == "mention again":
            await self.scene.proxy.deliver(again(self.chance.choice(self.events)))
        elif kind == "right again":
            if not self.clicks:
                return
            await self.scene.proxy.deliver(again(self.chance.choice(self.clicks)))
        else:
            await self.scene.proxy.deliver(self._click(kind))
        self.done[kind] += 1

    async def _mention(self) -> None:
        asker = self.chance.choice(ASKERS)
        number, self.machines = self.machines, self.machines + 1
        channel = self.chance.choice(self.scene.slack.channels)
        stamp = await self.scene.slack.say(f"<@{BOT}> stop {machine(number)}", user=LOGIN[asker], channel=channel)
        self.asked[stamp] = asker

    def _click(self, kind: str) -> str:
        known = [one for one in self.cards.values() if one.message["thread_ts"] in self.asked]
        still_open = [one for one in known if one.about not in self.closed]
        shown = self.chance.choice(still_open if kind == "right" and still_open else known)
        asker = self.asked[shown.message["thread_ts"]]
        if kind == "right":
            return self._right(shown, asker)
        self.wrong += 1
        if kind == "stale":
            return press(shown, Presser(LOGIN["mona"]), subject=f"{shown.about}.{'0' * 12}")
        if kind == "decided" and self.closed:
            return press(self.cards[self.chance.choice(sorted(self.closed & set(self.cards)))], Presser(LOGIN["theo"]))
        return self._without_right(shown, asker)

    def _right(self, shown: Shown, asker: str) -> str:
        event = self.chance.choices(("approve", "deny", "withdraw", "undo"), (6, 2, 1, 2))[0]
        if event == "undo" and self.undos:
            shown = self.chance.choice(list(self.undos.values()))
            click, by = press(shown, Presser(LOGIN["eve"])), "eve"
        elif event == "withdraw":
            by = asker
            click = press(shown, Presser(LOGIN[by]), verb="withdraw")
        else:
            event = "deny" if event == "deny" else "approve"
            by = self.chance.choice([one for one in APPROVERS if one != asker])
            deny = event == "deny"
            click = submit(shown, Presser(LOGIN[by]), verb="deny", reason="no") if deny else press(shown, Presser(LOGIN[by]))
        self.rightful.add((shown.about, event, by))
        self.clicks.append(click)
        return click

    def _without_right(self, shown: Shown, asker: str) -> str:
        who = self.chance.choice(WRONG)
        if who == "requester":
            by = Presser(LOGIN[asker])
        elif who == "stranger":
            by = Presser(STRANGER)
        elif who == "elsewhere":
            by = Presser(LOGIN["mona"], "T9OTHER")
        else:
            by = Presser(LOGIN[who])
        verb = self.chance.choice(("approve", "approve", "deny", "withdraw"))
        if who == "requester" and verb == "withdraw":  # that one they may
            verb = "approve"
        if who == "requester" and asker == "max" and verb == "deny":  # a manager may deny their own
            verb = "approve"
        if self.undos and who not in ("requester", "eva") and self.chance.random() < 0.15:
            return press(self.chance.choice(list(self.undos.values())), by)
        return submit(shown, by, verb="deny", reason="mine") if verb == "deny" else press(shown, by, verb=verb)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the journal and the clouds say came of it."""

    duplicates: int
    without_right: int
    plans: int
    runs: int
    votes: int
    refused: int
    stuck: int  # approved, and neither run nor withdrawn


async def main() -> None:
    async with world("escher") as scene:
        storm = Storm(scene, random.Random(SEED))
        storm.watch()
        while sum(storm.done.values()) < COUNT:
            await asyncio.gather(*(storm.step() for _ in range(storm.chance.randint(1, 12))))
            await asyncio.sleep(storm.chance.random() * 0.05)
        await scene.quiet()
        verdict = judged(storm, await scene.child.ask("journal"), await scene.child.ask("calls"))
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(storm.done.items()))
    print(f"storm of {sum(storm.done.values())} (seed {SEED}): {kinds}")
    print(
        f"  {verdict.plans} plans, {verdict.votes} approvals, {verdict.runs} runs, {verdict.stuck} approved and left lying, {verdict.refused} refusals written down for {storm.wrong} "
        f"clicks without the right or too late"
    )
    print(f"  duplicates acted on {verdict.duplicates}, clicks accepted without the right {verdict.without_right} (at least: 0 and 0)")


def judged(storm: Storm, journal: list[list[Any]], calls: list[list[str]]) -> Verdict:
    """Counts what should not be, from what is written down and what the clouds were sent."""
    bodies: defaultdict[str, list[Any]] = defaultdict(list)
    for kind, _, body in journal:
        bodies[kind].append(body)
    plans = {body["plan"]["id"]: body["plan"] for body in bodies["plan.made"]}
    started = Counter(body["plan"]["id"] for body in bodies["run.started"])
    asked = Counter((plan["place"]["channel"], plan["place"]["thread"]) for plan in plans.values() if not plan["undoes"])
    undone = Counter(plan["undoes"] for plan in plans.values() if plan["undoes"])
    received = Counter(body["id"] for body in bodies["message.received"])
    steps = sum(len(plans[one]["steps"]) for one in started)
    duplicates = sum(number - 1 for counts in (asked, started, received) for number in counts.values())
    duplicates += sum(max(0, number - undos_of(storm, run)) for run, number in undone.items()) + abs(len(calls) - steps)
    moves: defaultdict[str, list[Any]] = defaultdict(list)
    for kind, _, body in journal:
        if kind in ("approval.asked", "approval.moved"):
            moves[body["request"]["plan_id"]].append(body["request"])
    wrong = sum(unlawful(storm, before, after) for one in moves.values() for before, after in pairwise(one))
    wrong += sum(moves[one][-1]["state"] != "used" or len(moves[one][-1]["votes"]) < 1 for one in started)
    wrong += sum(plan["asked_by"] not in ASKERS for plan in plans.values())
    votes = sum(len(one[-1]["votes"]) for one in moves.values())
    stuck = sum(one[-1]["state"] in ("approved", "used") and plan not in started for plan, one in moves.items())
    return Verdict(duplicates, wrong, len(plans), len(started), votes, len(bodies["click.refused"]), stuck)


def undos_of(storm: Storm, run: str) -> int:
    """How many separate clicks asked to take this run back: each may make a plan that waits."""
    return sum(json.loads(json.loads(click)["payload"]["actions"][0]["value"])[1] == run for click in storm.clicks if '"undo\\"' in click)


def unlawful(storm: Storm, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether a request moved in a way nobody had the right to move it."""
    plan, asker = after["plan_id"], after["asked_by"]
    voted = [vote["by"] for vote in before["votes"]]
    new = [vote["by"] for vote in after["votes"][len(voted) :]]
    closer = after["closed"]["by"] if after["closed"] else ""
    match before["state"], after["state"]:
        case "asked", ("asked" | "approved") if len(new) == 1:
            return new[0] not in APPROVERS or new[0] == asker or new[0] in voted or (plan, "approve", new[0]) not in storm.rightful
        case "asked", "denied":
            return closer not in APPROVERS or (plan, "deny", closer) not in storm.rightful
        case (("asked" | "approved"), "withdrawn"):
            return (plan, "withdraw", closer) not in storm.rightful
        case "approved", "used":
            return bool(new)
    return True
