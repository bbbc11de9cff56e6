"""Whatever is asked: no crash, no operation outside the playbooks, no group outside the orders, the same reply twice."""

from __future__ import annotations

import time
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ai_server.agents.planner import reply
from ai_server.unsealed import leak
from ai_server.wire import Action, Group, Order, Plan, PlanReply, PlanRequest, Value
from tests.ai_server.asking import NATIVE, knowledge

BOOKS = knowledge().playbooks
STATES = sorted({state for book in BOOKS for state in (*book.states, *book.already)} | {"active", "odd"})
NATIVES = sorted({*NATIVE.values(), *(native for book in BOOKS for native in book.native_types), "AWS::EKS::Cluster"})
TYPES = sorted({kind for book in BOOKS for kind in book.types} | {"queue"})
VERBS = (
    "stop",
    "start",
    "don't",
    "delete",
    "terminate",
    "resize",
    "to",
    "tag",
    "g1",
    "v1",
    "how do i",
    "equivalent",
    "rds",
    "azure",
    "turn",
    "off",
    "[?]",
    "best practice",
)
GROUP = st.builds(
    Group,
    handle=st.integers(1, 9).map(lambda number: f"g{number}"),
    count=st.integers(1, 300),
    cloud=st.sampled_from(("aws", "azure", "gcp")),
    type=st.sampled_from(TYPES),
    native_type=st.sampled_from(NATIVES),
    environment=st.sampled_from(("production", "staging", "development", "test", "sandbox", "unknown")),
    state=st.sampled_from(STATES),
    flags=st.lists(st.sampled_from(("public", "protected", "attached", "multi_az", "has_replicas", "no_backups")), unique=True).map(tuple),
)
VALUE = st.builds(
    Value, handle=st.integers(1, 5).map(lambda number: f"v{number}"), kind=st.sampled_from(("tag_key", "tag_value", "size", "name", "text"))
)
ORDER = st.builds(
    Order,
    action=st.sampled_from(get_args(Action)),
    on=st.lists(st.integers(1, 10).map(lambda number: f"g{number}"), max_size=9).map(tuple),
    values=st.lists(st.integers(1, 6).map(lambda number: f"v{number}"), max_size=4).map(tuple),
)
MESSAGE = st.one_of(st.lists(st.sampled_from(VERBS), max_size=12).map(" ".join), st.text(max_size=200))
REQUEST = st.builds(
    PlanRequest,
    message=MESSAGE,
    orders=st.lists(ORDER, max_size=4).map(tuple),
    groups=st.lists(GROUP, max_size=9, unique_by=lambda group: group.handle).map(tuple),
    values=st.lists(VALUE, max_size=5, unique_by=lambda value: value.handle).map(tuple),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(REQUEST)
def test_whatever_is_asked(request):
    answer = reply(request, knowledge())
    assert reply(request, knowledge()) == answer
    PlanReply.model_validate_json(PlanReply(request_id="0" * 16, reply=answer).model_dump_json())
    if isinstance(answer, Plan):
        _sound(request, answer)


# Wishes that are borne out by their message, so that most of them become plans.
WISH = st.builds(lambda order: Order(action=order.action, on=tuple(handle for handle in order.on if handle != "g10"), values=()), ORDER)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(GROUP, min_size=9, max_size=9).map(
        lambda groups: tuple(group.model_copy(update={"handle": f"g{n}"}) for n, group in enumerate(groups, 1))
    ),
    st.lists(WISH, min_size=1, max_size=3).map(tuple),
)
def test_plans_are_sound(groups, orders):
    message = " and ".join(order.action.replace("_", " ") for order in orders)
    values = (Value(handle="v1", kind="tag_key"), Value(handle="v2", kind="tag_value"), Value(handle="v3", kind="size"))
    named = tuple(order.model_copy(update={"values": ("v1", "v2", "v3")}) for order in orders)
    request = PlanRequest(message=message, orders=named, groups=groups, values=values)
    answer = reply(request, knowledge())
    if isinstance(answer, Plan):
        _sound(request, answer)


CLOUD_OF = {step.operation: book.cloud for book in knowledge().playbooks for step in book.steps}


def _sound(request: PlanRequest, plan: Plan) -> None:
    asked = {handle for order in request.orders for handle in order.on}
    touched = {handle for step in plan.steps for handle in step.on}
    left = [row.group for row in plan.left_out]
    assert {step.operation for step in plan.steps} <= knowledge().operations
    assert touched | set(left) == asked
    assert not touched & set(left)
    assert len(left) == len(set(left))
    clouds = {group.handle: group.cloud for group in request.groups}
    seen: dict[str, set[str]] = {}
    for step in plan.steps:
        seen[step.id] = set(step.on)
        assert all(set(step.on) <= seen[earlier] for earlier in step.after if earlier != step.id), (
            "each target has been through what it waits for"
        )
        assert {clouds[handle] for handle in step.on} == {CLOUD_OF[step.operation]}
        handles = [value for value in step.arguments.values() if isinstance(value, str) and value.startswith("v")]
        assert set(handles) <= {value.handle for value in request.values}


def test_the_longest_and_strangest_messages_take_no_time():
    for words in ("turn off ", "rds database ", "a", "i-", "don't stop ", "best practice for backups ", "a.", "1.1.", "f:", "projects/"):
        message = (words * 8000)[:8000]
        begun = time.perf_counter()
        reply(PlanRequest(message=message), knowledge())
        leak(PlanRequest(message=message))
        assert time.perf_counter() - begun < 1, words
