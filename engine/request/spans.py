"""Tokens tagged with what they mean: by the estate, by the vocabulary, by their shape. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.request.lexicon import Entry, Lexicon
from engine.request.tokens import LONGEST_PHRASE, Token

Known = Mapping[str, frozenset[str]]

# Readings of a word that give way to the same word as a value of the estate.
_WEAK = frozenset({"question_filler", "chat", "help", "cost", "knowledge", "continuation", "place", "continent", "everything"})
_VERBS = frozenset({"action", "question"})
# What may stand before a verb without making it something else.
_BEFORE_VERB = frozenset({"polite", "filler", "chat", "forbidding", "how_to", "continuation", "time", "comma", "cost_word", "universal"})
_ID = re.compile(
    r"arn:[\w-]+:\S+|/subscriptions/\S+|//[\w.-]+\.googleapis\.com/\S+|(?:i|vol|sg|snap|db|ami|eni|vpc|subnet|lt|asg|nat|igw|rtb|eipalloc|fs)-[0-9a-f]{6,}",
)
_SIZE = re.compile(
    r"(?:db\.|cache\.)?[a-z]+[0-9][a-z0-9-]*\.(?:nano|micro|small|medium|large|xlarge|[0-9]+xlarge|metal(?:-\w+)?)"
    r"|(?:standard|basic)_[a-z0-9_]+|[a-z]\d[a-z]?-(?:standard|highmem|highcpu|micro|small|medium|megamem|ultramem|custom|node)[\w-]*",
)
_REGION = re.compile(
    r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-)?(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d"
    r"|(?:us|europe|asia|australia|southamerica|northamerica|africa|me)-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)\d(?:-[a-f])?",
)
_PAIR = re.compile(r"([a-z][\w./-]*)[=:]([\w@./-]+)")
_CLOCK = re.compile(r"\d{1,2}:\d{2}.*")
_NAME_SHAPED = re.compile(r"(?=.*[-_.\d])(?=.*[a-z])[\w.-]{3,}", re.UNICODE)
_NUMBERS = {
    **{
        word: number for number, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1)
    },
    "dozen": 12,
}


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `start` to `end` (exclusive) read as `kind` with `value`; `fields` for a value of the estate."""

    kind: str
    value: str
    start: int
    end: int
    text: str
    single: bool = False
    fields: frozenset[str] = field(default=frozenset())


def tag(tokens: Sequence[Token], lexicon: Lexicon, known: Known) -> tuple[Span, ...]:
    """The whole message as spans, left to right, longest reading first; every token is in exactly one span."""
    spans: list[Span] = []
    at = 0
    while at < len(tokens):
        span = _best(tokens, at, lexicon, known, spans)
        spans.append(span)
        at = span.end
    return tuple(spans)


def _best(tokens: Sequence[Token], at: int, lexicon: Lexicon, known: Known, before: Sequence[Span]) -> Span:
    estate = _longest_known(tokens, at, known)
    words = _longest_entry(tokens, at, lexicon, verb=_verb_position(before))
    if estate and (words is None or estate.end > words.end or (estate.end == words.end and _estate_wins(tokens, estate, words, lexicon))):
        return estate
    if words is not None and not (words.end == at + 1 and tokens[at].quoted):
        return words
    return _by_shape(tokens[at], at)


def _longest_known(tokens: Sequence[Token], at: int, known: Known) -> Span | None:
    for length in range(min(LONGEST_PHRASE, len(tokens) - at), 0, -1):
        phrase = " ".join(token.lower for token in tokens[at : at + length])
        if fields := known.get(phrase):
            return Span("estate", phrase, at, at + length, _text(tokens, at, at + length), fields=fields)
    return None


def _longest_entry(tokens: Sequence[Token], at: int, lexicon: Lexicon, *, verb: bool) -> Span | None:
    for length in range(min(lexicon.longest, len(tokens) - at), 0, -1):
        words = tuple(token.lower for token in tokens[at : at + length])
        entries = lexicon.phrases.get(words, ())
        if entry := _fitting(entries, verb=verb):
            return Span(entry.kind, entry.value, at, at + length, _text(tokens, at, at + length), single=entry.single)
    return None


_ORDER_AT_VERB = ("forbidding", "how_to", "help", "action", "polite", "question", "continuation", "knowledge")
_ORDER_ELSEWHERE = (
    "everything", "type", "environment", "not_environment", "cloud", "flag", "state", "place", "continent", "universal", "negation",
    "mine", "pronoun", "knowledge", "forbidding", "cost", "chat", "filler", "question_filler",
)  # fmt: skip


def _fitting(entries: Sequence[Entry], *, verb: bool) -> Entry | None:
    order = (*_ORDER_AT_VERB, *_ORDER_ELSEWHERE) if verb else _ORDER_ELSEWHERE
    by_kind = {entry.kind: entry for entry in entries}
    return next((by_kind[kind] for kind in order if kind in by_kind), None)


def _verb_position(before: Sequence[Span]) -> bool:
    """Whether a verb may stand here: at the start of a clause, after politeness, after a conjunction."""
    if not before:
        return True
    last = before[-1]
    if last.kind == "comma" or last.text.lower() in ("and", "then", "to", "or", "please", "also"):
        return True
    since = _since_clause(before)
    return all(span.kind in _BEFORE_VERB for span in since)


def _since_clause(before: Sequence[Span]) -> Iterator[Span]:
    for span in reversed(before):
        if span.kind == "comma":
            return
        yield span


def _estate_wins(tokens: Sequence[Token], estate: Span, words: Span, lexicon: Lexicon) -> bool:
    if tokens[estate.start].quoted or words.kind in _WEAK:
        return True
    if words.kind in _VERBS:
        return False  # only tagged so where a verb may stand
    if words.kind == "type" and estate.end < len(tokens):
        following = _longest_entry(tokens, estate.end, lexicon, verb=False)
        return following is not None and following.kind == "type" and bool(estate.fields & {"app", "owner", "tag_value"})
    return False


def _by_shape(token: Token, at: int) -> Span:
    """A token neither the estate nor the vocabulary knows, read by what it looks like."""
    kind, value = _shape(token)
    return Span(kind, value, at, at + 1, token.text)


def _shape(token: Token) -> tuple[str, str]:  # a ladder of patterns, most special first
    word = token.lower
    if word in (",", ";"):
        return "comma", word
    if word in ("(", ")", "?", "!", "-", "&", "/", "'s"):
        return "filler", word
    if token.quoted:
        return "unknown", word
    if _ID.fullmatch(word):
        return "unknown", word
    if _SIZE.fullmatch(word):
        return "size", word
    if _REGION.fullmatch(word):
        return "region", word
    if (pair := _PAIR.fullmatch(token.text)) or (pair := _PAIR.fullmatch(word)):
        return ("word", word) if _CLOCK.fullmatch(word) else ("tag", f"{pair.group(1)}={pair.group(2)}")
    if word in _NUMBERS or re.fullmatch(r"\d{1,6}", word):
        return "number", str(_NUMBERS.get(word, word))
    if re.fullmatch(r"[$€]?\d+(?:\.\d+)?(?:gb|gib|tb|%|\$|€)?", word):
        return "number", word
    return ("unknown", word) if _NAME_SHAPED.fullmatch(word) else ("word", word)


def _text(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(token.text for token in tokens[start:end])
