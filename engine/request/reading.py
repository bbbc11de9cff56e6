"""What was read out of a message, before any resource is looked at. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from engine.estate.where import EVERYTHING, All, Where

Speech = Literal[
    "command",  # do something to resources
    "question",  # tell me about resources
    "how_to",  # how is something done; nothing is to be done
    "knowledge",  # about clouds in general
    "forbidding",  # do not do something
    "refused",  # a wish that is refused whoever has it
    "chat",
    "help",
    "unclear",  # nothing understood
    "empty",
]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A part of what was said to leave out, with the words for it."""

    where: Where
    words: str


@dataclass(frozen=True, slots=True)
class Rank:
    """The most of something, by the number at a dotted path of a resource: "most expensive"; `least` turns it round."""

    path: str
    least: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Which resources are meant.

    `filters` are conditions by what they are about, all of which must hold; `excluded` is what to leave out of them; `names` are exact names or ids of the estate, `unknown` tokens that look
    like a name but are none, `unread` words nobody understood. `refers` points back at what the thread talked about. `doubt` is a question
    that must be answered before anything changes.
    """

    filters: tuple[tuple[str, Where], ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    names: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    noun: bool = False  # a kind of resource was named
    single: bool = False  # … in the singular, without "all" or "every"
    universal: bool = False
    everything: bool = False
    refers: bool = False
    quantity: int | None = None
    rank: Rank | None = None
    doubt: str = ""

    @property
    def where(self) -> Where:
        """All filters as one condition; without any, everything."""
        parts = tuple(where for _, where in self.filters if where != EVERYTHING)
        return parts[0] if len(parts) == 1 else All(parts)

    @property
    def fields(self) -> frozenset[str]:
        """What the filters are about, the kind of resource aside."""
        return frozenset(name for name, _ in self.filters) - {"type"}

    def following(self, earlier: Selection) -> Selection:
        """The selection said after another one ("and in prod?"): what it says anew replaces, the rest stays."""
        anew = {name for name, _ in self.filters}
        kept = tuple((name, where) for name, where in earlier.filters if name not in anew)
        return replace(
            self,
            filters=(*kept, *self.filters),
            excluded=(*earlier.excluded, *self.excluded),
            noun=self.noun or earlier.noun,
            unread=(*earlier.unread, *self.unread),
        )

    @property
    def ranked(self) -> bool:
        """Whether the first so many by a number are asked for: "the cheapest vm", "the 3 largest disks"."""
        return self.rank is not None and (self.single or self.quantity is not None)

    @property
    def empty(self) -> bool:
        """Nothing at all that picks resources."""
        return not (self.fields or self.names or self.unknown or self.noun or self.refers or self.excluded or self.doubt)


@dataclass(frozen=True, slots=True)
class Given:
    """A value the person typed for an argument: kept here, sent as a handle."""

    kind: Literal["tag_key", "tag_value", "size", "name", "number", "text"]
    text: str


@dataclass(frozen=True, slots=True)
class Order:
    """One action on one selection, with the values given for it."""

    action: str
    selection: Selection
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class When:
    """A wish for later, as far as the words alone tell it; `engine.schedules.moments` settles it against a clock. `words` as it was said.

    Again and again: a five-field `cron` line (Sunday is 0). Once: `run_at` as ISO 8601 or `+2h`, or a `day` ("today", "tomorrow", "+3", "friday",
    "next friday", "2026-12-01", "--12-24", "---24", "" for the next time it is that late) with a `clock` ("20:00"). `timezone` is an IANA name or ''.
    `supposed` is what had to be taken for granted, and must be said; `asks` is the question where the words settle nothing.
    """

    words: str
    cron: str = ""
    run_at: str = ""
    timezone: str = ""
    day: str = ""
    clock: str = ""
    supposed: str = ""
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole message, read. `orders` for commands and prohibitions, `about` for questions; `rule` names a refusal."""

    text: str
    speech: Speech
    orders: tuple[Order, ...] = ()
    about: Selection = Selection()
    when: When | None = None
    rule: str = ""
    counts: bool = False  # "how many"
    costs: bool = False
    continues: bool = False  # "and in prod?"
    what_if: str = ""  # the action that a question is about: "what would happen if I stop …", "is it safe to delete …"
