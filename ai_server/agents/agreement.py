"""Does the message say what the order says? The order decides what is done; the message can only stop it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ai_server.knowledge.knowledge import SAME_WISH, Vocabulary
from ai_server.knowledge.language import Span, Text
from ai_server.wire import Action, Turn

DESTRUCTIVE: frozenset[Action] = frozenset({"terminate", "delete"})
# Only verbs that cannot be taken for a noun count against an order: "snapshot" or "label" may be what somebody talks about.
PLAIN: tuple[Action, ...] = ("start", "stop", "restart", "terminate", "resize")


def objection(action: Action, message: Text, turns: Sequence[Turn], vocabulary: Vocabulary) -> str:
    """Why the message does not bear the order out; '' when it does, or says nothing of the kind."""
    said = _said(action, message, vocabulary)
    if any(said.values()):
        return ""
    if said:
        return f"The message says not to {_words(action)}."
    if other := _other(action, message, vocabulary):
        return f"The message speaks of a {_words(other)}, the order of a {_words(action)}."
    if action in DESTRUCTIVE and not _asked_before(action, turns, vocabulary):
        return "Nothing in the message asks for a deletion."
    return ""


def _said(action: Action, text: Text, vocabulary: Vocabulary) -> dict[Span, bool]:
    """Where the action is named, and whether it is meant (True) or forbidden (False)."""
    forbidden = {span.end for span in text.find(vocabulary.negations)}
    return {span: span.start not in forbidden for span in text.find(vocabulary.actions[action])}


def _other(action: Action, text: Text, vocabulary: Vocabulary) -> Action | None:
    same = SAME_WISH.get(action)
    rest = (other for other in PLAIN if other not in (action, same))
    return next((other for other in rest if any(_said(other, text, vocabulary).values())), None)


def _asked_before(action: Action, turns: Sequence[Turn], vocabulary: Vocabulary) -> bool:
    """`those too`: the verb may stand in what the person said last."""
    last = next((turn.text for turn in reversed(turns) if turn.role == "person"), "")
    return any(_said(action, Text.of(last), vocabulary).values())


def _words(action: Action) -> str:
    return action.replace("_", " ")
