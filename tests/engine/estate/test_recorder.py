"""Resources as points and back: whole, marked, and noticed when they are not."""

from __future__ import annotations

import dataclasses

import pytest

from engine.errors import Corrupted
from engine.estate.phrase import kind_of
from engine.estate.recorder import MARK, SCOPE, SEALED, Recorder
from engine.secrets.derive import Keys
from engine.store.crypto import Crypto
from engine.store.store import Stored
from tests.engine.estate.samples import ALL, LEDGER, WEB_1

KEYS = Keys(bytes(range(32)))
CRYPTO = Crypto(KEYS, "cloud_estate")
SCOPE_OF_DISKS = ("aws", "1", "us-east-1", "disk")


@pytest.fixture
def recorder():
    return Recorder(KEYS, CRYPTO)


def point_of(recorder, resource):
    return recorder.point(recorder.marked(resource), SCOPE_OF_DISKS)


def stored(point):
    return Stored(point.id, point.payload, tokens=point.tokens)


@pytest.mark.parametrize("known", ALL, ids=lambda known: known.name)
def test_a_recorded_resource_comes_back_whole(recorder, known):
    point = point_of(recorder, known)
    assert recorder.resource(stored(point)) == known
    recorder.check(stored(point))
    assert (point.id, point.payload[MARK]) == (recorder.marked(known).key, recorder.marked(known).mark)
    assert point.vector == ()
    assert int(point.payload[SCOPE]) == recorder.scope_token(SCOPE_OF_DISKS)


def test_a_mark_tells_a_change_and_the_id_stays(recorder):
    changed = dataclasses.replace(WEB_1, state="stopped")
    one, other = recorder.marked(WEB_1), recorder.marked(changed)
    assert one.key == other.key
    assert one.mark != other.mark
    assert one.mark != Recorder(Keys(bytes(32)), CRYPTO).marked(WEB_1).mark


def test_a_mark_does_not_depend_on_the_order_in_which_a_cloud_says_things(recorder):
    turned = dataclasses.replace(WEB_1, tags=dict(reversed(WEB_1.tags.items())))
    assert recorder.marked(WEB_1).mark == recorder.marked(turned).mark


def test_a_point_bears_its_facts_its_kind_its_scope_and_what_is_counted(recorder):
    point = point_of(recorder, LEDGER)
    bears = set(point.tokens)
    for field, value in (("app", "ledger"), ("tag", "tier=gold"), ("tag_key", "tier"), ("name", "ledger-db"), ("flag", "no_backups")):
        assert CRYPTO.token(field, value) in bears
    assert {recorder.kind_token(kind_of(LEDGER)), recorder.scope_token(SCOPE_OF_DISKS), *point.facets} <= bears
    assert CRYPTO.token("app", "checkout") not in bears
    assert len(point.tokens) == len(bears)


def test_a_swapped_point_is_corrupted(recorder):
    one, other = point_of(recorder, WEB_1), point_of(recorder, LEDGER)
    with pytest.raises(Corrupted, match=one.id):
        recorder.resource(Stored(one.id, other.payload))
    elsewhere = CRYPTO.seal(one.id, CRYPTO.open(other.id, other.payload[SEALED]))
    with pytest.raises(Corrupted, match="another resource"):
        recorder.resource(Stored(one.id, {SEALED: elsewhere}))
    with pytest.raises(Corrupted, match="unknown field"):
        recorder.resource(Stored(one.id, {SEALED: CRYPTO.seal(one.id, b'{"what": 1}')}))


def test_a_point_with_other_tokens_is_corrupted(recorder):
    one, other = point_of(recorder, WEB_1), point_of(recorder, LEDGER)
    with pytest.raises(Corrupted, match="tokens"):
        recorder.check(Stored(one.id, one.payload, tokens=other.tokens))
    with pytest.raises(Corrupted, match="tokens"):
        recorder.check(Stored(one.id, one.payload, tokens=tuple(set(one.tokens) - {int(one.payload[SCOPE])})))
