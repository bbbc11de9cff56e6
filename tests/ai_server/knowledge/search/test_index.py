from itertools import pairwise

import numpy as np
import pytest

from ai_server.knowledge.search.index import CommandIndex, certainty
from ai_server.knowledge.search.vectors import make
from tests.ai_server.knowledge.search.commands import AWS, COMMANDS, embed, learned

WORDS = CommandIndex.build(COMMANDS, learned())
MEANING = CommandIndex.build(COMMANDS, learned(), {"aws": make("aws", AWS, embed, 9)}, embed)


@pytest.mark.parametrize("index", [WORDS, MEANING], ids=["words", "meaning"])
@pytest.mark.parametrize(
    ("text", "service", "right"),
    [
        ("stop the instances", None, "ec2:StopInstances"),
        ("halt the database instance", "rds", "rds:StopDBInstance"),
        ("show instances", None, "ec2:DescribeInstances"),
        ("take a snapshot of a db", None, "rds:CreateDBSnapshot"),
        ("stop a lightsail instance", None, "lightsail:StopInstance"),
        ("stop an instance", "lightsail", "lightsail:StopInstance"),
    ],
)
def test_the_right_command_is_first(index, text, service, right):
    hits = index.find(text, "aws", service)
    assert hits[0].command.operation == right
    assert all(first.score >= second.score for first, second in pairwise(hits))
    assert 0 < hits[0].margin <= 1


def test_all_clouds_are_searched_when_none_is_named():
    assert {hit.command.cloud for hit in WORDS.find("stop a running instance")} == {"aws", "gcp"}
    assert WORDS.find("list virtual machines", "azure")[0].command.operation == "az vm list"
    assert WORDS.find("show the details of a virtual machine", "azure")[0].command.operation == "az vm show"


def test_what_only_a_command_line_has_can_be_left_out():
    assert WORDS.find("wait until an instance is stopped", "aws")[0].command.operation == "aws ec2 wait instance-stopped"
    left = WORDS.find("wait until an instance is stopped", "aws", operations_only=True)
    assert left
    assert all(":" in hit.command.operation for hit in left)
    assert all(hit.command.service == "rds" for hit in WORDS.find("stop an instance", "aws", "rds", operations_only=True))


def test_nothing_is_found_for_nothing():
    assert WORDS.find("") == ()
    assert WORDS.find("xyzzy plugh", "aws") == ()
    assert WORDS.find("stop an instance", "aws", "no-such-service") == ()
    assert MEANING.find("stop an instance", "aws", "no-such-service") == ()
    assert CommandIndex.build((), learned()).find("stop") == ()


def test_meaning_finds_what_shares_no_word_with_the_sieve():
    assert MEANING.by_meaning == ("aws",)
    assert MEANING.notes == ()
    assert len(MEANING.find("xyzzy", "aws")) > 0


def test_stale_vectors_are_left_out_and_it_says_so():
    index = CommandIndex.build(COMMANDS, learned(), {"aws": make("aws", AWS[1:], embed, 8)}, embed)
    assert index.by_meaning == ()
    assert "vectors of aws are of 8 commands" in index.notes[0]
    assert [hit.command for hit in index.find("stop instances")] == [hit.command for hit in WORDS.find("stop instances")]


def test_services_go_by_several_names():
    assert WORDS.service_named("EC2") == "ec2"
    assert WORDS.service_named("vm", "aws") is None
    assert WORDS.services_near("lihgtsail") == ("lightsail",)
    assert set(WORDS.services) == {"aws", "azure", "gcp"}


def test_margins_are_shares():
    assert certainty(np.array([2.0, 2.0], dtype=np.float32)).tolist() == pytest.approx([0.5, 0.5])
    assert certainty(np.array([9.0, 0.0], dtype=np.float32))[0] > 0.99
    assert len(certainty(np.zeros(0, dtype=np.float32))) == 0


def test_a_limit_is_kept_and_a_long_text_does_no_harm():
    assert len(WORDS.find("instance", limit=2)) == 2
    assert WORDS.find("stop the instances " * 5000, "aws")
