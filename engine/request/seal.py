"""A request without anything that names the estate: groups of alike resources, values and the message, all as handles. Pure.

What leaves is built from closed word lists and handles alone. The message is rebuilt word by word: a word is kept when the public vocabulary
knows it and the estate does not; everything else becomes a handle or `[?]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.estate.facts import engine, environment, flags
from engine.estate.resource import Resource
from engine.request.lexicon import Lexicon
from engine.request.reading import Given
from engine.request.spans import Known, Span, tag
from engine.request.times import take_time
from engine.request.tokens import clean, tokenise

HIDDEN = "[?]"
# What is told as the state of targets whose plan is for later: the AI server plans every step that they may need by then.
ANY_STATE = "any"
# Flags that change what may be done or how risky it is; the rest stays here.
_FLAGS_TOLD = frozenset(
    {
        "attached",
        "unattached",
        "public",
        "multi_az",
        "has_replicas",
        "protected",
        "no_backups",
        "idle",
        "versioned",
        "unversioned",
        "balanced",
    }
)
_PUBLIC_KINDS = frozenset({
    "action", "type", "cloud", "environment", "not_environment", "state", "flag", "universal", "everything", "negation", "pronoun", "continuation", "question",
    "question_filler", "how_to", "knowledge", "polite", "forbidding", "chat", "help", "cost", "filler", "comma", "mine", "particle",
})  # fmt: skip
# Words of the public vocabulary that estates use as tag values; they name nothing.
_CORE = frozenset({
    "production", "prod", "staging", "stage", "development", "test", "testing", "sandbox", "instance", "instances", "database", "databases", "storage",
    "stop", "start", "restart", "terminate", "delete", "resize", "snapshot", "public", "running", "stopped", "idle",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class SealedGroup:
    """Alike resources behind one handle; `ids` never leave."""

    handle: str
    told: Mapping[str, Any]  # the fields of the wire's Group but handle and count
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SealedOrder:
    """An action on groups, with handles for the values given."""

    action: str
    on: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed request and the key to it. `wire()` is all that may leave."""

    message: str
    orders: tuple[SealedOrder, ...] = ()
    groups: tuple[SealedGroup, ...] = ()
    values: Mapping[str, Given] = field(default_factory=dict)
    turns: tuple[tuple[str, str], ...] = ()
    operations: tuple[str, ...] = ()

    def wire(self) -> dict[str, Any]:
        """The request as JSON data for the AI server."""
        return {
            "version": "1",
            "message": self.message,
            "orders": [{"action": order.action, "on": list(order.on), "values": list(order.values)} for order in self.orders],
            "groups": [{"handle": group.handle, "count": len(group.ids), **group.told} for group in self.groups],
            "values": [{"handle": handle, "kind": given.kind} for handle, given in self.values.items()],
            "turns": [{"role": role, "text": text} for role, text in self.turns],
            "operations": list(self.operations),
            "language": "en",
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """One order with its exact targets."""

    action: str
    targets: tuple[Resource, ...]
    given: tuple[Given, ...] = ()


def seal(message: str, wanted: Sequence[Wanted], turns: Sequence[tuple[str, str]] = (), *, later: bool = False) -> Sealed:
    """Orders and their targets as a sealed request; `message` and `turns` are sealed texts (`seal_text`).

    `later`: for another time, when nobody knows yet which states they are in, so no state is told and none is planned for.
    """
    groups = _groups((resource for order in wanted for resource in order.targets), later=later)
    handle_of = {resource_id: group.handle for group in groups for resource_id in group.ids}
    values: dict[str, Given] = {}
    orders = []
    for order in wanted:
        handles = []
        for given in order.given:
            handle = f"v{len(values) + 1}"
            values[handle] = given
            handles.append(handle)
        on = tuple(dict.fromkeys(handle_of[resource.id] for resource in order.targets))
        orders.append(SealedOrder(order.action, on, tuple(handles)))
    return Sealed(message[:8000], tuple(orders), groups, values, tuple((role, text[:4000]) for role, text in turns)[-8:])


def _groups(resources: Iterable[Resource], *, later: bool) -> tuple[SealedGroup, ...]:
    alike: dict[tuple[tuple[str, Any], ...], dict[str, None]] = {}
    told: dict[tuple[tuple[str, Any], ...], Mapping[str, Any]] = {}
    for resource in resources:
        facts = {**_told(resource), **({"state": ANY_STATE} if later else {})}
        key = tuple(sorted(facts.items(), key=lambda item: item[0]))
        alike.setdefault(key, {})[resource.id] = None
        told[key] = facts
    return tuple(SealedGroup(f"g{number}", told[key], tuple(ids)) for number, (key, ids) in enumerate(alike.items(), start=1))


def _told(resource: Resource) -> dict[str, Any]:
    """What the server may know of a resource: words of closed lists."""
    return {
        "cloud": resource.cloud,
        "type": resource.type,
        "native_type": resource.native_type,
        "environment": environment(resource)[0] or "unknown",
        "state": "".join(ch if ch.isalnum() else "_" for ch in resource.state.lower())[:40].strip("_") or "unknown",
        "engine": engine(resource),
        "flags": tuple(sorted(flags(resource) & _FLAGS_TOLD)),
    }


@cache
def public_words() -> frozenset[str]:
    """The shipped list of words anybody may read; read once a process."""
    text = Path(__file__).with_name("public_words.yaml").read_text(encoding="utf-8")
    return frozenset(str(word) for word in yaml.safe_load(text)["words"])


def seal_text(message: str, lexicon: Lexicon, known: Known) -> str:
    """The message with everything but public words replaced. `known` must cover all its phrases (`tokens.phrases`)."""
    bare, when = take_time(clean(message), known)
    spans = tag(tokenise(bare), lexicon, known)
    words = [_public(span, known) for span in spans]
    if when is not None:
        words.append("[later]")
    return " ".join(word for index, word in enumerate(words) if word != HIDDEN or index == 0 or words[index - 1] != HIDDEN)


def _public(span: Span, known: Known) -> str:
    if span.kind not in _PUBLIC_KINDS and not (span.kind == "word" and span.text.lower() in public_words()):
        return HIDDEN
    if span.kind == "environment":
        return span.value  # the public word for it, however it was spelled
    return " ".join(_word(word, known) for word in span.text.lower().split())


def _word(word: str, known: Known) -> str:
    return HIDDEN if word in known and word not in _CORE else word
