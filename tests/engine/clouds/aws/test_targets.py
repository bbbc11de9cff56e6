"""Registrations in target groups: read, summed up, put on the wire. Pure."""

from __future__ import annotations

import pytest

from engine.clouds.aws import targets
from engine.clouds.aws.request import Request
from engine.clouds.aws.requests.machines import REQUESTS
from engine.clouds.aws.tables.load_balancers import DRAIN, REGISTER, TABLE
from engine.clouds.aws.targets import Registration
from tests.engine.clouds.aws.makers import call
from tests.engine.execution.samples import vm

WEB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0a1b"
API = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/2c3d"
ID = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"
OPERATIONS = {one.name: one for one in TABLE}


def told(own: str, port: int, state: str, **more):
    return {
        "TargetGroupArn": WEB,
        "TargetType": "instance",
        "LoadBalancerArns": ["arn:lb"],
        "Target": {"Id": own, "Port": port},
        "TargetHealth": {"State": state},
        **more,
    }


@pytest.mark.parametrize(
    ("states", "stands"),
    [
        ([], "drained"),
        (["healthy", "healthy"], "healthy"),
        (["unavailable"], "healthy"),
        (["healthy", "draining"], "draining"),
        (["unhealthy", "draining"], "draining"),
        (["initial", "healthy"], "initial"),
        (["unhealthy", "initial"], "unhealthy"),
        (["healthy", "unused"], "unused"),
        (["healthy", "a-new-word"], "a-new-word"),
    ],
)
def test_one_word_says_how_it_stands_in_all_its_groups(states, stands):
    assert targets.standing(states) == stands


def test_a_registration_is_a_group_and_a_port():
    one = Registration.parse(f"{WEB}:8080")
    assert (one.group, one.port, str(one)) == (WEB, 8080, f"{WEB}:8080")
    assert targets.places_of(f"{WEB}:80,{API}:81") == targets.places_of([f"{WEB}:80", f"{API}:81"])
    assert targets.places_of(None) == targets.places_of([]) == ()
    for wrong in (WEB, f"{WEB}:http", "i-1:80", f"{ID}:80"):
        with pytest.raises(ValueError, match=r"no target group with a port|not an ARN"):
            Registration.parse(wrong)


def test_only_instances_of_groups_in_use_are_registrations():
    raw = told("i-1", 80, "healthy")
    assert targets.registered(raw) == (("i-1", f"{WEB}:80"),)
    assert targets.health(raw) == (("i-1", "healthy"),)
    assert targets.groups(raw) == (("i-1", WEB),)
    for other in ({"TargetType": "ip"}, {"LoadBalancerArns": []}):
        assert targets.registered({**raw, **other}) == targets.health({**raw, **other}) == ()


def test_other_ports_and_other_instances_say_nothing_of_this_one():
    places = targets.places_of([f"{WEB}:80", f"{API}:81"])
    answers = {WEB: [told("i-1", 8080, "unhealthy"), told("i-2", 80, "unhealthy"), told("i-1", 80, "healthy")], API: ()}
    assert targets.of_instance("i-1", places, answers) == "healthy"
    assert targets.of_instance("i-3", places, answers) == "drained"


def test_each_group_is_one_call_with_all_its_ports():
    drained = vm("web", id=ID, native_type="AWS::EC2::Instance", properties={"target_groups": [f"{API}:81", f"{WEB}:80", f"{WEB}:443"]})
    request = REQUESTS[DRAIN](call(DRAIN, drained))
    assert request == Request(
        "elbv2",
        "deregister_targets",
        {"TargetGroupArn": API, "Targets": [{"Id": "i-1", "Port": 81}]},
        request.produced,
        ({"TargetGroupArn": WEB, "Targets": [{"Id": "i-1", "Port": 80}, {"Id": "i-1", "Port": 443}]},),
    )
    back = REQUESTS[REGISTER](call(REGISTER, drained, targets=f"{WEB}:80", until="healthy"))
    assert (back.method, back.arguments, back.again) == (
        "register_targets",
        {"TargetGroupArn": WEB, "Targets": [{"Id": "i-1", "Port": 80}]},
        (),
    )
    with pytest.raises(ValueError, match="in no target group that is known"):
        REQUESTS[DRAIN](call(DRAIN, vm("alone", id=ID)))


@pytest.mark.parametrize(("before", "until"), [("healthy", "healthy"), ("unhealthy", "healthy|initial|unhealthy|unused")])
def test_the_way_back_asks_no_better_health_than_there_was(before, until):
    served = vm("web", properties={"target_groups": [f"{API}:81", f"{WEB}:80"], "target_health": before})
    back = OPERATIONS[DRAIN].inverse(served, {})
    assert (back.operation, back.arguments) == (REGISTER, {"targets": f"{API}:81,{WEB}:80", "until": until})
    names = {one.name: one.pattern for one in OPERATIONS[REGISTER].takes}
    import re

    assert all(re.fullmatch(names[name], value) for name, value in back.arguments.items())
