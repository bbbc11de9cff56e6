from ai_server.knowledge.search.words import is_plural, plain_words, split_name, stem, word_stems


def test_names_are_split_where_a_person_would():
    assert split_name("DescribeDBInstances") == ("describe", "db", "instances")
    assert split_name("stop-db-instance") == ("stop", "db", "instance")
    assert split_name("resource_group") == ("resource", "group")
    assert split_name("ListVPCs") == ("list", "vpcs")
    assert split_name("EnableIPv6") == ("enable", "ipv6")


def test_forms_of_a_word_meet():
    for forms in (
        ("create", "creates", "creating", "created", "creation"),
        ("stop", "stops", "stopping", "stopped"),
        ("associate", "association", "associations"),
        ("policy", "policies"),
        ("delete", "deleting", "deletion"),
        ("instance", "instances"),
    ):
        assert len({stem(one) for one in forms}) == 1, forms


def test_words_that_only_look_alike_stay_apart():
    assert stem("address") != stem("add")
    assert stem("status") != stem("state")
    assert stem("s3") == "s3"
    assert stem("x") == "x"


def test_one_and_many():
    assert [is_plural(one) for one in ("instances", "status", "analysis", "address", "volume")] == [True, False, False, False, False]


def test_stop_words_have_no_stem_and_camel_case_is_found_by_its_parts():
    assert word_stems("the") == ()
    assert word_stems("DBInstance") == (stem("dbinstance"), stem("db"), stem("instance"))
    assert plain_words("Stop the DBInstance, now!") == ("stop", "the", "dbinstance", "now")
