"""A command's spans made into orders: one for each verb and each group it acts on, with the values typed for it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.estate.where import Compare, required
from engine.request.amounts import amount
from engine.request.conditions import Speaker
from engine.request.grouping import groups
from engine.request.lexicon import Lexicon
from engine.request.reading import Given, Order, Selection
from engine.request.selecting import joining, select_from
from engine.request.sizes import full_size, may_be_size
from engine.request.spans import Span
from engine.request.voice import NOISE

_TAG_WORDS = ("tag", "tags", "label", "labels")
# "tagged keep=true" picks resources; "tag … with keep=true" sets one.
_FILTERING_TAG = frozenset({"tagged", "labelled", "labeled", "having", "have", "has", "whose", "where"})
_REMOVING = ("delete", "terminate")
_ARTICLES = frozenset({"the", "a", "an", "any", "our"})
_TAKING = frozenset({"from", "off", "on", "of"})
_NARROW = frozenset({"not", "no", "without"})
_TALK = frozenset({"done", "doing", "continuation"})
_JOINING = frozenset({"and", "then", ",", "&"})
# What is done to the same thing, the one before the other; elsewhere a verb without an object is asked about.
_TOGETHER = frozenset({
    ("drain", "stop"), ("drain", "restart"), ("drain", "terminate"), ("drain", "delete"), ("stop", "terminate"), ("stop", "delete"), ("stop", "snapshot"),
    ("stop", "start"), ("snapshot", "delete"), ("snapshot", "stop"), ("snapshot", "restart"), ("snapshot", "terminate"), ("detach", "delete"),
})  # fmt: skip
_BOUNDARY = Span("comma", ",", 0, 0, "boundary")

MIXED = "You named several groups in one sentence, and I could not tell what belongs to which. Say them one at a time."
TWO_VERBS = "I could not tell which of the actions is meant for what you named first. Say them one at a time."
WHAT_IS_DELETED = "I delete nothing by \u201ceverything\u201d alone. Which kind do you mean: instances, disks, addresses, snapshots?"
UNASKED = "I could not tell whether that is a wish, so I changed nothing. Begin with what to do."
TWO_THINGS = "You spoke of one thing and then of another, and I could not tell which you mean. Say only what to do, and with what."
VAGUE = "\u201c{verb}\u201d may mean several things, so I changed nothing. Say what to do: delete, stop, or list first what is unattached or idle."
NEGATED = "I could not tell whether you want that or not, so I changed nothing."


@dataclass(frozen=True, slots=True)
class _Clause:
    """A verb with the spans that belong to it; `lead` is what was said before the first verb."""

    action: str
    body: tuple[Span, ...]
    lead: tuple[Span, ...] = ()
    verb: str = ""


def orders_of(spans: Sequence[Span], lexicon: Lexicon, speaker: Speaker, compares: Sequence[Compare], doubt: str) -> tuple[Order, ...]:
    """All orders of a command, in the order they were said. `doubt` goes with each."""
    clauses = _shared(_clauses(spans))
    doubt = doubt or _doubt(clauses, compares)
    found = (order for clause in clauses for order in _orders(clause, lexicon, speaker, compares))
    return tuple(replace(order, selection=_doubted(order.selection, doubt)) for order in found)


def _doubted(selection: Selection, doubt: str) -> Selection:
    doubt = doubt or selection.doubt
    # What is in doubt points at nothing, so that nothing before it is taken for what is meant.
    return replace(selection, doubt=doubt, refers=False) if doubt else selection


def _doubt(clauses: Sequence[_Clause], compares: Sequence[Compare]) -> str:
    lead, body = clauses[0].lead, clauses[0].body
    if any(_is_thing(span) for span in lead) and any(_is_thing(span) for span in body):
        return TWO_THINGS
    if any(span.kind == "unneeded" for span in lead) and any(span.kind in _TALK for span in lead):
        return UNASKED  # "we don't need web-01 stopped, only …"
    if any(span.kind == "negation" and span.value in _NARROW and not _dropped(span, lead) for span in lead):
        return NEGATED
    if any(_ends_negated(clause.body) for clause in clauses[:-1]) or _ends_negated(lead):
        return NEGATED
    if lead and lead[-1].text.lower() == "to" and any(span.kind not in NOISE for span in lead):
        return UNASKED  # "dev vms to restart" may be a list
    if len(clauses) > 1 and any(span.kind not in (*NOISE, "continuation", "universal") for span in lead):
        return TWO_VERBS
    return MIXED if compares and len(clauses) > 1 else ""


def _is_thing(span: Span) -> bool:
    """A name or a kind: what is told of one thing before the verb is no part of the wish for another."""
    return span.kind in ("type", "unknown") or (span.kind == "estate" and bool(span.fields & {"name", "id"}))


def _dropped(span: Span, lead: Sequence[Span]) -> bool:
    """ "No, stop the others": the "no" belongs to what was said before."""
    following = lead[lead.index(span) + 1 :]
    return span.value == "no" and bool(following) and following[0].kind == "comma"


def _ends_negated(spans: Sequence[Span]) -> bool:
    """Whether a negation stands right before the next verb: "… without restarting"."""
    meaning = [span for span in spans if span.kind not in ("filler", "polite", "chat")]
    return bool(meaning) and meaning[-1].kind == "negation"


def _clauses(spans: Sequence[Span]) -> list[_Clause]:
    """The message cut at its verbs. What stands before the first verb belongs to it too."""
    verbs = [index for index, span in enumerate(spans) if span.kind == "action"]
    ends = [*verbs[1:], len(spans)]
    lead = tuple(spans[: verbs[0]])
    bodies = [tuple(spans[verb + 1 : end]) for verb, end in zip(verbs, ends, strict=True)]
    return [
        _Clause(spans[verb].value, body, () if index else lead, spans[verb].text.lower())
        for index, (verb, body) in enumerate(zip(verbs, bodies, strict=True))
    ]


def _shared(clauses: Sequence[_Clause]) -> list[_Clause]:
    """ "Drain and stop the web servers": the second verb's object is the first's too. Of verbs that undo each other nobody means both."""
    found = list(clauses)
    for index in range(len(found) - 2, -1, -1):
        one, following = found[index], found[index + 1]
        joined = any(span.text.lower() in _JOINING for span in one.body)
        bare = joined and all(span.kind in NOISE for span in (*one.lead, *one.body))
        if bare and (one.action, following.action) in _TOGETHER:
            found[index] = replace(one, body=following.body)
    return found


def _orders(clause: _Clause, lexicon: Lexicon, speaker: Speaker, compares: Sequence[Compare]) -> list[Order]:
    clause = _drained(clause, lexicon)
    action, given, rest = _given(clause.action, clause.body)
    spans = [*clause.lead, _BOUNDARY, *rest] if clause.lead else rest
    cut = groups(spans, lexicon, speaker)
    mixed = "" if cut.certain and not (compares and len(cut.parts) > 1) else MIXED
    found = []
    for part in cut.parts:
        selection = select_from(part, lexicon, speaker, compares, changing=True)
        if action in _REMOVING and any(span.text.lower() in _TAG_WORDS for span in part):
            # "remove the owner tag from …" must never be read as removing the resources.
            selection = replace(selection, unread=(*selection.unread, "tag"))
        if action in _REMOVING and selection.everything and not (selection.noun or selection.names):
            mixed = mixed or WHAT_IS_DELETED
        if clause.verb in lexicon.lists["vague_verbs"] and not _lies_loose(selection):
            mixed = mixed or VAGUE.format(verb=clause.verb)
        found.append(Order(action, replace(selection, doubt=selection.doubt or mixed), given))
    return found


def _drained(clause: _Clause, lexicon: Lexicon) -> _Clause:
    """A machine is drained of its traffic, "out of the load balancer"; a queue of its messages, which is another wish."""
    if clause.action != "drain":
        return clause
    lead, body = (tuple(span for span in part if span.kind != "particle") for part in (clause.lead, clause.body))
    queues = any("queue" in lexicon.nouns[span.value].types for span in (*lead, *body) if span.kind == "type")
    return replace(clause, action="purge" if queues else "drain", lead=lead, body=body)


def _lies_loose(selection: Selection) -> bool:
    """Whether only things are meant that hang on nothing, or one that is named."""
    return bool(selection.names) or "unattached" in required(selection.where).get("flag", frozenset())


def _given(action: str, body: Sequence[Span]) -> tuple[str, tuple[Given, ...], list[Span]]:
    """What is really meant, the values typed for it, and the spans without them."""
    if action == "tag":
        return "tag", *_given_tags(body)
    if action in (*_REMOVING, "untag"):
        return _taken_away(action, body)
    if action == "resize":
        sizes = [index for index, span in enumerate(body) if span.kind == "size" or (index and _asked_size(body[index - 1], span))]
        if len(sizes) > 1 and joining(body[sizes[-1] - 1]):
            # "To t3.small or t3.medium": nobody said which.
            return action, (), [replace(span, kind="word") if index in sizes else span for index, span in enumerate(body)]
        if sizes:
            last = sizes[-1]
            return action, (Given("size", full_size(body[last].text)),), [span for index, span in enumerate(body) if index != last]
    return amount(action, body)


def _asked_size(before: Span, span: Span) -> bool:
    return before.text.lower().split()[-1] == "to" and span.kind in ("word", "unknown") and may_be_size(span.text.lower())


def _taken_away(action: str, body: Sequence[Span]) -> tuple[str, tuple[Given, ...], list[Span]]:
    """ "Remove the owner tag from …", "untag owner from …": the tag's key. Anything else stays what it was."""
    tag = next((index for index, span in enumerate(body) if span.text.lower() in _TAG_WORDS), None)
    first = next((index for index, span in enumerate(body) if span.text.lower() not in _ARTICLES), len(body))
    key = first + 1 if tag == first else first
    after = key + 1 + (tag == key + 1)
    off = after < len(body) and body[after].text.lower() in _TAKING
    if not off or (action != "untag" and tag is None):
        return action, (), list(body)
    return "untag", (Given("tag_key", body[key].text.partition("=")[0]),), list(body[after + 1 :])


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
