"""What speaks for each candidate, as numbers a linear ranker weighs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai_server.knowledge.search.corpus import FIELDS, Corpus, asked_verb
from ai_server.knowledge.search.lexicon import Ids, Tokens
from ai_server.knowledge.search.ranked import Floats
from ai_server.knowledge.search.words import STOP, is_plural, plain_words, stem

FEATURES = (
    # BM25 of a field, as a share of what the question's words weigh.
    "name", "service", "summary", "detail",
    # The share of the question's words (by rarity) that stand in the name or the service; or in the summary; or anywhere.
    "named", "told", "anywhere",
    # How much of the name was not asked for, how much of it and of the summary was.
    "unasked", "name_asked", "summary_asked",
    # Whether this verb is what people mean by theirs; whether it is the very word; whether one or many are meant; whether the noun is the same.
    "verb", "same_verb", "number", "noun",
    # Neighbouring words of the question that are neighbours in the name, in the summary.
    "name_pairs", "summary_pairs",
    "length",
    # Whether the command's service is the one that people mean by a plain noun of the question ("a virtual machine", "the database").
    "common",
    "popularity",
    # The likeness in meaning; the last one, since it is left out without a model.
    "meaning",
)  # fmt: skip
# In the first sieve, which only has to let the right one through.
_SIEVE = {"name": 2.0, "service": 0.6, "summary": 1.0, "detail": 0.15}
_COMMON = 4.0  # about what one word in a name weighs
_SHORT = 4  # words of a question that says no more than what is wanted
_SPOKEN = 0.3  # a summary's first word counts less than an example's
_SAME_WORD = 2.0
_DOUBT = 3.0  # how many observations it takes to believe them against the verb's overall share


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as arrays: its distinct known stems, neighbouring pairs of them, its verb, and the nouns asked for as one and as many.

    `common`: 1 for each of the corpus's services that a plain noun of the question means.
    """

    text: str
    stems: Ids
    pairs: NDArray[np.int64]
    neighbours: int
    verb: str
    many: Ids
    one: Ids
    common: Floats


def asked(text: str, corpus: Corpus) -> Asked:
    """The question as this corpus knows its words."""
    order = np.array(corpus.lexicon.asked(text), dtype=np.int64)
    known = np.array([number for number in dict.fromkeys(order.tolist()) if number >= 0], dtype=np.int32)
    both = (order[:-1] >= 0) & (order[1:] >= 0)
    pairs = np.unique(order[:-1][both] * len(corpus.lexicon) + order[1:][both])
    words = plain_words(text)
    many = {stem(word) for word in words if is_plural(word)}
    one = {stem(word) for word in words if not is_plural(word)} - many
    return Asked(
        text, known, pairs, max(len(order) - 1, 0), asked_verb(text), _numbers(many, corpus), _numbers(one, corpus), _common(words, corpus)
    )


def _common(words: Sequence[str], corpus: Corpus) -> Floats:
    """In a short question only, where little else decides. A noun of several words counts for its longest form: a storage account is no account."""
    said = frozenset(stem(word) for word in words if word not in STOP)
    if len(said) > _SHORT:
        return np.zeros(len(corpus.service_names), dtype=np.float32)
    heard = {phrase for phrase in corpus.nouns_of_services if phrase <= said}
    longest = {phrase for phrase in heard if not any(phrase < other for other in heard)}
    found = np.zeros(len(corpus.service_names), dtype=np.float32)
    found[[place for phrase in longest for place in corpus.nouns_of_services[phrase]]] = 1
    return found


def _numbers(words: set[str], corpus: Corpus) -> Ids:
    found = (corpus.lexicon.number(word) for word in sorted(words))
    return np.array([number for number in found if number >= 0], dtype=np.int32)


def sieve(question: Asked, corpus: Corpus) -> Floats:
    """A weighted BM25 of every command; 0 where no word is shared."""
    found = np.zeros(len(corpus), dtype=np.float32)
    for number in question.stems:
        for field, weight in _SIEVE.items():
            documents, weights = corpus.fields[field].of(number)
            found[documents] += weights * (weight * corpus.rarity[number])
    return np.asarray(found + _COMMON * question.common[corpus.services] * (found > 0), dtype=np.float32)


def evidence(question: Asked, corpus: Corpus, candidates: NDArray[np.intp], verbs: Floats) -> Floats:
    """`[candidates, features]` without the last two (popularity and meaning, which are not in the texts).

    `verbs`: what each of the corpus's verbs is worth for this question, see `verb_worth`.
    """
    weight, found = _matches(question, corpus, candidates)
    rare = corpus.rarity[question.stems]
    total = float(rare.sum()) + 1e-9
    inside = {field: weight[place] > 0 for place, field in enumerate(FIELDS)}
    named = inside["name"] | inside["service"]
    told = named | inside["summary"]
    is_verb = question.stems[None, :] == corpus.verb_stems[candidates][:, None]
    nouns = (inside["name"] & ~is_verb) @ rare
    noun = corpus.nouns[candidates]
    shares = [(weight[place] @ rare) / total for place in range(len(FIELDS))]
    columns = [
        *shares,
        *((where @ rare) / total for where in (named, told, found)),
        (corpus.noun_mass[candidates] - nouns) / 10,
        nouns / (corpus.noun_mass[candidates] + 1e-6) * (corpus.noun_mass[candidates] > 1e-6),
        (inside["summary"] @ rare) / (corpus.summary_mass[candidates] + 1),
        verbs[corpus.verbs[candidates]],
        is_verb.any(axis=1),
        _agreement(question, noun, corpus.plural[candidates]),
        np.isin(noun, question.stems),
        *(_shared_pairs(question, corpus.pairs[field], candidates) for field in ("name", "summary")),
        corpus.name_lengths[candidates] / 5,
        question.common[corpus.services[candidates]],
    ]
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def _matches(question: Asked, corpus: Corpus, candidates: NDArray[np.intp]) -> tuple[Floats, NDArray[np.bool_]]:
    """BM25's weight of each `[field, candidate, stem]`, and whether `[candidate, stem]` stands in any field."""
    place = np.full(len(corpus), -1, dtype=np.int32)
    place[candidates] = np.arange(len(candidates), dtype=np.int32)
    weight = np.zeros((len(FIELDS), len(candidates), len(question.stems)), dtype=np.float32)
    for row, field in enumerate(FIELDS):
        for column, number in enumerate(question.stems):
            documents, weights = corpus.fields[field].of(number)
            here = place[documents]
            taken = here >= 0
            weight[row, here[taken], column] = weights[taken]
    return weight, np.asarray((weight > 0).any(axis=0))


def _agreement(question: Asked, noun: Ids, plural: NDArray[np.bool_]) -> Floats:
    """1 where one is asked for and the command is about one, or many and many; -1 where they differ; 0 where the noun is not asked for."""
    many, one = np.isin(noun, question.many), np.isin(noun, question.one)
    side = np.where(plural, 1.0, -1.0)
    return np.where(many, side, np.where(one, -side, 0.0)).astype(np.float32)


def _shared_pairs(question: Asked, pairs: Tokens, candidates: NDArray[np.intp]) -> Floats:
    """The share of the question's neighbouring pairs that a text has."""
    first, lengths = pairs.starts[candidates], pairs.lengths[candidates]
    owner = np.repeat(np.arange(len(candidates)), lengths)
    inside = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    shared = np.isin(pairs.ids[np.repeat(first, lengths) + inside], question.pairs)
    return (np.bincount(owner[shared], minlength=len(candidates)) / (question.neighbours + 1)).astype(np.float32)


def verb_shares(corpus: Corpus) -> Floats:
    """How frequent each verb is among the corpus's commands."""
    return (np.bincount(corpus.verbs, minlength=len(corpus.verb_names)) / max(len(corpus), 1)).astype(np.float32)


def verb_worth(verb: str, corpus: Corpus, shares: Floats, meant: Mapping[str, float]) -> Floats:
    """For each of the corpus's verbs, how much likelier it is than usual, as a logarithm, when people say `verb`.

    Three things count: how descriptions in this corpus begin, whether it is the same word, and what examples of other commands meant.
    """
    said: Mapping[str, int] = corpus.said.get(verb, {})
    seen = np.array(
        [_SPOKEN * said.get(name, 0) + meant.get(name, 0.0) + (_SAME_WORD if stem(name) == verb else 0.0) for name in corpus.verb_names]
    )
    return np.asarray(np.log((seen + _DOUBT * shares) / (seen.sum() + _DOUBT)) - np.log(shares), dtype=np.float32)


def popularity(corpus: Corpus, illustrated: Mapping[str, int]) -> Floats:
    """For each service, the logarithm of the share of its commands that its provider illustrates by examples: what people do is illustrated.

    Where nothing is known of a cloud, all of its services are equal.
    """
    if not any(illustrated.values()):
        return np.zeros(len(corpus.service_names), dtype=np.float32)
    size = np.bincount(corpus.services, minlength=len(corpus.service_names))
    shown = np.array([illustrated.get(name, 0) for name in corpus.service_names])
    return np.log((shown + 0.5) / (size + 5)).astype(np.float32)


def complete(texts: Floats, prior: Floats, likeness: Sequence[float] | Floats | None) -> Floats:
    """The evidence with popularity and, where there is a model, meaning."""
    columns = [texts, prior[:, None]]
    if likeness is not None:
        columns.append(np.asarray(likeness, dtype=np.float32)[:, None] * 10)
    return np.concatenate(columns, axis=1)
