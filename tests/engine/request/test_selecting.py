"""Phrases and the conditions they stand for."""

from __future__ import annotations

import pytest

from engine.estate.where import in_words
from engine.request.reading import Rank
from engine.request.selecting import WHICH_TWO
from tests.engine.request.reading_room import reading

VM = "type compute_instance"


@pytest.mark.parametrize(
    ("phrase", "condition"),
    [
        ("dev vms", f"development and {VM}"),
        ("dev and test vms", f"(development or test) and {VM}"),
        ("vms in dev or test", f"{VM} and (development or test)"),
        ("dev vms in aws and gcp", f"development and {VM} and (aws or gcp)"),
        ("dev vms in the prod environment", f"development and production and {VM}"),
        ("vms in us-east-1", f"{VM} and region us-east-1"),
        ("vms in ireland", f"{VM} and region eu-west-1 or northeurope"),
        ("search and billing vms", f"(app search or app billing) and {VM}"),
        ("vms of priya", f"{VM} and owner priya"),
        ("priya's vms", f"owner priya and {VM}"),
        ("vms owned by will or may", f"{VM} and (owner will or owner may)"),
        ("team lake vms", f"owner lake and {VM}"),
        ("vms in acme dev eu", f"{VM} and account acme dev eu"),
        ("vms in the production account", f"{VM} and account production"),
        ("vms tagged tier=gold", f"{VM} and tier=gold"),
        ("vms tagged tier:gold", f"{VM} and tier=gold"),
        ("vms tagged keep", f"{VM} and tag key keep"),
        ("vms tagged a=b or c=d", f"{VM} and (a=b or c=d)"),
        ("idle public vms", f"idle and public and {VM}"),
        ("disks over 100 gb", "type disk and size gb > 100"),
        ("disks of at least 1tb", "type disk and size gb >= 1024"),
        ("vms costing more than $50", f"{VM} and monthly cost > 50"),
        ("vms with cpu under 5%", f"{VM} and cpu avg 7d < 5"),
        ("t3.large vms", f"size t3.large and {VM}"),
        ("rds postgres instances", "type database_instance and aws and type database_instance and engine postgres"),
        ("ec2 in dev", f"{VM} and aws and development"),
        ("non-prod vms", f"not production and {VM}"),
        ("everything tagged team=lake", "team=lake"),
        ("storage", "type disk or object_storage"),
        ("unused disks", "idle or unattached and type disk"),
        ("eips", "type ip_address and aws"),
        ("aks clusters", "type kubernetes_cluster and azure"),
        ("b2ms vms", f"size b2ms or basic_b2ms or standard_b2ms and {VM}"),
        (
            "vms in us-west",
            f"{VM} and region us-west-1 or us-west-2 or us-west1 or us-west2 or us-west3 or us-west4 or westus or westus2 or westus3",
        ),
        ("vms in the test account", f"{VM} and test"),
        (
            "dev vms in both ireland and london",
            f"development and {VM} and (region eu-west-1 or northeurope or region eu-west-2 or europe-west2 or uksouth)",
        ),
        ("vms w/o tags", f"{VM} and untagged"),
        ("linux vms", f"linux and {VM}"),
    ],
)
def test_filters(phrase, condition):
    (order,) = reading(f"stop {phrase}").orders
    assert in_words(order.selection.where) == condition
    assert (order.selection.unread, order.selection.unknown, order.selection.doubt) == ((), (), "")


@pytest.mark.parametrize(
    ("phrase", "left_out"),
    [
        ("dev vms except billing", ["billing"]),
        ("dev vms except billing and search", ["billing", "search"]),
        ("dev vms but not the ones tagged keep=yes", ["keep=yes"]),
        ("dev vms, but keep priya's", ["priya"]),
        ("all vms but prod", ["prod"]),
        ("vms that aren't idle in dev", ["idle"]),
        ("vms that are neither prod nor dev", ["prod", "dev"]),
        ("dev vms without the billing ones", ["billing"]),
        ("dev vms, don't stop billing", ["billing"]),
        ("dev vms but don't touch web-01", ["web-01"]),
        ("dev vms except the search vms in us-east-1", ["search vms us-east-1"]),
        ("dev vms, leave priya's alone", ["priya"]),
        ("dev vms except anything tagged keep=yes", ["keep=yes"]),
        ("vms outside prod in us-east-1", ["prod"]),
    ],
)
def test_exclusions(phrase, left_out):
    (order,) = reading(f"stop {phrase}").orders
    assert [part.words for part in order.selection.excluded] == left_out
    assert not order.selection.doubt


@pytest.mark.parametrize(
    "phrase",
    [
        "all dev vms except", "dev vms except billing in us-east-1", "vms except prod in us-east-1", "vms without owner in dev", "vms that are not used in dev",
        "vms that do not have a tag in dev", "vms except those not tagged keep=yes", "all but one of the dev vms",
        "dev vms and web-01", "idle dev vms and prod databases", "search vms and data vms in us-east-1", "dev vms unless they are busy",
    ],
)  # fmt: skip
def test_what_could_widen_is_a_doubt(phrase):
    assert all(order.selection.doubt for order in reading(f"stop {phrase}").orders)


@pytest.mark.parametrize(
    ("phrase", "parts"),
    [
        ("dev vms in aws and prod buckets in gcp", [f"development and {VM} and aws", "production and type object_storage and gcp"]),
        ("aws dev and gcp test vms", [f"aws and development and {VM}", f"gcp and test and {VM}"]),
        ("dev vms and prod databases", [f"development and {VM}", "production and type database_instance"]),
        (
            "vms in dev us-east-1 and prod eu-west-9",
            [f"{VM} and development and region us-east-1", f"production and region eu-west-9 and {VM}"],
        ),
    ],
)
def test_parallel_groups_are_no_cross_product(phrase, parts):
    orders = reading(f"stop {phrase}").orders
    assert [in_words(order.selection.where) for order in orders] == parts
    assert not any(order.selection.doubt for order in orders)
    asked = in_words(reading(f"show {phrase}").about.where)
    assert asked == "(" + " or ".join(parts) + ")"


@pytest.mark.parametrize(
    ("phrase", "quantity"),
    [
        ("the 3 dev vms", 3),
        ("both dev vms", 2),
        ("two of the dev vms", 2),
        ("one of the dev vms", 1),
        ("dev vms", None),
        ("the one in dev", 1),
    ],
)
def test_quantities(phrase, quantity):
    assert reading(f"stop {phrase}").orders[0].selection.quantity == quantity


@pytest.mark.parametrize(
    ("phrase", "word"),
    [
        ("oldest dev vms", "oldest"), ("dev vms created last week", "created"), ("dev vm 2", "2"), ("first dev vm", "first"), ("other dev vms", "other"),
        ("my dev vms", "my"), ("will vms", "will"), ("dev vms if prod is down", "if"), ("dev vms but prod", "but"), ("dev vms like that", "like"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_kept(phrase, word):
    assert word in reading(f"stop {phrase}").orders[0].selection.unread


@pytest.mark.parametrize("phrase", ["them", "those vms", "the ones in dev", "the idle ones", "that vm", "the same vms in dev", "it"])
def test_pointing_back(phrase):
    assert reading(f"stop {phrase}").orders[0].selection.refers


@pytest.mark.parametrize(
    "message", ["uat vms in us-east-1, please stop them", "The uat vms are idle. Stop them.", "stop vms that are idle"]
)
def test_not_pointing_back(message):
    assert not reading(message).orders[0].selection.refers


def test_mine_is_the_speaker():
    assert in_words(reading("stop my dev vms", "priya").orders[0].selection.where) == f"owner priya and development and {VM}"


def test_names():
    selection = reading("stop web-01, web-02 and web-03 in dev").orders[0].selection
    assert (selection.names, in_words(selection.where)) == (("web-01", "web-02", "web-03"), "development")


@pytest.mark.parametrize(
    ("question", "rank", "count"),
    [
        ("cheapest dev vm", Rank("monthly_cost", least=True), None),
        ("top 3 most expensive databases", Rank("monthly_cost"), 3),
        ("what is the biggest disk?", Rank("properties.size_gb"), None),
        ("busiest vm in dev", Rank("metrics.cpu_avg_7d"), None),
        ("dev vms", None, None),
    ],
)
def test_the_most_of_something(question, rank, count):
    asked = reading(question)
    assert (asked.about.rank, asked.about.quantity, asked.costs) == (rank, count, False)


def test_a_change_is_never_made_by_rank():
    (order,) = reading("stop the cheapest dev vm").orders
    assert (order.selection.rank, order.selection.unread) == (None, ("cheapest",))


@pytest.mark.parametrize(
    ("question", "left_out"),
    [
        ("vms without an owner", "owner"),
        ("vms not tagged with team", "team"),
        ("vms without a project tag", "project"),
        ("vms without owner in dev", "owner"),
    ],
)
def test_a_missing_tag_is_asked_for(question, left_out):
    about = reading(question).about
    assert [part.words for part in about.excluded] == [left_out]
    assert about.excluded[0].where.parts[0].field == "tag_key"


@pytest.mark.parametrize(
    ("message", "refers"),
    [
        ("stop all except web-01", True),
        ("stop all vms except web-01", False),
        ("stop everything except web-01", False),
        ("stop all dev vms except billing", False),
    ],
)
def test_all_but_some_of_what_was_spoken_of(message, refers):
    assert reading(message).orders[0].selection.refers is refers


@pytest.mark.parametrize(
    ("message", "unread"),
    [
        ("web-01 is stuck, restart it", ()),
        ("restart the dev vms, pg-main crashed", None),
        ("the dev vms crashed, restart them", ("crashed",)),
    ],
)
def test_what_is_wrong_with_a_named_thing_is_no_filter(message, unread):
    selection = reading(message).orders[0].selection
    assert selection.doubt if unread is None else selection.unread == unread


@pytest.mark.parametrize("message", ["stop dev vms that are not used", "stop dev vms nobody uses"])
def test_not_used_is_a_judgement(message):
    assert "may mean several things" in reading(message).orders[0].selection.doubt


@pytest.mark.parametrize("message", ["stop vms in both accounts", "stop the vms in both", "restart dbs across both regions"])
def test_both_of_what_nobody_named_is_asked(message):
    assert reading(message).orders[0].selection.doubt == WHICH_TWO


def test_need_said_after_the_verb_is_not_passed_over():
    assert reading("delete the dev disks we no longer need").orders[0].selection.unread == ("we no longer need",)


def test_several_of_the_most_expensive_are_a_question_of_costs():
    asked = reading("most expensive vms")
    assert (asked.about.ranked, asked.costs) == (False, True)
