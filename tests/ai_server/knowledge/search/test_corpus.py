import numpy as np

from ai_server.knowledge.search.corpus import asked_verb, described, lay_out, name_of, service_text
from tests.ai_server.knowledge.search.commands import AWS, COMMANDS

BY_NAME = {one.operation: one for one in COMMANDS}


def test_a_name_is_what_tells_a_command_from_its_siblings():
    assert name_of(BY_NAME["rds:StopDBInstance"]) == "stop db instance"
    assert name_of(BY_NAME["az vm deallocate"]) == "vm deallocate"
    assert name_of(BY_NAME["compute.instances.stop"]) == "instances stop"
    assert name_of(BY_NAME["compute.instances.list"]) == "instances list"  # it has no command to type


def test_services_are_found_by_all_their_names():
    assert service_text(AWS[0], "Elastic Compute Cloud") == "ec2 Elastic Compute Cloud"
    assert described(AWS[5]) == "stop db instance: Stops a DB instance. (rds)"


def test_the_verb_of_an_order_or_a_question():
    assert asked_verb("Stopping the instances") == "stop"
    assert asked_verb("How do I list buckets?") == "list"
    assert asked_verb("please") == ""


def test_a_cloud_laid_out():
    corpus = lay_out(AWS, {"ec2": "Elastic Compute Cloud"})
    assert len(corpus) == len(AWS) == 9
    assert [corpus.verb_names[place] for place in corpus.verbs[:3]] == ["stop", "start", "describe"]
    assert corpus.plural.tolist()[:5] == [True, True, True, False, False]
    assert corpus.said["stop"]["stop"] == 3
    assert corpus.of_the_api.sum() == 8
    assert corpus.service_names == ("ec2", "lightsail", "rds")
    (cloud,) = corpus.lexicon.asked("cloud")
    documents, _ = corpus.fields["service"].of(cloud)
    assert documents.tolist() == [0, 1, 2, 3, 4, 8]
    assert (corpus.noun_mass > -1e-6).all()
    assert np.isclose(corpus.noun_mass[0], corpus.rarity[corpus.nouns[0]])


def test_azure_puts_the_verb_last():
    corpus = lay_out([one for one in COMMANDS if one.cloud == "azure"])
    assert [corpus.verb_names[place] for place in corpus.verbs] == ["deallocate", "list", "show", "version"]
    assert corpus.plural.tolist() == [False, True, False, False]


def test_pairs_do_not_reach_into_the_next_text():
    corpus = lay_out(AWS)
    stop, instance, start = (corpus.lexicon.asked(word)[0] for word in ("stop", "instance", "start"))
    names = corpus.pairs["name"].ids
    assert stop * len(corpus.lexicon) + instance in names
    assert instance * len(corpus.lexicon) + start not in names


def test_nothing_laid_out_is_empty():
    assert len(lay_out([])) == 0
