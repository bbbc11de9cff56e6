"""What a sealed message is: a wish with orders, or one of six kinds of question. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ai_server.knowledge.knowledge import Knowledge
from ai_server.knowledge.language import Phrase, Span, Text, covered, outermost
from ai_server.knowledge.playbook import CLOUDS, Equivalent
from ai_server.wire import Action, CloudName, PlanRequest

WHAT_IS = tuple(Phrase.of(text) for text in ("what is", "what's", "whats", "what are", "explain", "describe", "tell me about"))
AT_THE_START = 4


class Kind(StrEnum):
    """What is asked for."""

    PLAN = "plan"
    HOW_TO = "how_to"
    EQUIVALENT = "equivalent"
    PRACTICE = "practice"
    CAPABILITY = "capability"
    EXPLANATION = "explanation"
    ESTATE = "estate"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Mention:
    """A kind of service somebody named, and where; `cloud` where the name belongs to one."""

    row: Equivalent
    cloud: CloudName | None
    span: Span


@dataclass(frozen=True)
class Reading:
    """A message's public words: what is asked, which actions, types, clouds and services it names."""

    kind: Kind
    text: Text
    actions: tuple[Action, ...]
    types: tuple[str, ...]
    clouds: tuple[CloudName, ...]
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class _Named:
    """What the words name, whatever is asked about it."""

    actions: tuple[Action, ...]
    types: tuple[str, ...]
    mentions: tuple[Mention, ...]


def read(request: PlanRequest, knowledge: Knowledge) -> Reading:
    """Reads the message. Orders make it a wish, unless it plainly asks how something is done."""
    text = Text.of(request.message)
    mentions = _mentions(text, knowledge)
    actions = tuple(action for action, phrases in knowledge.vocabulary.actions.items() if text.has(phrases))
    types = _types(text, mentions, knowledge)
    return Reading(
        kind=_kind(request, text, _Named(actions, types, mentions), knowledge),
        text=text,
        actions=actions,
        types=types,
        clouds=tuple(cloud for cloud in CLOUDS if text.has(knowledge.vocabulary.clouds[cloud])),
        mentions=mentions,
    )


def _kind(request: PlanRequest, text: Text, named: _Named, knowledge: Knowledge) -> Kind:
    questions = knowledge.vocabulary.questions
    asks_how = text.find(questions["how_to"])
    if request.orders:
        return Kind.HOW_TO if any(span.start < AT_THE_START for span in asks_how) else Kind.PLAN
    if request.operations and text.has(questions["explanation"]) and not asks_how:
        return Kind.EXPLANATION
    if named.mentions and text.has(questions["equivalent"]):
        return Kind.EQUIVALENT
    if asks_how and named.actions:
        return Kind.HOW_TO
    if text.has(questions["practice"]):
        return Kind.PRACTICE
    if asks_how:
        return Kind.HOW_TO
    if text.has(questions["capability"]):
        return Kind.CAPABILITY
    if named.types and text.has(questions["estate"]):
        return Kind.ESTATE
    return Kind.EQUIVALENT if named.mentions and text.has(WHAT_IS) else Kind.UNKNOWN


def _mentions(text: Text, knowledge: Knowledge) -> tuple[Mention, ...]:
    """Services named, the longest name winning, in reading order; a plain noun counts only where no service stands."""
    services = [(span, Mention(row, cloud, span)) for phrase, row, cloud in knowledge.names for span in text.spans(phrase)]
    nouns = [(span, Mention(row, None, span)) for phrase, row in knowledge.nouns for span in text.spans(phrase)]
    named = outermost(services)
    taken = covered(span for span, _ in named)
    plain = outermost((span, mention) for span, mention in nouns if span.start not in taken)
    first: dict[tuple[str, CloudName | None], Mention] = {}
    for _, mention in named or plain:
        first.setdefault((mention.row.id, mention.cloud), mention)
    return tuple(first.values())


def _types(text: Text, mentions: Sequence[Mention], knowledge: Knowledge) -> tuple[str, ...]:
    """Resource types named by a service or a public noun; the noun that belongs to a service's name (`gke cluster`) tells nothing more."""
    nouns = outermost((span, kind) for kind, phrases in knowledge.vocabulary.types.items() for span in text.find(phrases))
    services = [mention.span for mention in mentions if mention.cloud]
    belonging = covered(services) | {span.end for span in services}
    free = (kind for span, kind in nouns if span.start not in belonging)
    return tuple(dict.fromkeys([*(mention.row.type for mention in mentions if mention.row.type), *free]))
