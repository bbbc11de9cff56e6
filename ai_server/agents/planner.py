"""One request in, one reply out: classification, then the agent for it. Pure, and the same every time."""

from __future__ import annotations

from ai_server.agents import answers
from ai_server.agents.classification import Kind, Reading, read
from ai_server.agents.operations import plan
from ai_server.knowledge.knowledge import Knowledge
from ai_server.wire import Answer, Clarification, Plan, PlanRequest, Refusal, Unknown

NOTHING = "I looked for an order, a question about an operation, a service's name and a practice, and found none of them."


def reply(request: PlanRequest, knowledge: Knowledge) -> Plan | Answer | Clarification | Refusal | Unknown:
    """The reply to a request. Never raises for what a valid request holds."""
    reading = read(request, knowledge)
    if reading.kind is Kind.PLAN:
        return plan(request, knowledge)
    return _answer(reading, knowledge)


def _answer(reading: Reading, knowledge: Knowledge) -> Answer | Unknown:
    match reading.kind:
        case Kind.HOW_TO:
            return answers.how_to(reading, knowledge)
        case Kind.EQUIVALENT:
            return answers.equivalent(reading)
        case Kind.PRACTICE:
            return answers.practice(reading, knowledge)
        case Kind.CAPABILITY:
            return answers.capability(reading, knowledge)
        case _:
            return Unknown(reason=NOTHING)
