"""How a message was understood, and how surely: what the reading and the reply bear out together. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from ai_server.agents.classification import Kind, Reading
from ai_server.agents.looking_up import clouds_of
from ai_server.wire import Action, Answer, Clarification, Information, Plan, PlanRequest, Refusal, Understood, Unknown

FAMILIES: Mapping[str, tuple[Action, ...]] = {
    "power": ("start", "stop", "restart", "enable", "disable", "failover", "drain"),
    "size": ("resize", "scale", "grow"),
    "tags": ("tag", "untag"),
    "copies": ("snapshot", "enable_backups", "enable_versioning", "suspend_versioning"),
    "removal": ("terminate", "delete", "purge", "detach", "set_retention"),
    "exposure": ("block_public_access", "enforce_tls"),
    "protection": ("protect", "unprotect", "encrypt", "enable_rotation", "enable_multi_az"),
}
_FAMILY = {action: family for family, actions in FAMILIES.items() for action in actions}
NOT_KNOWN = 0.2
# A kind of question with what it is about named, and one where the words only point there.
NAMED, POINTED_AT = 0.9, 0.6


def understood(
    reading: Reading, request: PlanRequest, reply: Plan | Answer | Information | Clarification | Refusal | Unknown
) -> Understood:
    """Intent, clouds, family of operations and confidence for a reply."""
    clouds = clouds_of(reading) or tuple(dict.fromkeys(group.cloud for group in request.groups))
    return Understood.model_validate({
        "intent": "unknown" if isinstance(reply, Unknown) and reading.kind is not Kind.PLAN else reading.kind.value,
        "clouds": clouds,
        "family": _family(reading, request),
        "confidence": NOT_KNOWN if isinstance(reply, Unknown) else _confidence(reading, request, reply),
    })  # fmt: skip


def _family(reading: Reading, request: PlanRequest) -> str:
    actions = [order.action for order in request.orders] or reading.actions
    families = dict.fromkeys(_FAMILY[action] for action in actions)
    if reading.kind is Kind.ESTATE:
        return "reading"
    return next(iter(families)) if len(families) == 1 or (request.orders and families) else "other"


def _confidence(reading: Reading, request: PlanRequest, reply: Plan | Answer | Information | Clarification | Refusal) -> float:
    if reading.kind is Kind.PLAN:
        said = any(order.action in reading.actions for order in request.orders)
        return NAMED if said else POINTED_AT
    if isinstance(reply, Answer) and sum(citation.kind == "command" for citation in reply.citations) > 1:
        return POINTED_AT  # several that come close
    return NAMED if reading.types or reading.mentions or reading.clouds else POINTED_AT
