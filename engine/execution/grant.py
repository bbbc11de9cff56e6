"""A grant: the proof that exactly this plan may run, once, until a time. Pure.

Only the approval desk holds the key that makes one; the executor takes nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime

from engine.errors import GrantRefused
from engine.execution.plan import Plan


@dataclass(frozen=True, slots=True)
class Grant:
    """`approved_by` are the people who approved, empty where policy asks nobody; `why` says which rule let it run."""

    id: str
    plan_id: str
    digest: str
    approved_by: tuple[str, ...]
    why: str
    expires_at: datetime
    seal: str = ""


def issue(grant: Grant, key: bytes) -> Grant:
    """The grant with its seal: HMAC-SHA256 over all its fields."""
    return Grant(grant.id, grant.plan_id, grant.digest, grant.approved_by, grant.why, grant.expires_at, _seal(grant, key))


def check(grant: Grant, plan: Plan, key: bytes, now: datetime) -> None:
    """Raises GrantRefused unless the grant is ours, for this digest, and still valid. Whether it was used, the journal knows."""
    if not hmac.compare_digest(grant.seal, _seal(grant, key)):
        raise GrantRefused("This grant was not issued by this Escher.")
    if grant.plan_id != plan.id or grant.digest != plan.digest:
        raise GrantRefused("The plan is not the one that was approved.", hint="A changed plan is a new plan: ask again.")
    if now >= grant.expires_at:
        raise GrantRefused(f"The approval expired at {grant.expires_at:%H:%M} UTC.", hint="Ask again to get a fresh plan.")


def _seal(grant: Grant, key: bytes) -> str:
    fields = [grant.id, grant.plan_id, grant.digest, list(grant.approved_by), grant.why, grant.expires_at.isoformat()]
    return hmac.new(key, json.dumps(fields, separators=(",", ":")).encode(), hashlib.sha256).hexdigest()
