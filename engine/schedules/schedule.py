"""A schedule: what is done later or again and again, to what, when, and what of it was approved. Pure values.

Theory of operation. A schedule keeps the message it was asked with, never resources found by chance. When it is asked for, the plan of its
first run is made as if every resource that is meant needed it, and goes to the approval desk like any plan (the *review*). What is approved
there stands for every run: a run does a part of the approved steps, on the approved targets, with the approved arguments, and nothing else.
What policy lets run without anybody's approval runs so at its time too. Everything beyond that is left out and told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

State = Literal["proposed", "active", "paused", "ended"]
Result = Literal[
    "ran",  # a run began; `run` names it
    "nothing",  # everything was as wished already
    "left",  # nothing of it was approved: a review is due
    "missed",  # Escher was not running, or came too late
    "skipped",  # somebody skipped this one
    "refused",  # policy, a cloud or the AI server refused; `says` tells why
]


@dataclass(frozen=True, slots=True)
class Cadence:
    """When: a five-field `cron` line (Sunday is 0) in `timezone`, or one moment `run_at` (UTC); `words` as it was said. `timezone` is an IANA name."""

    words: str
    timezone: str
    cron: str = ""
    run_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What was approved once for all runs until `until`: the review plan by id, and who approved (empty where policy asked nobody)."""

    plan_id: str
    approved_by: tuple[str, ...]
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Fired:
    """One time that came: what was `due` and what became of it. `says` is one sentence for people."""

    due: datetime
    at: datetime
    result: Result
    says: str
    run: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule as it stands now.

    `message` is what was asked, as written; `picked` by number of the order are resource ids where the words alone do not say which ("stop
    them every night", or a pick from a list). `next_at` is when it runs next (UTC), None when it does not; `snoozed` is set while that is not
    what the cadence alone would say. `last` is what became of the last time. `spared` were meant when it was reviewed and are left alone by what
    was approved, so they are not new. `reach` are the places of what the newest review or approval covers, a line each.
    """

    id: str
    title: str
    message: str
    asked_by: str
    made_at: datetime
    cadence: Cadence
    picked: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)
    state: State = "proposed"
    review: str = ""  # the plan on the desk that its approval is for
    standing: Standing | None = None
    next_at: datetime | None = None
    snoozed: bool = False
    last: Fired | None = None
    spared: tuple[str, ...] = ()
    reach: tuple[str, ...] = ()
