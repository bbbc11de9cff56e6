"""What a person should know beside a plan: what it would be better to do first. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ai_server.knowledge.knowledge import Knowledge
from ai_server.wire import Action, Group, Plan, PlanRequest, Reply

BALANCED = "balanced"
"""The flag of a group that load balancers send traffic."""
CUTS_OFF: frozenset[Action] = frozenset({"stop", "restart", "resize", "terminate", "delete"})
FIRST: Action = "drain"


def note(request: PlanRequest, reply: Reply, knowledge: Knowledge) -> str:
    """A sentence or two; '' for nothing. Only of what the plan really does."""
    if not isinstance(reply, Plan) or not reply.steps:
        return ""
    cut_off = _cut_off(request, {handle for step in reply.steps for handle in step.on}, knowledge)
    if not cut_off:
        return ""
    number = sum(group.count for group in cut_off)
    behind = "1 of these stands" if number == 1 else f"{number} of these stand"
    verb = next(order.action for order in request.orders if order.action in CUTS_OFF)
    return f"{behind} behind a load balancer, which would cut off requests under way. To let them run out first, say “drain and {verb} …”."


def _cut_off(request: PlanRequest, touched: set[str], knowledge: Knowledge) -> Sequence[Group]:
    """Groups behind a load balancer that an order interrupts before any order drained them, where draining is something we can do."""
    groups = {group.handle: group for group in request.groups}
    found: dict[str, Group] = {}
    drained: set[str] = set()
    for order in request.orders:
        # An order that names none is about those of the order before it.
        on = set(order.on) or touched
        if order.action == FIRST:
            drained |= on
        elif order.action in CUTS_OFF:
            mine = (groups[handle] for handle in order.on or groups if handle in (on & touched) - drained)
            found |= {one.handle: one for one in mine if BALANCED in one.flags and knowledge.playbook(FIRST, one.native_type)}
    return tuple(found.values())
