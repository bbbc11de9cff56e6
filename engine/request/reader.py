"""A message read into a Reading: what kind of sentence it is, which actions on which selections. Pure.

The order of questions is the safety of it: a wish that is always refused, then a prohibition, then questions, and only then a command.
A word nobody understood stays in the selection as `unread`, so that a change never acts on half a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from engine.estate.where import Compare
from engine.request.lexicon import Lexicon, RefusalRule
from engine.request.reading import Given, Order, Reading, Speech
from engine.request.selecting import Speaker, comparisons, select_from
from engine.request.spans import Known, Span, tag
from engine.request.times import take_time
from engine.request.tokens import Token, clean, tokenise

_NOISE = frozenset({"filler", "polite", "chat", "comma"})
_TAG_WORDS = ("tag", "tags", "label", "labels")
# "tagged keep=true" picks resources; "tag … with keep=true" sets one.
_FILTERING_TAG = frozenset({"tagged", "labelled", "labeled", "having", "have", "has", "whose", "where"})


def prepare(message: str) -> tuple[str, tuple[Token, ...]]:
    """The message cleaned, and its tokens without times and numeric conditions: what to look up in the estate before `read`."""
    text, _ = take_time(clean(message))
    text, _ = comparisons(text)
    return text, tokenise(text)


def read(message: str, lexicon: Lexicon, known: Known, speaker: Speaker = Speaker()) -> Reading:  # noqa: B008 - frozen
    """What the message says. `known` tells which phrases are values of the estate (`EstateView.recognise`)."""
    text = clean(message)
    if not text:
        return Reading(text="", speech="empty")
    bare, when = take_time(text)
    bare, compares = comparisons(bare)
    tokens = tokenise(bare)
    spans = _join_particles(tag(tokens, lexicon, known), lexicon)
    if rule := _refused(text, spans, lexicon):
        return Reading(text=text, speech="refused", rule=rule.name)
    speech = _speech(spans)
    about = select_from(spans, lexicon, speaker, compares)
    reading = Reading(
        text=text,
        speech=speech,
        about=about,
        when=when,
        counts=_counts(text),
        costs=any(s.kind == "cost" for s in spans) or _mentions_cost(text),
    )
    if speech not in ("command", "forbidding"):
        return replace(reading, continues=_continues(spans))
    clauses = _clauses(spans)
    # A numeric condition was cut out of the whole text: it goes with the first clause, or alone it would be lost.
    conditions = [compares, *([()] * len(clauses))]
    orders = tuple(_order(clause, lexicon, speaker, its) for clause, its in zip(clauses, conditions, strict=False))
    return replace(reading, orders=orders)


def _speech(spans: Sequence[Span]) -> Speech:
    kinds = [span.kind for span in spans]
    meaning = [span for span in spans if span.kind not in _NOISE]
    first = meaning[0].kind if meaning else ""
    if first == "forbidding":
        return "forbidding"
    if first == "how_to" or "how_to" in kinds:
        return "how_to"
    if "help" in kinds and all(kind in (*_NOISE, "help", "question", "question_filler") for kind in kinds):
        return "help"
    if "knowledge" in kinds and "action" not in kinds:
        return "knowledge"
    if "action" in kinds and first != "question":
        return "command"
    if not meaning:
        return "chat" if "chat" in kinds else "unclear"
    if any(kind in ("question", "type", "environment", "cloud", "estate", "flag", "state", "region", "place", "continent", "tag", "unknown", "pronoun",
                    "cost", "everything", "continuation", "size", "not_environment", "number") for kind in kinds):  # fmt: skip
        return "question"
    return "chat" if "chat" in kinds else "unclear"


def _refused(text: str, spans: Sequence[Span], lexicon: Lexicon) -> RefusalRule | None:
    """The first refusal rule whose words stand in the message; names of the estate do not count as words."""
    said = " ".join(span.text.lower() for span in spans if span.kind not in ("estate", "unknown"))
    whole = text.lower()
    return next((rule for rule in lexicon.refusals if _applies(rule, said, whole)), None)


def _applies(rule: RefusalRule, said: str, whole: str) -> bool:
    return (
        _any_of(rule.needs_any, said, whole)
        and (not rule.with_any or _any_of(rule.with_any, said, whole))
        and not _any_of(rule.unless_any, said, whole)
    )


def _any_of(phrases: Sequence[str], said: str, whole: str) -> bool:
    return any(
        re.search(rf"(?<![\w-]){re.escape(p)}(?![\w-])", said) if p[0].isalnum() and p[-1].isalnum() else p in whole for p in phrases
    )


def _counts(text: str) -> bool:
    return bool(re.search(r"\b(how many|count|number of|how much)\b", text.lower()))


def _mentions_cost(text: str) -> bool:
    return bool(re.search(r"\b(cost|costs|spend|spending|expensive|cheapest|bill|priciest)\b", text.lower()))


def _continues(spans: Sequence[Span]) -> bool:
    meaning = [span for span in spans if span.kind not in ("filler", "chat") or span.text.lower() in ("and", "or")]
    return bool(meaning) and (
        meaning[0].kind == "continuation" or meaning[0].text.lower() in ("and", "only", "just", "what about", "how about")
    )


def _clauses(spans: Sequence[Span]) -> list[tuple[str, list[Span]]]:
    """The message cut at its verbs: each action with the spans that belong to it. What stands before the first verb belongs to it too."""
    clauses: list[tuple[str, list[Span]]] = []
    lead: list[Span] = []
    for span in spans:
        if span.kind == "action":
            clauses.append((span.value, [] if clauses else lead))
        elif clauses:
            clauses[-1][1].append(span)
        else:
            lead.append(span)
    return clauses


def _join_particles(spans: Sequence[Span], lexicon: Lexicon) -> tuple[Span, ...]:
    """Verbs whose particle stands apart made whole: "turn the dev boxes off" is one stop. The last particle counts."""
    joined = list(spans)
    for index, span in enumerate(spans):
        particles = lexicon.split_actions.get(span.text.lower(), {})
        if not particles or not all(before.kind in _NOISE for before in spans[:index]):
            continue
        if any(later.kind == "action" for later in spans[index + 1 :]):
            continue
        for last in range(len(spans) - 1, index, -1):
            if action := particles.get(spans[last].text.lower()):
                joined[index] = replace(span, kind="action", value=action)
                joined[last] = replace(spans[last], kind="filler")
                break
    return tuple(joined)


def _order(clause: tuple[str, Sequence[Span]], lexicon: Lexicon, speaker: Speaker, compares: Sequence[Compare]) -> Order:
    action, body = clause
    given, rest = _given(action, body)
    selection = select_from(rest, lexicon, speaker, compares)
    if action in ("delete", "terminate") and any(span.text.lower() in _TAG_WORDS for span in rest):
        # "remove the owner tag from …" must never be read as removing the resources.
        selection = replace(selection, unread=(*selection.unread, "tag"))
    return Order(action, selection, given)


def _given(action: str, body: Sequence[Span]) -> tuple[tuple[Given, ...], list[Span]]:
    """The values typed for the action's arguments, and the spans without them."""
    if action == "tag":
        return _given_tags(body)
    if action == "resize":
        sizes = [index for index, span in enumerate(body) if span.kind == "size"]
        if sizes:
            last = sizes[-1]
            return (Given("size", body[last].text),), [span for index, span in enumerate(body) if index != last]
    return (), list(body)


def _given_tags(body: Sequence[Span]) -> tuple[tuple[Given, ...], list[Span]]:
    given: list[Given] = []
    rest: list[Span] = []
    for index, span in enumerate(body):
        words_before = {earlier.text.lower() for earlier in body[max(0, index - 2) : index]}
        if span.kind == "tag" and not words_before & _FILTERING_TAG:
            key, _, value = span.value.partition("=")
            given += [Given("tag_key", key), Given("tag_value", value)]
        else:
            rest.append(span)
    return tuple(given), rest
