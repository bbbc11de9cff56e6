"""A request as a model gets to read it: one JSON document, fenced so that nothing in it can step out. Pure.

Nothing goes in but what the sealed request already holds and the public library. Angle brackets inside are escaped, so the closing fence cannot
be written by whoever wrote the message.
"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from ai_server.knowledge.playbook import Equivalent, Playbook, Practice
from ai_server.models.retrieval import Candidates
from ai_server.wire import Clarification, Plan, PlanRequest, Reply

MOST_GROUPS = 60


def prompt(request: PlanRequest, grounded: Reply, offered: Candidates) -> str:
    """The user's part of the conversation."""
    document = {
        "message": _plain(request.message),
        "turns": [{"role": turn.role, "text": _plain(turn.text)} for turn in request.turns[-4:]],
        "ordered": [order.model_dump() for order in request.orders],
        "groups": [group.model_dump(exclude_defaults=True) for group in request.groups[:MOST_GROUPS]],
        "values": [value.model_dump() for value in request.values],
        "stands": _stands(grounded),
        "offered": {
            "playbooks": [_book(book) for book in offered.playbooks],
            "practices": [_practice(row) for row in offered.practices],
            "equivalents": [_equivalent(row) for row in offered.equivalents],
        },
    }
    return f"<request>\n{_fenced(document)}\n</request>"


def _fenced(document: Any) -> str:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def _plain(text: str) -> str:
    """Without characters that are there and not seen: directions, joiners, tags."""
    return "".join(letter for letter in unicodedata.normalize("NFC", text) if unicodedata.category(letter) not in ("Cf", "Co", "Cn"))


def _stands(grounded: Reply) -> dict[str, Any]:
    match grounded:
        case Plan():
            steps = [{"operation": step.operation, "on": step.on, "why": step.why} for step in grounded.steps]
            return {"kind": "plan", "risk": grounded.risk.model_dump(), "steps": steps, "rollback": grounded.rollback}
        case Clarification():
            return {"kind": "question", "question": grounded.question, "choices": grounded.choices}
        case _:
            return {"kind": "nothing known"}


def _book(book: Playbook) -> dict[str, Any]:
    return {
        "id": book.id,
        "title": book.title,
        "action": book.action,
        "native_types": book.native_types,
        "values": [parameter.kind for parameter in book.parameters],
        "risk": book.risk.base,
        "risk_in_production": book.risk.production,
    }


def _practice(row: Practice) -> dict[str, Any]:
    return {"id": row.id, "title": row.title, "topics": row.topics}


def _equivalent(row: Equivalent) -> dict[str, Any]:
    return {"id": row.id, "title": row.title, "services": row.services}
