"""What was read out of a message, before any resource is looked at. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from engine.estate.where import EVERYTHING, Where

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
class Selection:
    """Which resources are meant.

    `where` holds the filters, `excluded` what to leave out of them; `names` are exact names or ids of the estate, `unknown` tokens that look
    like a name but are none, `unread` words nobody understood. `refers` points back at what the thread talked about.
    """

    where: Where = EVERYTHING
    excluded: tuple[Exclusion, ...] = ()
    names: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    fields: frozenset[str] = field(default=frozenset())
    noun: bool = False  # a kind of resource was named
    single: bool = False  # … in the singular, without "all" or "every"
    universal: bool = False
    everything: bool = False
    refers: bool = False
    quantity: int | None = None

    @property
    def empty(self) -> bool:
        """Nothing at all that picks resources."""
        return not (self.fields or self.names or self.unknown or self.noun or self.refers or self.excluded)


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
    """A wish for later: a five-field `cron` line, or `run_at` as ISO 8601 or `+2h`; `words` as it was said. `timezone` is an IANA name or ''."""

    words: str
    cron: str = ""
    run_at: str = ""
    timezone: str = ""


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
