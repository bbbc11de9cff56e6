"""A resource as a point of the store and back: sealed, tokenised, marked. Pure, but for reading its own source once.

The mark is a keyed hash of everything a point was made from. It tells a sweep what changed without opening anything, and tells whoever reads
that the point is whole.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from engine.errors import Corrupted
from engine.estate.crypto import Crypto
from engine.estate.facts import environment, facts
from engine.estate.lexicon import LEXICON_FIELDS, lexicon
from engine.estate.meaning import meaning
from engine.estate.resource import Resource
from engine.estate.store import FACETS, TOKENS, Point, Sparse, Stored
from engine.secrets.derive import Keys

SEALED, MARK, SCOPE = "sealed", "mark", "scope"
# What points are made by: when one of these files changes, points of before bear other tokens and are made anew at the next start.
_MAKERS = ("facts.py", "grams.py", "lexicon.py", "meaning.py", "recorder.py")
Scope = tuple[str, str, str, str]


@cache
def layout() -> str:
    """Names the way points are made now: a hash of the code that makes them, so that nobody has to remember to raise a number."""
    digest = hashlib.sha256()
    for name in _MAKERS:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:16]


class Recorder:
    """Makes points and reads them; `model` tells the embedding model whose vectors the points get, "" for none."""

    def __init__(self, keys: Keys, crypto: Crypto, model: str) -> None:
        self._crypto = crypto
        self._mark_key = keys.for_("marks")
        self._model = model

    @property
    def layout(self) -> str:
        """The way this recorder makes points: the code, and the model whose vectors they get."""
        return f"{layout()}:{self._model}"

    @property
    def model_token(self) -> str:
        """What the points with vectors of this model bear."""
        return self._crypto.token("model", self._model)

    def point(self, resource: Resource, scope: Scope) -> Point:
        key = self._crypto.point_id(resource.id)
        plain = _plain(resource)
        counted = [self._crypto.token(f"facet:{field}", value) for field, value in facets(resource).items()]
        payload = {
            SEALED: self._crypto.seal(key, plain),
            MARK: self.mark(plain),
            SCOPE: self.scope_token(scope),
            TOKENS: sorted({*self._tokens(resource), *counted, self.scope_token(scope), self.model_token}),
            FACETS: counted,
        }
        return Point(key, payload, self.grams(resource.name), meaning(resource) if self._model else "")

    def marks(self, resources: Iterable[Resource]) -> dict[str, str]:
        """Point id → mark, as `point` would make them."""
        return {self._crypto.point_id(resource.id): self.mark(_plain(resource)) for resource in resources}

    def mark(self, plain: bytes) -> str:
        digest = hmac.new(self._mark_key, f"{self.layout}\0".encode(), hashlib.sha256)
        digest.update(plain)
        return digest.hexdigest()[:32]

    def scope_token(self, scope: Scope) -> str:
        return self._crypto.token("scope", "\0".join(scope))

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
        resource = self.resource(stored)
        bears = set(stored.payload.get(TOKENS) or ())
        if not bears >= set(self._tokens(resource)) or stored.payload.get(SCOPE) not in bears:
            raise _corrupted(stored.id, "its tokens are not those of what it holds")

    def grams(self, name: str) -> Sparse:
        return self._crypto.grams(name)

    def word_tokens(self, phrase: str) -> Mapping[str, str]:
        """Field → token of a phrase that might name something."""
        return {field: self._crypto.token(f"word:{field}", phrase) for field in LEXICON_FIELDS}

    def _tokens(self, resource: Resource) -> list[str]:
        known = [self._crypto.token(field, value) for field, values in facts(resource).items() for value in values]
        return known + [self._crypto.token(f"word:{field}", word) for field, words in lexicon(resource).items() for word in words]


def facets(resource: Resource) -> Mapping[str, str]:
    """What `stats` counts by."""
    return {
        "cloud": resource.cloud,
        "type": resource.type,
        "account": resource.account_name or resource.account,
        "environment": environment(resource)[0],
    }


def _plain(resource: Resource) -> bytes:
    return json.dumps(resource.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def _corrupted(point: str, why: str) -> Corrupted:
    what = f"cloud_estate/{point}"
    return Corrupted(f"{what} is not what was written there: {why}.", what=what, hint="Scan again to write it anew.")
