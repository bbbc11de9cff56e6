"""A question about the estate made into a query of closed words, which the engine runs: the server knows no resource. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from ai_server.agents.classification import Reading
from ai_server.knowledge.knowledge import Knowledge
from ai_server.knowledge.language import Phrase, Text
from ai_server.wire import Information, Query


def query(reading: Reading, knowledge: Knowledge) -> Information:
    """What is asked for, split up as asked."""
    words, text = knowledge.vocabulary, reading.text
    counts, costs = text.has(words.questions["count"]), text.has(words.questions["cost"])
    asked = Query.model_validate({
        "measure": "cost" if costs else "count" if counts else "list",
        "types": reading.types[:16],
        "clouds": reading.clouds or tuple({mention.cloud: None for mention in reading.mentions if mention.cloud}),
        "environments": _named(text, words.environments),
        "states": _named(text, words.states),
        "flags": _named(text, words.flags),
        "by": next(iter(_named(text, words.by)), ""),
    })  # fmt: skip
    return Information(query=asked, text="Only your side knows that; this is the question as I understand it.")


def _named(text: Text, rows: Mapping[str, tuple[Phrase, ...]]) -> tuple[str, ...]:
    return tuple(name for name, phrases in rows.items() if text.has(phrases))
