from ai_server.knowledge.search.lexicon import Lexicon


def test_texts_become_numbers_and_questions_are_looked_up():
    lexicon = Lexicon()
    tokens = lexicon.read(["stop instances", "", "stopping the volume stop"])
    assert tokens.starts.tolist() == [0, 2, 2, 5]
    assert tokens.owners.tolist() == [0, 0, 2, 2, 2]
    assert tokens.ids[0] == tokens.ids[2] == tokens.ids[4]
    assert len(lexicon) == 3
    lexicon.close()
    assert lexicon.asked("Stopped volumes of nobody") == [tokens.ids[0], tokens.ids[3], -1]
    assert lexicon.number("nobodi") == -1


def test_a_question_without_end_is_cut():
    lexicon = Lexicon()
    lexicon.read(["stop"])
    assert len(lexicon.asked("stop " * 10_000)) == 64
