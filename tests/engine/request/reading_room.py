"""A message read with a handful of known names: what the tests of the grammar share. Pure."""

from __future__ import annotations

from engine.request.conditions import Speaker
from engine.request.lexicon import load
from engine.request.reader import read
from engine.request.reading import Reading

LEXICON = load()
KNOWN = {
    "web-01": frozenset({"name"}),
    "web-02": frozenset({"name"}),
    "web-03": frozenset({"name"}),
    "pg-main": frozenset({"name"}),
    "i-0abc1234": frozenset({"id"}),
    "acme dev eu": frozenset({"account"}),
    "acme-prod": frozenset({"account"}),
    "production": frozenset({"account", "tag_value"}),
    "search": frozenset({"app", "tag_value"}),
    "billing": frozenset({"app", "tag_value"}),
    "data": frozenset({"app", "tag_value"}),
    "backup": frozenset({"app", "tag_value"}),
    "will": frozenset({"owner", "tag_value"}),
    "may": frozenset({"owner", "tag_value"}),
    "priya": frozenset({"owner", "tag_value"}),
    "keep": frozenset({"tag_key"}),
    "team": frozenset({"tag_key"}),
    "lake": frozenset({"owner", "tag_value"}),
    "yes": frozenset({"tag_value"}),
    "us-east-1": frozenset({"region"}),
}


def reading(message: str, *speaker: str) -> Reading:
    return read(message, LEXICON, KNOWN, Speaker(frozenset(speaker)))
