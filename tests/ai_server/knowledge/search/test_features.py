import numpy as np
import pytest

from ai_server.knowledge.search.corpus import lay_out
from ai_server.knowledge.search.features import FEATURES, asked, complete, evidence, popularity, sieve, verb_shares, verb_worth
from tests.ai_server.knowledge.search.commands import AWS

CORPUS = lay_out(AWS)
EVERY = np.arange(len(AWS))


def column(text: str, feature: str) -> list[float]:
    question = asked(text, CORPUS)
    verbs = verb_worth(question.verb, CORPUS, verb_shares(CORPUS), {})
    return evidence(question, CORPUS, EVERY, verbs)[:, FEATURES.index(feature)].tolist()


def test_there_is_a_column_for_each_feature():
    question = asked("stop an instance", CORPUS)
    texts = evidence(question, CORPUS, EVERY, verb_worth("stop", CORPUS, verb_shares(CORPUS), {}))
    prior = np.zeros(len(AWS), dtype=np.float32)
    assert complete(texts, prior, prior).shape == (len(AWS), len(FEATURES))
    assert complete(texts, prior, None).shape == (len(AWS), len(FEATURES) - 1)


def test_what_was_asked_for_is_there():
    assert column("stop db instance", "named")[5] == pytest.approx(1)
    assert column("stop db instance", "name_asked")[5] == pytest.approx(1)
    assert column("restart at any time", "anywhere")[0] == max(column("restart at any time", "anywhere"))


def test_what_was_not_asked_for_counts():
    unasked = column("stop instances", "unasked")
    assert unasked[0] == pytest.approx(0, abs=1e-6)
    assert unasked[5] > 0


def test_many_or_one():
    assert column("stop the instances", "number")[0] == 1
    assert column("stop the instance", "number")[0] == -1
    assert column("stop the instance", "number")[7] == 1
    assert column("create a volume", "number")[0] == 0


def test_neighbours():
    assert column("snapshot of the db", "name_pairs")[6] == 0
    assert column("create db snapshot", "name_pairs")[6] == pytest.approx(2 / 3)


def test_the_sieve_lets_through_what_shares_a_word():
    assert np.flatnonzero(sieve(asked("volumes", CORPUS), CORPUS)).tolist() == [4]
    assert not sieve(asked("xyzzy", CORPUS), CORPUS).any()
    assert asked("", CORPUS).verb == ""


def test_a_verb_means_what_descriptions_and_examples_say():
    shares = verb_shares(CORPUS)
    place = CORPUS.verb_names.index("describe")
    unknown = verb_worth("show", CORPUS, shares, {})
    assert np.allclose(unknown, 0, atol=1e-5)
    assert verb_worth("show", CORPUS, shares, {"describe": 9.0})[place] > 0.5
    assert verb_worth("stop", CORPUS, shares, {})[CORPUS.verb_names.index("stop")] > 0.5


def test_the_illustrated_are_popular():
    prior = popularity(CORPUS, {"ec2": 5})
    names = list(CORPUS.service_names)
    assert not popularity(CORPUS, {"ec2": 0}).any()
    assert prior[names.index("ec2")] > prior[names.index("rds")]
