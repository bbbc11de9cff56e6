"""One card of every kind, made by the bot's own builders; goldens, the preview and the contract suites look at these. Pure."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from bot.cards.card import Action, Card
from bot.cards.home import Standing, home_card
from bot.cards.notices import notice_card
from bot.cards.plans import details_card, plan_card
from bot.cards.resources import resource_card
from bot.cards.runs import outcome_card, progress_card
from bot.cards.schedules import Outlook, fired_card, heads_up_card, list_card, review_card, scheduled_card
from bot.cards.sheets import View, csv_card, find_card, sheet_card
from bot.cards.talk import clarification_card, error_card, help_card, refusal_card, sent_card, table_card, text_card
from engine.errors import Refused, Unreachable
from engine.schedules.schedule import Cadence, Fired
from tests.bot.platforms import shop

ANSWER = "answer-5hx2kq8w"
LISTED = 31
ROOMS = {"home": "everything at a glance", "status": "how things stand"}
GAP = "eu-west-1 of shop-development could not be seen: denied (ec2:DescribeInstances)."


def plan(subject: str = "", count: int = 14, environment: str = "production") -> Card:
    """A plan that waits for a manager. With `subject`, its buttons carry that as it is, so that a test can name what it presses."""
    made = shop.stopping(shop.machines(count, environment), subject or shop.PLAN)
    card = plan_card(shop.filed(made))
    return replace(card, actions=tuple(replace(one, subject=subject) for one in card.actions)) if subject else card


def decided() -> Card:
    """The same plan after a manager denied it."""
    return plan_card(shop.filed(shop.stopping(shop.machines(14)), "denied"))


def progress(over: int = 3, subject: str = shop.RUN) -> Card:
    """A run on its way, with a failure."""
    return progress_card(shop.under_way(over, subject))


def outcome() -> Card:
    """A run that ended, not wholly well."""
    return outcome_card(shop.ended())


def table() -> Card:
    """An answer with more rows than a card shows, and the ways to see them all."""
    found = shop.machines(LISTED, "development")
    return table_card(found, f"{len(found)} instances run in development.", (GAP,), View(ANSWER), shop.why)


def sheet(page: int = 1) -> Card:
    """A page of what an answer lists."""
    return sheet_card(f"{LISTED} instances", shop.machines(LISTED, "development"), View(ANSWER, page, "-Cost"), shop.why)


def csv() -> Card:
    """What the CSV button of a sheet answers: a file to keep."""
    return csv_card(f"{LISTED} instances", shop.machines(LISTED, "development"), View(ANSWER), shop.why)


def resource() -> Card:
    """One resource in full, with what can be done to it."""
    one = shop.machine(3, tagged=False)
    return resource_card(one, offers=True, why=shop.why(one))


def clarification() -> Card:
    """A question with a pick list: three databases of one name."""
    return clarification_card("Three databases are called orders-db. Which one do you mean?", shop.databases(), "q-5")


def refusal() -> Card:
    """A refusal that explains itself."""
    return refusal_card(
        Refused("You asked for this, so somebody else must approve it.", who_can="A manager other than the person who asked.")
    )


def error() -> Card:
    """Something that went wrong outside."""
    hint = "Whether the call arrived is not known, so it is not repeated. Ask what happened to the run."
    return error_card(Unreachable("AWS did not answer within 10 s.", hint=hint), "ec2:DescribeInstances in eu-central-1")


def text() -> Card:
    """A plain answer."""
    return text_card("Nothing to do", "Every development instance in us-east-1 is stopped already.\nThe last one stopped at 19:02.")


def helping() -> Card:
    """What Escher can do."""
    return help_card(137, (shop.gap(),), ROOMS)


def details() -> Card:
    """What a plan's details button opens."""
    return details_card(shop.filed(shop.stopping(shop.machines(14))))


def sent() -> Card:
    """What left the network for a plan."""
    return sent_card((json.dumps({"ask": "operations", "handles": ["r1", "r2"], "type": "compute_instance"}),))


def notice() -> Card:
    """What a manager is told of a plan that waits for them."""
    return notice_card("asked", shop.filed(shop.stopping(shop.machines(14))), "Lena Vogt", shop.AT)


def home() -> Card:
    """Where a person stands: what waits for them, their runs, the estate and its gaps."""
    waiting = (shop.filed(shop.stopping(shop.machines(14))),)
    environments = (("production", 80), ("staging", 37), ("development", 20))
    runs = (shop.under_way(), shop.ended())
    return home_card(
        Standing("Omar Haddad", waiting, (), runs, 137, environments, (shop.gap(),), "2026-11-20 09:08 UTC", "", (shop.scheduled(),))
    )


def review() -> Card:
    """The review of a schedule that waits for a manager: when it runs stands first."""
    ids = [one.id for one in shop.machines(11, "development")]
    return review_card(shop.reviewing(), shop.scheduled(state="proposed", standing=None, last=None), Outlook(shop.AT, ids, days=90))


def scheduled() -> Card:
    """A schedule that stands, with what can be done to it."""
    return scheduled_card(shop.scheduled(), shop.AT)


def schedules() -> Card:
    """All schedules: one that runs tonight, one that is paused, one that waits, one for once."""
    once = Cadence("tomorrow at 9", "Europe/Berlin", run_at=datetime(2026, 11, 21, 8, 0, tzinfo=UTC))
    others = (
        shop.scheduled(id="sched-2pf7vh4m", state="paused", next_at=None, title="Start the shop's workers in staging"),
        shop.scheduled(id="sched-9ck5tz3x", state="proposed", next_at=None, last=None, asked_by="omar"),
        shop.scheduled(id="sched-4nb8yj6q", cadence=once, next_at=once.run_at, title="Restart prod-worker-001", last=None),
    )
    return list_card((*others, shop.scheduled()), shop.AT)


def heads_up() -> Card:
    """Told a quarter of an hour before a run that will change something."""
    return heads_up_card(shop.scheduled(), 14, datetime(2026, 11, 20, 18, 45, tzinfo=UTC))


def fired() -> Card:
    """What became of a time that came: a part ran, and what is new waits for a review."""
    came = Fired(
        datetime(2026, 11, 20, 19, 0, tzinfo=UTC),
        shop.AT,
        "ran",
        "Stop 14 workers: done. 2 are new since it was approved: review it.",
        shop.RUN,
    )
    following = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    return fired_card(shop.scheduled(last=came, next_at=following), came, datetime(2026, 11, 20, 19, 2, tzinfo=UTC))


GALLERY: dict[str, Card] = {
    "review": review(),
    "plan": plan(),
    "decided": decided(),
    "progress": progress(),
    "outcome": outcome(),
    "table": table(),
    "sheet": sheet(),
    "csv": csv(),
    "resource": resource(),
    "clarification": clarification(),
    "refusal": refusal(),
    "error": error(),
    "text": text(),
    "find": find_card(),
    "help": helping(),
    "details": details(),
    "sent": sent(),
    "notice": notice(),
    "home": home(),
    "scheduled": scheduled(),
    "schedules": schedules(),
    "heads-up": heads_up(),
    "fired": fired(),
}
# The buttons of the gallery that ask for something first, by verb.
FORMS: dict[str, Action] = {action.verb: action for card in GALLERY.values() for action in card.actions if action.form}
