"""Sentences put into one form before they are read: particles joined, passives made active, prohibitions in the middle made exclusions. Pure.

Each step takes all spans of a message and gives as many back, so that what stood where is never lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from engine.request.lexicon import Lexicon
from engine.request.spans import Span

NOISE = frozenset({"filler", "polite", "chat", "comma"})
_TRAILING = NOISE | {"pronoun"}


def voiced(spans: Sequence[Span], lexicon: Lexicon) -> tuple[Span, ...]:
    """The spans with every wish as a verb of kind `action`."""
    found = _joined(list(spans), lexicon.split_actions, "action")
    found = _joined(found, lexicon.split_doing, "doing")
    found = _valued(_unneeded(found), lexicon)
    found = _gerunds(found, lexicon)
    found = _prohibitions(found, lexicon)
    if any(span.kind in ("action", "question", "how_to", "forbidding") for span in found):
        return tuple(found)
    return tuple(_passive(found, lexicon) or found)


def first_meaning(spans: Sequence[Span]) -> str:
    """The kind of the first span that is more than politeness; '' when there is none."""
    return next((span.kind for span in spans if span.kind not in NOISE), "")


def asks_for_something(spans: Sequence[Span], lexicon: Lexicon) -> bool:
    """Whether politeness makes a question mark a wish: "can you stop …?"."""
    return any(span.kind == "polite" and any(span.text.lower().startswith(word) for word in lexicon.lists["requests"]) for span in spans)


def _joined(spans: list[Span], verbs: Mapping[str, Mapping[str, str]], kind: str) -> list[Span]:
    """Verbs whose particle stands apart made whole: "turn the dev boxes off" is one stop. The last particle counts."""
    for index, span in enumerate(spans):
        particles = verbs.get(span.text.lower(), {})
        if not particles or not _opens_clause(spans, index):
            continue
        if any(later.kind == "action" for later in spans[index + 1 :]):
            continue
        for last in range(len(spans) - 1, index, -1):
            said = spans[last].text.lower()
            if action := particles.get(said) or particles.get(said.partition(" ")[0]):
                spans[index] = replace(span, kind=kind, value=action)
                spans[last] = replace(spans[last], kind="filler")
                break
    return spans


def _opens_clause(spans: Sequence[Span], index: int) -> bool:
    """Whether only politeness stands before it, in the sentence or since the last comma: "web-01 idles, please turn it off"."""
    since = next((at for at in range(index - 1, -1, -1) if spans[at].kind == "comma"), -1)
    return all(before.kind in NOISE for before in spans[since + 1 : index])


def _unneeded(spans: list[Span]) -> list[Span]:
    """ "We don't need you to stop web-01" forbids; "we don't need web-01, stop it" says why."""
    for index, span in enumerate(spans):
        if span.kind == "unneeded":
            clause = [later.text.lower() for later in _until_comma(spans[index + 1 :])]
            spans[index] = replace(span, kind="forbidding" if "to" in clause else "unneeded")
    return spans


def _until_comma(spans: Sequence[Span]) -> Sequence[Span]:
    end = next((index for index, span in enumerate(spans) if span.kind == "comma"), len(spans))
    return spans[:end]


def _valued(spans: list[Span], lexicon: Lexicon) -> list[Span]:
    """Verbs that say what is wished only with a value: "set owner=ana on web-01" tags, "change web-01 to t3.small" resizes."""
    for index, span in enumerate(spans):
        word, rest = span.text.lower(), spans[index + 1 :]
        if word in lexicon.lists["setting"] and _gives_tag(rest):
            spans[index] = replace(span, kind="action", value="tag")
        elif word in lexicon.lists["sizing"] and _gives_size(rest):
            spans[index] = replace(span, kind="action", value="resize")
        elif span.kind in NOISE:
            continue
        break
    return spans


def _gives_tag(rest: Sequence[Span]) -> bool:
    return bool(rest) and rest[0].kind == "tag"


def _gives_size(rest: Sequence[Span]) -> bool:
    """A size, and "to" before it."""
    return any(one.text.lower().split()[-1] in ("to", "into", "onto") and other.kind == "size" for one, other in pairwise(rest))


def _gerunds(spans: list[Span], lexicon: Lexicon) -> list[Span]:
    """ "Would you mind stopping …" and "… needs restarting" are wishes; any other gerund is talk about one."""
    for index, span in enumerate(spans):
        if span.kind != "doing":
            continue
        before = spans[index - 1] if index else None
        asked = before is not None and before.kind == "polite" and before.text.lower().endswith(" mind")
        needed = (
            before is not None
            and before.text.lower() in lexicon.lists["gerund_modals"]
            and all(later.kind in NOISE for later in spans[index + 1 :])
        )
        if asked or (needed and first_meaning(spans) != "question"):
            spans[index] = replace(span, kind="action")
    return spans


def _prohibitions(spans: list[Span], lexicon: Lexicon) -> list[Span]:
    """ "Stop the dev vms, but don't touch billing": what follows is left out, whatever the second verb is."""
    acting = False
    for index, span in enumerate(spans):
        if span.kind == "forbidding" and acting:
            spans[index] = replace(span, kind="negation", value="except")
            _silence_verb(spans, index + 1, lexicon)
        acting = acting or span.kind == "action"
        if span.kind == "action" and index + 1 < len(spans) and spans[index + 1].kind == "doing":
            spans[index] = replace(span, kind="forbidding")  # "stop restarting the uat vms"
    return spans


def _silence_verb(spans: list[Span], start: int, lexicon: Lexicon) -> None:
    for index in range(start, len(spans)):
        if spans[index].kind in ("action", "doing") or spans[index].text.lower() in lexicon.lists["touching"]:
            spans[index] = replace(spans[index], kind="chat")
            return
        if spans[index].kind not in NOISE:
            return


def _passive(spans: Sequence[Span], lexicon: Lexicon) -> list[Span] | None:
    """ "Please have the dev vms stopped", "… should be restarted", "all dev vms: stop" with the verb made an action; None when it is none."""
    last = next((index for index in range(len(spans) - 1, -1, -1) if spans[index].kind not in _TRAILING), None)
    if last is None or first_meaning(spans) in ("question", "how_to", "forbidding"):
        return None
    action = _done(spans[last], lexicon)
    if not action or not _wished(spans[:last], lexicon):
        return None
    return [*spans[:last], replace(spans[last], kind="action", value=action), *spans[last + 1 :]]


def _done(span: Span, lexicon: Lexicon) -> str:
    entry = lexicon.reads(tuple(span.text.lower().split()), "done")
    return entry.value if entry else ""


def _wished(before: Sequence[Span], lexicon: Lexicon) -> bool:
    """Whether what stands before a participle makes it a wish and not a statement."""
    words = [span.text.lower() for span in before]
    if "been" in words:
        return False  # "have they been stopped"
    if any(" ".join(words[-length:]) in lexicon.lists["modals"] for length in (1, 2, 3) if len(words) >= length):
        return True
    spoken = [span for span in before if span.kind not in ("polite", "chat", "comma")]
    if not spoken:
        return False
    opening = [span.text.lower() for span in spoken[:2]]
    if opening[0] in lexicon.lists["causatives"]:
        return True
    return opening[0] in lexicon.lists["wants"] or " ".join(opening) in lexicon.lists["wants"]
