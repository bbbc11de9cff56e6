"""A resource as a point of the store and back: sealed, tokenised, marked. Pure, but for reading its own source once.

The mark is a keyed hash of everything a point was made from. It tells a sweep what changed without opening anything, and tells whoever reads
that the point is whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import get_args

from engine.errors import Corrupted
from engine.estate.facts import ENVIRONMENTS, app, environment, facts
from engine.estate.lexicon import LEXICON_FIELDS
from engine.estate.phrase import OF_KIND, kind_of
from engine.estate.resource import CLOUDS, Resource, ResourceType
from engine.secrets.derive import Keys
from engine.store.crypto import Crypto
from engine.store.keyed import KeyedHash
from engine.store.store import Point, Sparse, Stored, Token

SEALED, MARK, SCOPE = "sealed", "mark", "scope"
# Under which key of its payload a resource says the token of its kind, and a kind its own.
KIND = "kind"
# What points are made by: when one of these files changes, points of before bear other tokens and are made anew at the next start.
_MAKERS = ("estate/facts.py", "estate/lexicon.py", "estate/phrase.py", "estate/recorder.py", "store/grams.py")
Scope = tuple[str, str, str, str]
_FIELDS = tuple(field.name for field in fields(Resource))
_VALUES = attrgetter(*_FIELDS)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
# All that can be said in these fields: words that everybody knows.
PUBLIC_WORDS: Mapping[str, tuple[str, ...]] = {
    "cloud": CLOUDS,
    "type": get_args(ResourceType),
    "environment": (*sorted(set(ENVIRONMENTS.values())), ""),
}
# Facts that many resources have together, which are looked up at once, and facts that are one resource's own, which are not remembered.
_TOGETHER = (("cloud", "region", "account", "environment", "region_start"), ("type", "native_type", "state", "engine", "size", "flag"))
_VALUES_TOGETHER = tuple((fields, itemgetter(*fields)) for fields in _TOGETHER)
_OWN = ("name", "id")
_APART = frozenset({*_OWN, *(field for together in _TOGETHER for field in together)})
# An application is known by its tag only; as a fact it may be guessed from a name, which no word of a message should be taken for.
_WORD_FIELDS = {"app": "word:app"}


@cache
def layout() -> str:
    """Names the way points are made now: a hash of the code that makes them, so that nobody has to remember to raise a number."""
    digest = hashlib.sha256()
    for name in _MAKERS:
        digest.update((Path(__file__).parents[1] / name).read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Marked:
    """A resource, the id of its point, its mark, and the text that both the mark and the seal are made of."""

    resource: Resource
    key: str
    mark: str
    plain: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A resource's point, what its kind is called, and the tokens of what all resources of that kind have in common."""

    point: Point
    kind: str
    of_kind: tuple[Token, ...]


class Recorder:
    """Makes points and reads them."""

    def __init__(self, keys: Keys, crypto: Crypto) -> None:
        self._crypto = crypto
        self._mark_key = KeyedHash(keys.for_("marks"))
        self._made_by = f"{layout()}\0".encode()

    def marked(self, resource: Resource) -> Marked:
        """What tells whether a resource has to be written."""
        plain = _plain(resource)
        return Marked(resource, self.key(resource), self.mark(plain), plain)

    def point(self, marked: Marked, scope: Scope) -> Point:
        """The point of a resource that was seen in this scope."""
        return self.made(marked, scope).point

    def made(self, marked: Marked, scope: Scope) -> Made:
        """As `point`, with the kind that the resource is of."""
        resource, kind = marked.resource, kind_of(marked.resource)
        counted = {field: self.facet(field, word) for field, word in facets(resource).items()}
        seen_in, of_kind = self.scope_token(scope), self.kind_token(kind)
        payload = {SEALED: self._crypto.seal(marked.key, marked.plain), MARK: marked.mark, SCOPE: str(seen_in), KIND: str(of_kind)}
        facts_counted = tuple(counted.values())
        # Sorted, they do not tell of which field each is.
        tokens = tuple(sorted({*self._tokens(resource), *facts_counted, seen_in, of_kind}))
        point = Point(marked.key, payload, tokens, facts_counted, self.grams(resource.name))
        return Made(point, kind, tuple(counted[field] for field in OF_KIND))

    def key(self, resource: Resource) -> str:
        """The id of a resource's point."""
        return self._crypto.point_id(resource.id)

    def mark(self, plain: bytes) -> str:
        return self._mark_key.digest(self._made_by + plain).hex()[:32]

    def scope_token(self, scope: Scope) -> Token:
        return self._crypto.token("scope", "\0".join(scope))

    def kind_token(self, kind: str) -> Token:
        """What the points of all resources of this kind (`phrase.kind_of`) bear."""
        return self._crypto.token("kind", kind)

    def facts_of_kind(self, resource: Resource) -> tuple[Token, ...]:
        """The tokens of what all resources of its kind have in common, `OF_KIND`."""
        said = facets(resource)
        return tuple(self.facet(field, said[field]) for field in OF_KIND)

    def resource(self, stored: Stored) -> Resource:
        """The resource a point holds. Raises Corrupted naming the point."""
        plain = self._crypto.open(stored.id, stored.payload.get(SEALED))
        try:
            resource = Resource.from_json(json.loads(plain))
        except ValueError as error:
            raise _corrupted(stored.id, str(error)) from None
        if self._crypto.point_id(resource.id) != stored.id:
            raise _corrupted(stored.id, "it holds another resource")
        return resource

    def check(self, stored: Stored) -> None:
        """That a point's tokens are those of what it holds. Raises Corrupted naming the point."""
        resource, bears = self.resource(stored), set(stored.tokens)
        if not bears >= set(self._tokens(resource)) or int(stored.payload.get(SCOPE) or -1) not in bears:
            raise _corrupted(stored.id, "its tokens are not those of what it holds")

    def grams(self, name: str) -> Sparse:
        return self._crypto.grams(name)

    def word_tokens(self, phrase: str) -> Mapping[str, Token]:
        """Field → token of a phrase that might name something."""
        return {field: self._crypto.token(_WORD_FIELDS.get(field, field), phrase) for field in LEXICON_FIELDS}

    def facet(self, field: str, word: str) -> Token:
        """What is counted is a fact too, and bears its token."""
        return self._crypto.token(field, word.lower())

    def _tokens(self, resource: Resource) -> list[Token]:
        """Of every fact that can be filtered on. The words of the lexicon are facts too, but for the application."""
        said, known = facts(resource), list[Token]()
        for fields_together, values_of in _VALUES_TOGETHER:
            known += self._crypto.tokens_together(fields_together, values_of(said))
        for field in _OWN:
            known += self._crypto.own_tokens(field, said[field])
        for field, values in said.items():
            if field not in _APART:
                known += self._crypto.tokens(field, values)
        if tagged := app(resource).strip().lower():
            known.append(self._crypto.token(_WORD_FIELDS["app"], tagged))
        return known


def facets(resource: Resource) -> Mapping[str, str]:
    """What `stats` counts by."""
    return {
        "cloud": resource.cloud,
        "type": resource.type,
        "account": resource.account_name or resource.account,
        "environment": environment(resource)[0],
    }


def _plain(resource: Resource) -> bytes:
    return _ENCODER.encode(dict(zip(_FIELDS, _VALUES(resource), strict=True))).encode()


def _corrupted(point: str, why: str) -> Corrupted:
    what = f"cloud_estate/{point}"
    return Corrupted(f"{what} is not what was written there: {why}.", what=what, hint="Scan again to write it anew.")
