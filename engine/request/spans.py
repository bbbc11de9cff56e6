"""Tokens tagged with what they mean: by the estate, by the vocabulary, by their shape. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.request.lexicon import Entry, Lexicon
from engine.request.sizes import is_size
from engine.request.tokens import LONGEST_PHRASE, Token

Known = Mapping[str, frozenset[str]]

# Readings of a word that give way to the same word as a value of the estate.
_WEAK = frozenset({"question_filler", "chat", "help", "cost", "knowledge", "continuation", "place", "continent", "everything"})
_VERBS = frozenset({"action", "question"})
# What may stand before a verb without making it something else.
_BEFORE_VERB = frozenset({"polite", "filler", "chat", "forbidding", "how_to", "continuation", "comma", "negation"})
_VERB_FOLLOWS = ("and", "then", "to", "or", "please", "also")
_ACCOUNT_WORDS = frozenset({"account", "accounts", "project", "projects", "subscription", "subscriptions"})
_TAG_HINTS = frozenset({"tag", "tags", "tagged", "label", "labels", "labelled", "labeled"})
_CALLED = frozenset({"named", "called"})
_BEING = frozenset({"is", "was"})  # "is backup running": a kind would have an article
_OWNING = frozenset({"by", "owner", "team", "of"})
# Fields whose values are ordinary words often enough to be mistaken for one.
_NAMING = frozenset({"app", "owner", "name", "account"})
_ID = re.compile(
    r"arn:[\w-]+:\S+|/subscriptions/\S+|//[\w.-]+\.googleapis\.com/\S+|(?:i|vol|sg|snap|db|ami|eni|vpc|subnet|lt|asg|nat|igw|rtb|eipalloc|fs)-[0-9a-f]{6,}",
)
_REGION = re.compile(
    r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn)-(?:gov-)?(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d"
    r"|(?:us|europe|asia|australia|southamerica|northamerica|africa|me)-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)\d(?:-[a-f])?",
)
_PAIR = re.compile(r"([a-z][\w./-]*)[=:]([\w@./-]+)")
_CLOCK = re.compile(r"\d{1,2}:\d{2}.*")
_NAME_SHAPED = re.compile(r"(?=.*[-_.\d])(?=.*[a-z])[\w.-]{3,}", re.UNICODE)
_PUNCTUATION = re.compile(r"[.…!?'\"()\[\]*_~–—-]+")
_BREAKING = frozenset({",", ";", ".", ":"})
_ORDINALS = {
    word: number for number, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"), start=1)
}
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
    tokens = tuple(_spelled_out(token, lexicon, known) for token in tokens)
    spans: list[Span] = []
    at = 0
    while at < len(tokens):
        span = _best(tokens, at, lexicon, known, spans)
        spans.append(span)
        at = span.end
    return tuple(spans)


def _spelled_out(token: Token, lexicon: Lexicon, known: Known) -> Token:
    """A shortened word as it is written in full ("can u", "vms w/o tags"), unless the estate knows it as it stands."""
    full = lexicon.shorthand.get(token.lower)
    return token if full is None or token.quoted or token.lower in known else replace(token, text=full, lower=full)


def _best(tokens: Sequence[Token], at: int, lexicon: Lexicon, known: Known, before: Sequence[Span]) -> Span:
    estate = _longest_known(tokens, at, known)
    words = _longest_entry(tokens, at, lexicon, verb=_verb_position(before))
    if estate is not None and words is not None:
        return _contest(_Contest(tokens, estate, words, before), lexicon)
    if estate is not None:
        return estate
    if words is not None and not (words.end == at + 1 and tokens[at].quoted):
        return words
    return _by_shape(tokens[at], at)


@dataclass(frozen=True, slots=True)
class _Contest:
    """A place where the estate and the vocabulary both have a reading."""

    tokens: Sequence[Token]
    estate: Span
    words: Span
    before: Sequence[Span]

    @property
    def previous(self) -> str:
        return self.before[-1].text.lower() if self.before else ""

    @property
    def following(self) -> str:
        return self.tokens[self.estate.end].lower if self.estate.end < len(self.tokens) else ""

    @property
    def unsure(self) -> Span:
        """Neither reading: a change asks back, a question says that it was not used."""
        return Span("unsure", self.estate.value, self.estate.start, self.estate.end, self.estate.text)


def _contest(contest: _Contest, lexicon: Lexicon) -> Span:
    estate, words = contest.estate, contest.words
    if contest.tokens[estate.start].quoted or estate.end > words.end:
        return estate
    if words.end > estate.end:
        return estate if words.kind == "type" and _names_the_kind(contest, lexicon) else words
    if words.kind in _VERBS | {"doing"} and any(span.kind == "action" for span in contest.before):
        # "stop data and search vms": a second verb, or the name of an app?
        return _among_verbs(contest)
    if words.kind in ("filler", "negation", "pronoun", "one", "universal", "mine", "polite", "but"):
        return _against_small_word(contest, lexicon)
    return estate if _estate_wins(contest, lexicon) else words


def _names_the_kind(contest: _Contest, lexicon: Lexicon) -> bool:
    """ "data disks" where an app is called data: the app's disks, when "disks" alone is a kind too."""
    rest = _longest_entry(contest.tokens, contest.estate.end, lexicon, verb=False)
    return rest is not None and rest.kind == "type" and rest.end == contest.words.end and bool(contest.estate.fields & {"app", "owner"})


def _among_verbs(contest: _Contest) -> Span:
    if not contest.estate.fields & _NAMING:
        return contest.words
    return contest.estate if contest.words.kind == "question" else contest.unsure


def _against_small_word(contest: _Contest, lexicon: Lexicon) -> Span:
    """A filler or the like that is also a value of the estate: "owned by will", "may's vms", tag "keep"."""
    estate = contest.estate
    if contest.previous in _TAG_HINTS and estate.fields & {"tag_key", "tag_value"}:
        return estate
    if contest.words.text.lower() in lexicon.lists["function_words"] or not estate.fields & _NAMING:
        return contest.words
    if contest.following == "'s" or contest.previous in _OWNING or contest.previous in ("app", "application", "service", "named", "called"):
        return estate
    return contest.unsure


def _longest_known(tokens: Sequence[Token], at: int, known: Known) -> Span | None:
    for length in range(min(LONGEST_PHRASE, len(tokens) - at), 0, -1):
        phrase = " ".join(token.lower for token in tokens[at : at + length])
        if fields := known.get(phrase):
            return Span("estate", phrase, at, at + length, _text(tokens, at, at + length), fields=fields)
    return None


def _longest_entry(tokens: Sequence[Token], at: int, lexicon: Lexicon, *, verb: bool) -> Span | None:
    if at >= len(tokens):
        return None
    for length in range(min(lexicon.reach.get(tokens[at].lower.partition(" ")[0], 0), len(tokens) - at), 0, -1):
        words = tuple(token.lower for token in tokens[at : at + length])
        entries = lexicon.phrases.get(words, ())
        if entry := _fitting(entries, verb=verb):
            return Span(entry.kind, entry.value, at, at + length, _text(tokens, at, at + length), single=entry.single)
    return None


_ORDER_AT_VERB = ("unneeded", "forbidding", "how_to", "help", "action", "doing", "polite", "question", "continuation", "knowledge")
_ORDER_ELSEWHERE = (
    "everything", "unneeded", "complaint", "rank", "type", "environment", "not_environment", "cloud", "flag", "state", "place", "continent", "universal", "negation",
    "mine", "pronoun", "one", "but", "knowledge", "forbidding", "polite", "cost", "chat", "particle", "filler", "done", "doing", "question_filler",
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
    if last.kind == "comma" or last.text.lower() in _VERB_FOLLOWS:
        return True
    since = _since_clause(before)
    return all(span.kind in _BEFORE_VERB for span in since)


def _since_clause(before: Sequence[Span]) -> Iterator[Span]:
    for span in reversed(before):
        if span.kind == "comma":
            return
        yield span


def _estate_wins(contest: _Contest, lexicon: Lexicon) -> bool:
    estate, words = contest.estate, contest.words
    if words.kind in _WEAK or _hinted(contest):
        return True
    if words.kind in _VERBS:
        return False  # only tagged so where a verb may stand
    if words.kind == "environment":
        return "account" in estate.fields and bool({contest.previous, contest.following} & _ACCOUNT_WORDS)
    if words.kind == "type" and contest.following:
        following = _longest_entry(contest.tokens, estate.end, lexicon, verb=False)
        return following is not None and following.kind == "type" and bool(estate.fields & {"app", "owner", "tag_value"})
    return False


def _hinted(contest: _Contest) -> bool:
    """Whether the word next to it says that a value is meant: "the idle app", "app idle"."""
    fields, hints = contest.estate.fields, {contest.previous, contest.following}
    if "name" in fields and (contest.previous in _CALLED or (contest.previous in _BEING and contest.words.single)):
        return True
    return bool(fields & {"app"} and hints & {"app", "application"})


def _by_shape(token: Token, at: int) -> Span:
    """A token neither the estate nor the vocabulary knows, read by what it looks like."""
    if at == 0 and token.text.startswith(("@", "<@")):
        return Span("chat", token.lower, at, at + 1, token.text)  # whom the message is for
    kind, value = _shape(token)
    return Span(kind, value, at, at + 1, token.text)


def _shape(token: Token) -> tuple[str, str]:  # a ladder of patterns, most special first
    word = token.lower
    if word in _BREAKING:
        return "comma", word
    if word in ("&", "/", "'s") or _PUNCTUATION.fullmatch(word):
        return "filler", word
    if token.quoted or _ID.fullmatch(word):
        return "unknown", word
    if is_size(word):
        return "size", word
    if _REGION.fullmatch(word):
        return "region", word
    if (pair := _PAIR.fullmatch(token.text)) or (pair := _PAIR.fullmatch(word)):
        return ("word", word) if _CLOCK.fullmatch(word) else ("tag", f"{pair.group(1)}={pair.group(2)}")
    if word in _ORDINALS:
        return "ordinal", str(_ORDINALS[word])
    if word in _NUMBERS or re.fullmatch(r"\d{1,6}", word):
        return "number", str(_NUMBERS.get(word, word))
    if re.fullmatch(r"[$€]?\d+(?:\.\d+)?(?:gb|gib|tb|%|\$|€)?", word):
        return "number", word
    return ("unknown", word) if _NAME_SHAPED.fullmatch(word) else ("word", word)


def _text(tokens: Sequence[Token], start: int, end: int) -> str:
    return " ".join(token.text for token in tokens[start:end])
