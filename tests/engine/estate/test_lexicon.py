"""The words that name something."""

from __future__ import annotations

from engine.estate.lexicon import lexicon
from tests.engine.estate.samples import BUCKET, LEDGER, WEB_1


def test_the_lexicon_names_what_people_say():
    words = lexicon(LEDGER)
    assert words["id"] == {LEDGER.id.lower(), "ledger-db"}
    assert words["tag_value"] == {"production", "ledger", "gold"}
    assert lexicon(BUCKET)["app"] == frozenset()
    assert lexicon(WEB_1)["region"] == {"us-east-1", "us-east-1a"}
