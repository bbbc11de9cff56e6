"""How a point stands in Qdrant Edge: each of its parts as one text, since it is the values that cost the library time. Edge (the library).

The library tries a value as one kind after the other, and raises inside for each that it is not: a list of forty numbers cost it as much as all
the rest of a point. A text is tried four times, and its words are indexed no slower than numbers are.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import qdrant_edge as edge

from engine.store.edge.rows import dimensions_of, row, tokens_of, weights_of, words
from engine.store.store import Point, Sparse

MEANING, NAME = "meaning", "name"
# The keys of a point's payload in Qdrant: what was sealed, what is filtered by, what is counted together, what is sorted by.
SAID, WORDS, COUNTED, ORDER = "said", "words", "counted", "order"
# How they were called when each value stood for itself.
_DATA, _TOKENS, _FACETS = "data", "tokens", "facets"
OLD_INDEXES = (_TOKENS, _FACETS)
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def indexes(*, ordered: bool) -> dict[str, Any]:
    """What is looked up by, and how."""
    found = {
        WORDS: edge.TextIndexParams(tokenizer=edge.TokenizerType.Whitespace, lowercase=False),
        COUNTED: edge.KeywordIndexParams(),
    }
    return {**found, ORDER: edge.IntegerIndexParams(lookup=False, range=True)} if ordered else found


def made(row: Sequence[Any], *, ordered: bool) -> Any:
    """A point as the library takes it, of a row (`engine.store.edge.rows`)."""
    key, payload, tokens, facets, dimensions, weights, vector, order = row
    named: dict[str, Any] = {}
    if dimensions:
        named[NAME] = edge.SparseVector(dimensions_of(dimensions), weights_of(weights))
    if vector:
        named[MEANING] = weights_of(vector)
    kept: dict[str, Any] = {SAID: _encoded(payload)}
    # What is not there need not be kept nor looked at, each time.
    if tokens:
        kept[WORDS] = tokens
    if facets:
        kept[COUNTED] = facets
    if order or ordered:
        kept[ORDER] = order
    return edge.Point(key, named, kept)


def wanted(keys: list[str] | None, *, tokens: bool = False) -> list[str] | bool:
    """What has to be read so that `stored` can give it."""
    said = [] if keys == [] else [SAID]
    return [*said, WORDS] if tokens else said or False


def stored(record: Any, keys: list[str] | None = None, score: float = 0.0) -> list[Any]:
    """`[id, payload, score, tokens]`: only these keys of the payload when given, the tokens when they were read."""
    kept = record.payload or {}
    return [str(record.id), said(kept, keys), score, _tokens(kept)]


def _tokens(kept: Mapping[str, Any]) -> tuple[int, ...]:
    """None where they are not what was written there: whoever compares them sees that."""
    try:
        return tokens_of(str(kept.get(WORDS, "")))
    except (ValueError, struct.error):
        return ()


def said(kept: Mapping[str, Any], keys: list[str] | None) -> dict[str, str]:
    """A point's payload as it was given, of what the library kept."""
    if SAID not in kept:
        return {}
    try:
        payload: dict[str, str] = dict(json.loads(kept[SAID]))
    except (ValueError, TypeError):  # not what was written there: whoever opens it sees that
        return {}
    return payload if keys is None else {key: payload[key] for key in keys if key in payload}


def whole(record: Any) -> list[Any]:
    """A point as the row it was made of, in the old manner or in this one."""
    kept, vectors = record.payload or {}, record.vector or {}
    grams, vector = vectors.get(NAME), vectors.get(MEANING, ())
    sparse = Sparse() if grams is None else Sparse(tuple(grams.indices), tuple(grams.values))
    payload = kept[_DATA] if _DATA in kept else said(kept, None)
    tokens, facets = (kept.get(old) or tokens_of(kept.get(new, "")) for old, new in ((_TOKENS, WORDS), (_FACETS, COUNTED)))
    return row(Point(str(record.id), payload, tuple(tokens), tuple(facets), sparse, tuple(vector), kept.get(ORDER, 0)))


def condition_on(condition: Mapping[str, Any]) -> Any:
    """A condition of `engine.store.store` as Qdrant's. Raises ValueError for any other."""
    match condition:
        case {"has": list(tokens)}:
            return edge.Filter(must=[edge.FieldCondition(WORDS, match=edge.MatchTextAny(words(tokens)))])
        case {"all": list(parts)}:
            return _all_of(parts)
        case {"any": []}:
            return condition_on({"has": []})
        case {"any": list(parts)}:
            return edge.Filter(should=[condition_on(part) for part in parts])
        case {"not": part}:
            return edge.Filter(must_not=[condition_on(part)])
    raise ValueError(f"{condition!r} is no condition")


def _all_of(parts: Sequence[Mapping[str, Any]]) -> Any:
    """Tokens of which each must be there are looked up together, which is three times as fast as one after the other."""
    single, others = list[int](), list[Any]()
    for part in parts:
        match part:
            case {"has": [token]}:
                single.append(token)
            case _:
                others.append(condition_on(part))
    together = [edge.FieldCondition(WORDS, match=edge.MatchText(words(single)))] if single else []
    return edge.Filter(must=[*together, *others])
