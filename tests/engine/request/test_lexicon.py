"""The vocabulary as a whole."""

from __future__ import annotations

from typing import get_args

from engine.estate.resource import ResourceType
from engine.request.lexicon import LISTS, MAPPINGS, load
from engine.request.selecting import RANKS

LEXICON = load()


def test_nouns_are_of_known_types():
    assert {type_ for noun in LEXICON.nouns.values() for type_ in noun.types} <= set(get_args(ResourceType))


def test_every_phrase_is_lower_case_and_not_empty():
    assert all(phrase and all(word == word.lower() for word in phrase) for phrase in LEXICON.phrases)


def test_reach_covers_every_phrase():
    assert all(len(phrase) <= LEXICON.reach[phrase[0]] for phrase in LEXICON.phrases)
    assert LEXICON.longest == max(len(phrase) for phrase in LEXICON.phrases)


def test_every_kind_is_one_of_ours():
    kinds = {entry.kind for entries in LEXICON.phrases.values() for entry in entries}
    assert kinds == {*LISTS.values(), *MAPPINGS.values(), "type", "place", "continent"}


def test_participles_and_particles_are_of_known_actions():
    actions = {entry.value for entries in LEXICON.phrases.values() for entry in entries if entry.kind == "action"}
    joined = [*LEXICON.split_actions.values(), *LEXICON.split_doing.values()]
    assert all(isinstance(particle, str) and action in actions for particles in joined for particle, action in particles.items())
    assert {entry.value for entries in LEXICON.phrases.values() for entry in entries if entry.kind in ("done", "doing")} <= actions


def test_no_verb_is_passed_over_as_a_filler():
    both = {
        " ".join(phrase)
        for phrase, entries in LEXICON.phrases.items()
        if {"action"} < {entry.kind for entry in entries} and {"filler", "polite"} & {entry.kind for entry in entries}
    }
    assert both == {"tag", "label"}  # "with the tag x=y"; where a verb may stand they are verbs


def test_a_service_means_all_of_its_things():
    entry = LEXICON.reads(("ec2",), "type")
    assert entry is not None
    assert not entry.single
    assert LEXICON.reads(("vm",), "type").single
    assert LEXICON.reads(("vms",), "nothing") is None


def test_no_word_of_another_language_is_one_of_ours():
    assert not LEXICON.lists["foreign"] & LEXICON.words


def test_what_is_short_stands_for_one_other_word():
    assert all(" " not in full and full in LEXICON.words for full in LEXICON.shorthand.values())


def test_every_rank_is_known():
    assert {entry.value for entries in LEXICON.phrases.values() for entry in entries if entry.kind == "rank"} == set(RANKS)
