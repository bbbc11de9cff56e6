"""One request in, one reply out: classification, then the agent for it. Pure, and the same every time."""

from __future__ import annotations

from dataclasses import dataclass

from ai_server.agents import answers
from ai_server.agents.certainty import understood
from ai_server.agents.classification import Kind, Reading, read
from ai_server.agents.explaining import explanation
from ai_server.agents.holding import held_plan
from ai_server.agents.querying import query
from ai_server.knowledge.knowledge import Knowledge
from ai_server.wire import Answer, Clarification, Information, Plan, PlanRequest, Refusal, Understood, Unknown

NOTHING = "I looked for an order, a question about an operation, a service's name and a practice, and found none of them."


@dataclass(frozen=True, slots=True)
class Considered:
    """A reply, and how the message was read for it."""

    reply: Plan | Answer | Information | Clarification | Refusal | Unknown
    understood: Understood


def consider(request: PlanRequest, knowledge: Knowledge) -> Considered:
    """The reply to a request. Never raises for what a valid request holds."""
    reading = read(request, knowledge)
    found = held_plan(request, knowledge) if reading.kind is Kind.PLAN else _answer(reading, request, knowledge)
    return Considered(found, understood(reading, request, found))


def reply(request: PlanRequest, knowledge: Knowledge) -> Plan | Answer | Information | Clarification | Refusal | Unknown:
    """The reply alone."""
    return consider(request, knowledge).reply


def _answer(reading: Reading, request: PlanRequest, knowledge: Knowledge) -> Answer | Information | Unknown:
    match reading.kind:
        case Kind.HOW_TO:
            return answers.how_to(reading, knowledge)
        case Kind.EQUIVALENT:
            return answers.equivalent(reading)
        case Kind.PRACTICE:
            return answers.practice(reading, knowledge)
        case Kind.CAPABILITY:
            return answers.capability(reading, knowledge)
        case Kind.EXPLANATION:
            return explanation(request, knowledge)
        case Kind.ESTATE:
            return query(reading, knowledge)
        case _:
            return Unknown(reason=NOTHING)
