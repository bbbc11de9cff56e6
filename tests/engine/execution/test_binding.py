"""A draft from the AI server is untrusted: what it may become, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.advisor.replies import Draft, DraftStep
from engine.clouds.operation import Arguments
from engine.clouds.tables import TABLES
from engine.errors import PlanRefused
from engine.estate.resource import Resource
from engine.execution.binding import Bound, Limits, bind, command, unaccounted
from engine.execution.plan import LeftOut
from engine.request.reading import Given
from engine.request.seal import Wanted, seal
from tests.engine.execution.samples import database, vm, volume

OPERATIONS = {name: operation for table in TABLES.values() for name, operation in table.items()}
ONE, TWO, OFF = vm("one"), vm("two"), vm("off", "stopped")
LIMITS = Limits(timeout_s=60, retries=2, stamp="20261120-1200")
TEAM = (Given("tag_key", "team"), Given("tag_value", "pay ments"))


def bucket(cloud: str) -> Resource:
    kinds = {
        "aws": ("AWS::S3::Bucket", {"public_access_block": False}),
        "azure": ("Microsoft.Storage/storageAccounts", {"allow_blob_public_access": True, "resource_group": "rg"}),
    }
    native, properties = kinds[cloud]
    return vm("media", "active", cloud=cloud, type="object_storage", native_type=native, properties=properties)


def drafted(operation: str, on: str = "g1", arguments: Arguments | None = None, id_: str = "s1", after: str = "") -> DraftStep:
    return DraftStep(id_, operation, tuple(on.split()), arguments or {}, tuple(after.split()), "because")


def bound(wanted: Wanted | list[Wanted], *steps: DraftStep, left_out: tuple[tuple[str, str], ...] = ()) -> Bound:
    orders = wanted if isinstance(wanted, list) else [wanted]
    resources = {resource.id: resource for order in orders for resource in order.targets}
    return bind(Draft("A plan", steps, left_out), seal("said", orders), resources, OPERATIONS, LIMITS)


def refused(wanted: Wanted | list[Wanted], *steps: DraftStep) -> str:
    with pytest.raises(PlanRefused) as caught:
        bound(wanted, *steps)
    return caught.value.message


STOP = Wanted("stop", (ONE, TWO))


def test_one_step_on_a_group_becomes_one_for_each_resource():
    made = bound(STOP, drafted("ec2:StopInstances"))
    assert made.targets == (ONE, TWO)
    assert [(step.id, step.target, step.needs) for step in made.steps] == [("s1.1", ONE.id, ()), ("s1.2", TWO.id, ())]
    first = made.steps[0]
    assert first.command == ("aws", "ec2", "stop-instances", "--instance-ids", "i-one", "--region", "us-east-1")
    assert first.inverse is not None
    assert first.inverse.operation == "ec2:StartInstances"
    assert (first.timeout_s, first.retries, first.settles_s, first.why, first.title) == (60, 2, 600, "because", "Stop")


def test_what_may_not_be_repeated_gets_no_retries():
    assert bound(Wanted("restart", (ONE,)), drafted("ec2:RebootInstances")).steps[0].retries == 0


def test_an_unknown_operation_is_refused():
    assert "ec2:LaunchRockets, which is not an operation Escher knows" in refused(STOP, drafted("ec2:LaunchRockets"))


def test_a_target_that_was_not_part_of_the_request_is_refused():
    assert "acts on g7, which was not part of the request" in refused(STOP, drafted("ec2:StopInstances", "g1 g7"))


@pytest.mark.parametrize(
    ("target", "operation"), [(ONE, "rds:StopDBInstance"), (database("db"), "ec2:StopInstances"), (ONE, "compute.instances.stop")]
)
def test_an_operation_for_another_kind_of_thing_is_refused(target, operation):
    assert f"The plan wants {operation} on {target.name}" in refused(Wanted("stop", (target,)), drafted(operation))


@pytest.mark.parametrize(
    ("action", "operation"),
    [
        ("stop", "ec2:TerminateInstances"),
        ("stop", "ec2:CreateTags"),
        ("tag", "ec2:StopInstances"),
        ("restart", "ec2:TerminateInstances"),
        ("resize", "ec2:TerminateInstances"),
        ("terminate", "ec2:StopInstances"),
        ("snapshot", "ec2:StopInstances"),
        ("nonsense", "ec2:StopInstances"),
    ],
)
def test_another_class_of_change_than_was_asked_for_is_refused(action, operation):
    given = {"key": "v1", "value": "v2"} if operation == "ec2:CreateTags" else {}
    assert f"but only {action} was asked for" in refused(Wanted(action, (ONE,), TEAM), drafted(operation, arguments=given))


@pytest.mark.parametrize(
    ("action", "operation"),
    [("stop", "ec2:StartInstances"), ("start", "ec2:StopInstances"), ("stop", "ec2:RebootInstances"), ("restart", "ec2:StopInstances")],
)
def test_the_opposite_of_what_was_asked_is_refused(action, operation):
    assert f"The plan wants {operation}, but only {action} was asked for." == refused(Wanted(action, (ONE,)), drafted(operation))


def test_each_group_is_held_to_its_own_order():
    orders = [Wanted("stop", (ONE,)), Wanted("start", (OFF,))]
    made = bound(orders, drafted("ec2:StopInstances", "g1"), drafted("ec2:StartInstances", "g2", id_="s2"))
    assert [step.operation for step in made.steps] == ["ec2:StopInstances", "ec2:StartInstances"]
    assert "only start was asked for" in refused(orders, drafted("ec2:StopInstances", "g1 g2"))


def test_a_resize_may_stop_and_start_around_it():
    wanted = Wanted("resize", (ONE, TWO), (Given("size", "t3.small"),))
    made = bound(
        wanted,
        drafted("ec2:StopInstances"),
        drafted("ec2:ModifyInstanceAttribute", arguments={"instance_type": "v1"}, id_="s2", after="s1"),
        drafted("ec2:StartInstances", id_="s3", after="s2"),
    )
    assert [(step.id, step.needs) for step in made.steps] == [
        ("s1.1", ()), ("s1.2", ()), ("s2.1", ("s1.1",)), ("s2.2", ("s1.2",)), ("s3.1", ("s2.1",)), ("s3.2", ("s2.2",)),
    ]  # fmt: skip
    resize = made.steps[2]
    assert resize.arguments == {"instance_type": "t3.small"}
    assert resize.inverse is not None
    assert resize.inverse.arguments == {"instance_type": "t3.large"}
    assert "Value=t3.small" in resize.command


def test_a_step_after_one_on_other_targets_waits_for_all_of_them():
    orders = [Wanted("stop", (ONE, TWO)), Wanted("start", (OFF,))]
    made = bound(orders, drafted("ec2:StopInstances", "g1"), drafted("ec2:StartInstances", "g2", id_="s2", after="s1"))
    assert made.steps[2].needs == ("s1.1", "s1.2")


@pytest.mark.parametrize("after", ["s2", "s9"])
def test_waiting_for_what_does_not_come_before_is_refused(after):
    assert f"waits for {after}" in refused(STOP, drafted("ec2:StopInstances", after=after))


# --- arguments


def tagging(arguments: Arguments, operation: str = "ec2:CreateTags") -> DraftStep:
    return drafted(operation, arguments=arguments)


def test_handles_become_what_the_person_typed():
    step = bound(Wanted("tag", (ONE,), TEAM), tagging({"key": "v1", "value": "v2"})).steps[0]
    assert step.arguments == {"key": "team", "value": "pay ments"}
    assert step.command[5:7] == ("--tags", "Key=team,Value=pay ments")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"key": "v1"}, "needs the argument 'value'"),
        ({"key": "v1", "value": "v2", "force": True}, "takes no argument 'force'"),
        ({"key": "v1", "value": "v9"}, "'value' is v9, which was not part of the request"),
        ({"key": True, "value": "v2"}, "True is not a valid key"),
        ({"key": "v1", "value": 7}, "7 is not a valid value"),
        ({"key": "environment", "value": "v2"}, "sets key to 'environment', which nobody asked for"),
        ({"key": "v1", "value": "development"}, "sets value to 'development', which nobody asked for"),
    ],
)
def test_missing_extra_invalid_and_invented_arguments_are_refused(arguments, why):
    assert why in refused(Wanted("tag", (ONE,), TEAM), tagging(arguments))


def test_a_value_that_does_not_fit_is_refused_with_what_would():
    wanted = Wanted("resize", (ONE,), (Given("size", "t3.large; rm -rf /"),))
    with pytest.raises(PlanRefused) as caught:
        bound(wanted, drafted("ec2:ModifyInstanceAttribute", arguments={"instance_type": "v1"}))
    assert "'t3.large; rm -rf /' is not a valid instance_type" in caught.value.message
    assert "such as t3.large" in caught.value.hint


@pytest.mark.parametrize("key", ["aws:autoscaling", "Name"])
def test_keys_that_belong_to_the_cloud_are_refused(key):
    assert "is not a valid key" in refused(Wanted("tag", (ONE,), (Given("tag_key", key), TEAM[1])), tagging({"key": "v1", "value": "v2"}))


def test_asking_for_a_tag_is_not_asking_for_taking_one_away():
    assert "only tag was asked for" in refused(Wanted("tag", (ONE,), TEAM), tagging({"key": "v1"}, "ec2:DeleteTags"))


def test_a_flag_must_be_a_flag():
    main = database("main")
    assert "1 is not a valid skip_final_snapshot" in refused(
        Wanted("delete", (main,)), drafted("rds:DeleteDBInstance", arguments={"skip_final_snapshot": 1})
    )
    made = bound(Wanted("delete", (main,)), drafted("rds:DeleteDBInstance", arguments={"skip_final_snapshot": False})).steps[0]
    assert "--skip-final-snapshot=false" in made.command
    assert (made.inverse, made.no_way_back[:9]) == (None, "A deleted")


@pytest.mark.parametrize(
    ("cloud", "operation", "shut"),
    [
        ("aws", "s3:PutBucketPublicAccessBlock", {"block": True}),
        ("azure", "Microsoft.Storage/storageAccounts/write", {"allow_blob_public_access": False}),
    ],
)
def test_closing_by_an_argument_that_opens_is_refused(cloud, operation, shut):
    wanted = Wanted("block_public_access", (bucket(cloud),))
    assert bound(wanted, drafted(operation, arguments=shut)).steps[0].arguments == shut
    opened = {name: not value for name, value in shut.items()}
    assert "opens what was to be closed" in refused(wanted, drafted(operation, arguments=opened))


def test_names_for_new_things_are_made_here():
    step = bound(Wanted("snapshot", (database("Main_DB"),)), drafted("rds:CreateDBSnapshot")).steps[0]
    assert step.arguments == {"snapshot_id": "escher-main-db-20261120-1200"}
    assert "escher-main-db-20261120-1200" in step.command


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_made_up_names_fit_every_cloud(table):
    fresh = [(operation, one) for operation in table.values() for one in operation.takes if one.fresh]
    for operation, parameter in fresh:
        target = replace(volume("Ünï--" + "x" * 80), cloud=operation.cloud, native_type=next(iter(operation.native_types)))
        target = replace(target, properties={"resource_group": "rg", "zone": "z"})
        made = bound(Wanted("snapshot", (target,)), drafted(operation.name)).steps[0]
        assert made.arguments[parameter.name]


# --- commands, and what is left out


def test_a_command_takes_the_first_of_its_fields_that_is_there():
    tag = TABLES["aws"]["ec2:CreateTags"]
    assert command(tag, volume("v"), {"key": "a", "value": "b"})[4] == "vol-v"
    assert command(tag, ONE, {"key": "a", "value": "b"})[4] == "i-one"
    assert command(tag, vm("bare", properties={}), {"key": "a", "value": "b"})[4] == ""


def test_nothing_of_a_name_becomes_markup_of_a_command():
    nasty = database("db; rm -rf / $(x) {id}")
    assert command(TABLES["aws"]["rds:StopDBInstance"], nasty, {})[4] == "db; rm -rf / $(x) {id}"


def test_what_is_left_out_is_counted_without_what_is_touched():
    orders = [Wanted("stop", (ONE, TWO)), Wanted("stop", (OFF,))]
    made = bound(orders, drafted("ec2:StopInstances", "g1"), left_out=(("g2", "already stopped"), ("g1", "odd"), ("g9", "nothing")))
    assert made.left_out == (LeftOut(1, "already stopped"),)
    assert made.targets == (ONE, TWO)


def test_a_group_the_draft_forgets_is_named():
    sealed = seal("said", [Wanted("stop", (ONE, OFF))])
    assert unaccounted(Draft("t", (drafted("ec2:StopInstances", "g1"),)), sealed) == ["g2"]
    assert unaccounted(Draft("t", (drafted("ec2:StopInstances", "g1"),), (("g2", "already"),)), sealed) == []
    assert unaccounted(Draft("t", ()), sealed) == ["g1", "g2"]
