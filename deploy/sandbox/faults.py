"""Faults that a test orders: which calls fail, how, and how often. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KNOWN = frozenset({"method", "path_regex", "status", "retry_after", "drop", "slow_s", "garbage", "count"})


@dataclass
class Fault:
    """The next `count` calls that match go wrong.

    `status`: the provider's own refusal with that status. `drop`: the connection closes, `before` anything happened or `after` it did.
    `slow_s`: the answer comes late. `garbage`: the answer is 200 and not what the API speaks.
    """

    path: re.Pattern[str]
    method: str = "*"
    status: int = 0
    retry_after: int = 7
    drop: str = ""
    slow_s: float = 0.0
    garbage: bool = False
    count: int = 1

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fault:
        """A fault as tests post it. Raises ValueError for a key that means nothing."""
        if unknown := sorted(set(data) - KNOWN):
            raise ValueError(f"a fault has no {unknown[0]!r}; it has {', '.join(sorted(KNOWN))}")
        drop = data.get("drop", "")
        return cls(
            path=re.compile(str(data.get("path_regex", ".*")), re.IGNORECASE),
            method=str(data.get("method", "*")).upper(),
            status=int(data.get("status", 0)),
            retry_after=int(data.get("retry_after", 7)),
            drop="before" if drop is True else str(drop or ""),
            slow_s=float(data.get("slow_s", 0)),
            garbage=bool(data.get("garbage", False)),
            count=int(data.get("count", 1)),
        )

    def fits(self, method: str, path: str) -> bool:
        return self.count > 0 and self.method in ("*", method) and bool(self.path.search(path))


@dataclass
class Faults:
    """The faults that wait to happen, first come first served."""

    waiting: list[Fault] = field(default_factory=list)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this call, used up once."""
        for fault in self.waiting:
            if fault.fits(method, path):
                fault.count -= 1
                self.waiting = [kept for kept in self.waiting if kept.count > 0]
                return fault
        return None
