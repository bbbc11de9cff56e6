import math

import numpy as np

from ai_server.knowledge.search.ranked import Ranked, best

ROWS = [("stop instances", "stops one or more"), ("start instances", "starts one"), ("delete volume", "deletes one volume for good")]


def test_the_document_that_shares_the_rarest_words_is_first():
    ranked = Ranked(ROWS, (2.0, 1.0))
    assert [place for place, _ in ranked.find("stop the instance")] == [0, 1]
    assert ranked.find("volumes", 1)[0][0] == 2
    assert ranked.find("kubernetes") == ()


def test_the_score_is_bm25():
    (place, score), *_ = Ranked([("apple pear",), ("pear",)], (1.0,), discount=0.0).find("apple")
    assert place == 0
    # One occurrence without a discount for length weighs 1; of two documents one has the word.
    assert math.isclose(score, math.log(1 + (2 - 1 + 0.5) / (1 + 0.5)), rel_tol=1e-5)


def test_a_field_weighs_what_it_is_said_to():
    rows = [("apple", "pear"), ("pear", "apple")]
    assert Ranked(rows, (2.0, 1.0)).find("apple")[0][0] == 0
    assert Ranked(rows, (1.0, 2.0)).find("apple")[0][0] == 1


def test_ties_stand_in_their_order_and_nothing_is_found_in_nothing():
    assert best(np.array([0, 3, 1, 3, 2], dtype=np.float32), 3).tolist() == [1, 3, 4]
    assert best(np.zeros(4, dtype=np.float32), 3).tolist() == []
    assert Ranked([], (1.0,)).find("apple") == ()
