"""Schedules as cards: the review, what was scheduled, all of them, what is near, and what became of a time that came. Pure.

Times stand in the schedule's own zone, with its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards.card import Action, Block, Card, Column, Facts, Field, Note, Table, Text, Tone
from bot.cards.plans import plan_card
from engine.approvals.filed import Filed
from engine.schedules.cadence import in_words, upcoming
from engine.schedules.schedule import Fired, Result, Schedule

NEXT_RUNS = 3
MOST_LISTED = 25
SHOW, SNOOZE, SKIP, PAUSE, RESUME, END, REVIEW = (
    f"schedule-{verb}" for verb in ("show", "snooze", "skip", "pause", "resume", "end", "review")
)
VERBS = frozenset({SHOW, SNOOZE, SKIP, PAUSE, RESUME, END, REVIEW})
_BETWEEN = "|"
_STATES = {"proposed": "waits for approval", "active": "active", "paused": "paused", "ended": "ended"}
_RESULTS: dict[Result, tuple[str, Tone]] = {
    "ran": ("Ran", "good"),
    "nothing": ("Nothing to do", "neutral"),
    "left": ("Left alone", "warning"),
    "missed": ("Missed", "warning"),
    "skipped": ("Skipped", "neutral"),
    "refused": ("Refused", "danger"),
}
_ASK_FOR = (
    ("Every evening", "stop all dev vms at 8pm daily"),
    ("Working days", "every weekday at 7:30 start the dev machines"),
    ("Once", "in 2 hours stop NAME"),
)


def subject_of(schedule: Schedule) -> str:
    """What a schedule's buttons carry: its id and the next time, so that a press after that time is noticed."""
    return f"{schedule.id}{_BETWEEN}{schedule.next_at.astimezone(UTC):%Y%m%dT%H%M}" if schedule.next_at else schedule.id


def of_subject(subject: str) -> tuple[str, str]:
    """The schedule's id of a button, and the time that it was drawn for; '' where it is for none."""
    schedule_id, _, due = subject.partition(_BETWEEN)
    return schedule_id, due


def clock(at: datetime, zone: str) -> str:
    """A moment for people: `Fri 2026-11-27 18:00 Europe/Berlin`."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M} {zone}"


def when_lines(schedule: Schedule, now: datetime, supposed: str = "") -> tuple[Block, ...]:
    """When it runs, in words and zone, with the next runs."""
    cadence = schedule.cadence
    lines: list[Block] = [Text(f"When: {in_words(cadence)}.", strong=True)]
    runs = upcoming(cadence, now, NEXT_RUNS)
    if cadence.cron and runs:
        lines.append(Text(f"Next runs: {_days(runs, cadence.timezone)}."))
    return (*lines, *((Note(supposed),) if supposed else ()))


def _days(runs: Sequence[datetime], zone: str) -> str:
    return " · ".join(f"{at.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}" for at in runs)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known at a review beside the plan: the time now, the ids a run of this minute would touch (None where nobody can tell), what was
    supposed of the time, and for how many days an approval holds.
    """

    now: datetime
    touched: Sequence[str] | None = None
    supposed: str = ""
    days: int = 0


def review_card(filed: Filed, schedule: Schedule, outlook: Outlook) -> Card:
    """The plan of a schedule's runs, as it goes to approval: when it runs stands first."""
    card = plan_card(filed)
    asked = filed.request.state == "asked"
    lines = [*when_lines(schedule, outlook.now, outlook.supposed)]
    if outlook.touched is not None:
        lines.append(Text(_of_now(len(outlook.touched), len(filed.plan.changed))))
    if asked:
        lasting = f" for {outlook.days} days" if outlook.days and schedule.cadence.cron else ""
        lines.append(
            Text(f"An approval holds for each run{lasting}, on these targets and no others; what is new by then is left out and told.")
        )
    if not filed.request.needs and filed.request.state in ("approved", "used"):
        lines.append(Text(f"Needs no approval at its times: {', '.join(filed.because)}."))
        card = replace(card, blocks=card.blocks[1:])  # "Runs at once" is not so
    footer = "Nothing runs before its time." if asked else card.footer
    actions = tuple(action for action in card.actions if action.verb != "fewer")
    return replace(card, blocks=(*lines, *card.blocks), actions=actions, footer=footer)


def _of_now(touched: int, meant: int) -> str:
    if touched >= meant:
        return f"If it ran now: all {meant} would be touched." if meant > 1 else "If it ran now, it would be touched."
    fine = meant - touched
    return f"If it ran now: {touched} of {meant} would be touched, {fine} {'is' if fine == 1 else 'are'} as wished already."


def scheduled_card(schedule: Schedule, now: datetime) -> Card:
    """One schedule as it stands, with what can be done to it."""
    return Card(
        "notice",
        f"{_word(schedule)}: {schedule.title}",
        _tone(schedule),
        (Text(_sentence(schedule, now), strong=True), Facts(tuple(_facts(schedule, now)))),
        actions_of(schedule),
        footer=_rule(schedule) if schedule.state == "active" else "",
        subject=schedule.id,
    )


def _rule(schedule: Schedule) -> str:
    if schedule.standing is not None and not schedule.standing.approved_by:
        return "Policy lets this run without approval; what would need one is left out and told."
    return "Nothing but what was approved runs; what is new by then and needs an approval is left out and told."


def _word(schedule: Schedule) -> str:
    return {"proposed": "Not scheduled yet", "active": "Scheduled", "paused": "Paused", "ended": "Ended"}[schedule.state]


def _tone(schedule: Schedule) -> Tone:
    tones: dict[str, Tone] = {"proposed": "waiting", "active": "good", "paused": "warning", "ended": "neutral"}
    return tones[schedule.state]


def _sentence(schedule: Schedule, now: datetime) -> str:
    zone = schedule.cadence.timezone
    match schedule.state:
        case "proposed":
            return f"It waits for its approval ({schedule.review}); nothing runs before that."
        case "paused":
            return "It is paused: nothing runs until it is resumed."
        case "ended":
            return "It has ended: nothing runs any more."
        case _:
            put_off = " (put off, this time only)" if schedule.snoozed else ""
            return (
                f"Next run {clock(schedule.next_at, zone)}{put_off}, {_from_now(schedule.next_at, now)}."
                if schedule.next_at
                else "No next run."
            )


def _from_now(at: datetime, now: datetime) -> str:
    minutes = max(0, round((at - now) / timedelta(minutes=1)))
    if minutes < 60:
        return f"in {minutes} minute{'s' if minutes != 1 else ''}"
    hours = round(minutes / 60)
    if hours < 48:
        return f"in {hours} hour{'s' if hours != 1 else ''}"
    return f"in {round(hours / 24)} days"


def _where(schedule: Schedule) -> tuple[tuple[str, str], ...]:
    """Account, region and environment of what was approved: they stand on every card."""
    return (("Where", "; ".join(schedule.reach)),) if schedule.reach else ()


def _facts(schedule: Schedule, now: datetime) -> list[tuple[str, str]]:
    cadence, zone = schedule.cadence, schedule.cadence.timezone
    rows = [("When", in_words(cadence)), *_where(schedule)]
    if schedule.state == "active" and cadence.cron:
        rows.append(("Next runs", _days(upcoming(cadence, now, NEXT_RUNS), zone)))
    rows += [("Asked for", f"\u201c{schedule.message[:300]}\u201d by {schedule.asked_by}")]
    if (standing := schedule.standing) is not None:
        who = ", ".join(standing.approved_by) or "nobody: policy lets it run"
        rows.append(("Approved by", f"{who} · {standing.plan_id} · holds until {standing.until:%Y-%m-%d}"))
    if schedule.last is not None:
        rows.append(("Last time", f"{clock(schedule.last.due, zone)}: {schedule.last.says}"))
    return [*rows, ("Schedule", schedule.id)]


def actions_of(schedule: Schedule, *, short: bool = False) -> tuple[Action, ...]:
    """What can be done to a schedule as it stands; `short` for a card that tells of its next run."""
    subject = subject_of(schedule)
    match schedule.state:
        case "active":
            put_off = (Action(SNOOZE, subject, "Snooze 1 h"), Action(SKIP, subject, "Skip this time" if short else "Skip next run"))
            pause = Action(PAUSE, subject, "Pause")
            rest = () if short else (Action(REVIEW, subject, "Review anew"), Action(END, subject, "End", style="danger"))
            return (*(put_off if schedule.next_at else ()), pause, *rest)
        case "paused":
            return (
                Action(RESUME, subject, "Resume", style="primary"),
                Action(REVIEW, subject, "Review anew"),
                Action(END, subject, "End", style="danger"),
            )
        case "proposed":
            return (Action("review", schedule.review, "Review", opens=True), Action(END, subject, "End", style="danger"))
        case _:
            return ()


def list_card(schedules: Sequence[Schedule], now: datetime, title: str = "Schedules") -> Card:
    """All schedules that have not ended, the next one first, a row each."""
    if not schedules:
        said = Text("Nothing is scheduled. Say when, with anything you would ask for now:", strong=True)
        return Card("home", title, blocks=(said, Facts(_ASK_FOR)))
    ordered = sorted(schedules, key=lambda one: (one.next_at is None, one.next_at or now, one.made_at))
    titles = (Column("What"), Column("When"), Column("Next"), Column("State"), Column("Last time"), Column("Asked by"), Column("Id"))
    rows = tuple(_row(one) for one in ordered)
    count = f"{len(rows)} schedule{'s' if len(rows) != 1 else ''}"
    choices = tuple((one.id, one.title, f"{in_words(one.cadence)}, {_STATES[one.state]}") for one in ordered[: MOST_LISTED * 4])
    show = Action(SHOW, "schedules", "Open one", form=(Field("row", "Which one", choices=choices),), opens=True)
    return Card("home", title, blocks=(Table(titles, rows, count, shown=MOST_LISTED),), actions=(show,))


def _row(schedule: Schedule) -> tuple[str, ...]:
    zone = schedule.cadence.timezone
    following = f"{schedule.next_at.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}" if schedule.next_at else ""
    last = _RESULTS[schedule.last.result][0].lower() if schedule.last else "not yet"
    state = _STATES[schedule.state] + (", snoozed" if schedule.snoozed else "")
    return (schedule.title, in_words(schedule.cadence), following, state, last, schedule.asked_by, schedule.id)


def near_subject(schedule_id: str, due: datetime) -> str:
    """The card of one time that comes: told before it, and told again with what became of it, in the same place."""
    return f"{schedule_id}.{due.astimezone(UTC):%Y%m%dT%H%M}"


def heads_up_card(schedule: Schedule, touched: int | None, now: datetime) -> Card:
    """Told before a run that will change something; `touched` as things stand now, None where it is over and only told of."""
    due = schedule.next_at or now
    count = () if touched is None else (Text(f"{touched} resource{'s' if touched != 1 else ''} would be touched as things stand."),)
    said = f"{_from_now(due, now).capitalize()}: {_lowered(schedule.title)}."
    at = ("At", clock(due, schedule.cadence.timezone))
    facts = Facts((at, *_where(schedule), ("When", in_words(schedule.cadence)), ("Schedule", schedule.id)))
    actions = actions_of(schedule, short=True)
    return Card("notice", "Coming up", "waiting", (Text(said, strong=True), *count, facts), actions, subject=near_subject(schedule.id, due))


def coming(schedule: Schedule) -> str:
    """One line for a schedule's next run."""
    return (
        f"{clock(schedule.next_at, schedule.cadence.timezone)}: {_lowered(schedule.title)}." if schedule.next_at else f"{schedule.title}."
    )


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]


def fired_card(schedule: Schedule, fired: Fired, now: datetime) -> Card:
    """What became of a time that came, in one sentence; a run's own card stands beside it."""
    word, tone = _RESULTS[fired.result]
    rows = [("Due", clock(fired.due, schedule.cadence.timezone))]
    if schedule.next_at is not None:
        rows.append(("Next run", f"{clock(schedule.next_at, schedule.cadence.timezone)}, {_from_now(schedule.next_at, now)}"))
    if fired.run:
        rows.append(("Run", fired.run))
    facts = Facts((*rows, *_where(schedule), ("When", in_words(schedule.cadence)), ("Schedule", schedule.id)))
    blocks: tuple[Block, ...] = (Text(fired.says, strong=True), facts)
    return Card("notice", f"{word}: {schedule.title}", tone, blocks, _after(schedule, fired), subject=near_subject(schedule.id, fired.due))


def _after(schedule: Schedule, fired: Fired) -> tuple[Action, ...]:
    """A review where something was left out or refused and the schedule goes on."""
    if schedule.state not in ("active", "paused") or fired.result in ("nothing", "skipped"):
        return ()
    beyond = fired.result in ("left", "refused") or "left out" in fired.says.lower() or "review" in fired.says.lower()
    return (Action(REVIEW, subject_of(schedule), "Review", style="primary"),) if beyond else ()


def moved_card(schedule: Schedule, said: str, now: datetime) -> Card:
    """A schedule right after somebody moved it."""
    card = scheduled_card(schedule, now)
    return replace(card, blocks=(Text(said), *card.blocks))
