"""What the journal's entries tell of approvals. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from engine.approvals.states import Request, Vote
from engine.journal.entry import Entry


def requests(entries: Iterable[Entry]) -> dict[str, Request]:
    """Every approval request as it stood after its last entry, by plan id."""
    return {
        entry.body["request"]["plan_id"]: request_from(entry.body["request"]) for entry in entries if entry.kind.startswith("approval.")
    }


def request_to(request: Request) -> dict[str, Any]:
    """An approval request as plain data."""
    return {
        "plan_id": request.plan_id, "digest": request.digest, "asked_by": request.asked_by, "needs": request.needs,
        "expires_at": request.expires_at.isoformat(), "requester_may_approve": request.requester_may_approve, "state": request.state,
        "votes": [_vote_to(vote) for vote in request.votes], "closed": _vote_to(request.closed) if request.closed else None,
    }  # fmt: skip


def request_from(data: Mapping[str, Any]) -> Request:
    """An approval request from the journal."""
    plain = {**data, "expires_at": datetime.fromisoformat(data["expires_at"]), "votes": tuple(_vote_from(vote) for vote in data["votes"])}
    return Request(**{**plain, "closed": _vote_from(data["closed"]) if data["closed"] else None})


def _vote_to(vote: Vote) -> dict[str, str]:
    return {"by": vote.by, "at": vote.at.isoformat(), "reason": vote.reason}


def _vote_from(data: Mapping[str, str]) -> Vote:
    return Vote(data["by"], datetime.fromisoformat(data["at"]), data["reason"])
