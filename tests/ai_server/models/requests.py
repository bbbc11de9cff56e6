"""Sealed requests and opinions for the tests of models. Pure."""

from __future__ import annotations

from ai_server.agents.planner import reply
from ai_server.models.composing import checker, compose
from ai_server.models.opinion import Chosen, Opinion
from ai_server.models.retrieval import candidates
from ai_server.wire import Order, PlanRequest, Reply, Value
from tests.ai_server.asking import knowledge, vm

STOP = PlanRequest(message="stop g1", orders=(Order(action="stop", on=("g1",)),), groups=(vm("g1", count=3),))
# Nothing says which group: the server asks, and a model may choose, since the request describes one only.
WHICH = PlanRequest(message="stop it", orders=(Order(action="stop", on=()),), groups=(vm("g1", count=3),))
# Two sizes for one machine, and no word which.
SIZES = PlanRequest(
    message="resize g1",
    orders=(Order(action="resize", on=("g1",), values=("v1", "v2")),),
    groups=(vm("g1", state="stopped"),),
    values=(Value(handle="v1", kind="size"), Value(handle="v2", kind="size")),
)
UNKNOWN = PlanRequest(message="my machine on ec2 is wedged, kick it")


def grounded(request: PlanRequest) -> Reply:
    return reply(request, knowledge())


def composed(request: PlanRequest, opinion: Opinion) -> Reply:
    return compose(request, grounded(request), opinion, candidates(request, knowledge()), knowledge())


def wrong(request: PlanRequest, opinion: Opinion) -> str:
    return checker(request, grounded(request), candidates(request, knowledge()), knowledge())(opinion)


def chosen(playbook: str = "aws-ec2-stop", *groups: str, values: tuple[str, ...] = ()) -> Opinion:
    return Opinion(orders=(Chosen(playbook=playbook, groups=groups or ("g1",), values=values),))
