"""The vocabulary of requests, loaded from `lexicon.yaml` into one phrase table. Pure but for `load`, which reads the file beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

# The one in C, where PyYAML has it, takes a tenth of the time, which is felt at each start of a command.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase means: a kind of span and its value. `single` marks a noun in the singular."""

    kind: str
    value: str
    single: bool = False


@dataclass(frozen=True, slots=True)
class Noun:
    """A word for a kind of resource, with the cloud or engine it implies. `plural`: the name of a service, which means all of its things."""

    types: frozenset[str]
    cloud: str = ""
    engine: str = ""
    plural: bool = False


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """A kind of wish that is refused whoever has it."""

    name: str
    needs_any: tuple[str, ...]
    with_any: tuple[str, ...]
    unless_any: tuple[str, ...]
    reason: str
    who_can: str
    patterns: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All phrases by their words; several entries where a phrase has several readings."""

    phrases: Mapping[Phrase, tuple[Entry, ...]]
    nouns: Mapping[str, Noun]
    places: Mapping[str, frozenset[str]]
    continents: Mapping[str, tuple[str, ...]]
    split_actions: Mapping[str, Mapping[str, str]]
    split_doing: Mapping[str, Mapping[str, str]]
    lists: Mapping[str, frozenset[str]]  # words that the grammar asks for by the list's name
    shorthand: Mapping[str, str]
    refusals: tuple[RefusalRule, ...]
    reach: Mapping[str, int]  # by first word, how many words the longest phrase has that begins so
    words: frozenset[str] = field(default=frozenset())

    @property
    def longest(self) -> int:
        """How many words the longest phrase has."""
        return max(self.reach.values())

    def reads(self, phrase: Phrase, kind: str) -> Entry | None:
        """The entry of that kind for the phrase, if there is one."""
        return next((entry for entry in self.phrases.get(phrase, ()) if entry.kind == kind), None)


LISTS = {
    "negations": "negation",
    "mine": "mine",
    "ones": "one",
    "buts": "but",
    "universals": "universal",
    "everything": "everything",
    "pronouns": "pronoun",
    "continuations": "continuation",
    "questions": "question",
    "how_to": "how_to",
    "knowledge": "knowledge",
    "polite": "polite",
    "forbidding": "forbidding",
    "chat": "chat",
    "help": "help",
    "costs": "cost",
    "complaints": "complaint",
    "unneeded": "unneeded",
    "fillers": "filler",
    "particles": "particle",
    "question_fillers": "question_filler",
}
MAPPINGS = {
    "actions": "action",
    "done": "done",
    "doing": "doing",
    "clouds": "cloud",
    "environments": "environment",
    "not_environments": "not_environment",
    "states": "state",
    "flags": "flag",
    "ranks": "rank",
}
WORD_LISTS = (
    "wants", "causatives", "modals", "gerund_modals", "requests", "touching", "function_words", "links", "field_words", "sizing", "setting",
    "vague_verbs", "foreign",
)  # fmt: skip


def build(data: Mapping[str, Any]) -> Lexicon:
    """A lexicon from the parsed YAML."""
    table: dict[Phrase, list[Entry]] = {}
    for words, entry in _entries(data):
        table.setdefault(tuple(words.lower().split()), []).append(entry)
    return Lexicon(
        phrases={phrase: tuple(entries) for phrase, entries in table.items()},
        nouns={name: _noun(row) for name, row in data["types"].items()},
        places={place: frozenset(codes) for place, codes in data["places"].items()},
        continents={name: tuple(starts) for name, starts in data["continents"].items()},
        split_actions=data["split_actions"],
        split_doing=data["split_doing"],
        lists={name: frozenset(data[name]) for name in WORD_LISTS},
        shorthand=data["shorthand"],
        refusals=tuple(_refusal(name, rule) for name, rule in data["refusals"].items()),
        reach=_reach(table),
        words=frozenset(word for phrase in table for word in phrase),
    )


@cache
def load() -> Lexicon:
    """The shipped lexicon; read once a process."""
    return build(yaml.load(Path(__file__).with_name("lexicon.yaml").read_text(encoding="utf-8"), Loader=_LOADER))  # noqa: S506 - either is the safe one


def _entries(data: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    for section, kind in MAPPINGS.items():
        for value, phrases in data[section].items():
            yield from ((words, Entry(kind, value)) for words in phrases)
    for section, kind in LISTS.items():
        yield from ((words, Entry(kind, words)) for words in data[section])
    for value, row in data["types"].items():
        for words in row["say"]:
            yield words, Entry("type", value, single=not words.endswith("s") and not row.get("plural"))
            yield _plural(words), Entry("type", value)
    for section, kind in (("places", "place"), ("continents", "continent")):
        yield from ((words, Entry(kind, words)) for words in data[section])


def _reach(phrases: Iterable[Phrase]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for phrase in phrases:
        longest[phrase[0]] = max(len(phrase), longest.get(phrase[0], 0))
    return longest


def _noun(row: Mapping[str, Any]) -> Noun:
    return Noun(frozenset(row["types"]), row.get("cloud", ""), row.get("engine", ""), bool(row.get("plural")))


def _plural(words: str) -> str:
    if words.endswith(("s", "x")):
        return words + "es"
    return words[:-1] + "ies" if words.endswith("y") else words + "s"


def _refusal(name: str, rule: Mapping[str, Any]) -> RefusalRule:
    return RefusalRule(
        name,
        tuple(rule["needs_any"]),
        tuple(rule.get("with_any", ())),
        tuple(rule.get("unless_any", ())),
        rule["reason"],
        rule["who_can"],
        tuple(re.compile(pattern) for pattern in rule.get("patterns", ())),
    )
