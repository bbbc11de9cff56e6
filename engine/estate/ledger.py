"""How much should be in the estate, as a whole and by scope, so that what a sweep saw again unchanged need not be looked up. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from engine.store.inventory import Inventory

Marks = Iterable[tuple[str, str]]


class Ledger:
    """Sums over the ids and marks of points. A scope is named by what its points bear; while not all are known, one may not be told empty."""

    def __init__(self, whole: Inventory, scopes: Mapping[str, Inventory] | None = None) -> None:
        """`scopes` are all that hold anything; None when that is not known."""
        self.whole = whole
        self._scopes = dict(scopes or {})
        self._complete = scopes is not None or whole.count == 0
        self._touched: Counter[str] = Counter()
        self._doubts = 0

    def scope(self, name: str) -> Inventory | None:
        """What is in a scope; None when that is not known."""
        return self._scopes.get(name, Inventory() if self._complete else None)

    def touched(self, name: str) -> int:
        """How often the scope changed since the ledger was made."""
        return self._touched[name] + self._doubts

    def doubt(self) -> None:
        """Something was written of which nobody knows how much is there: no scope is known any more."""
        self._scopes, self._complete = {}, False
        self._doubts += 1

    def learn(self, name: str, there: Inventory, touched: int) -> None:
        """What was found in a scope, which counts if it has not changed since `touched` was read."""
        if self.touched(name) == touched:
            self._scopes[name] = there

    def learn_all(self, there: Mapping[str, Inventory], touched: int) -> None:
        """What was found in every scope that holds anything, which counts if nothing has changed since `touches` was read."""
        if self.touches == touched:
            self._scopes, self._complete = dict(there), True

    @property
    def touches(self) -> int:
        """How often anything changed since the ledger was made."""
        return self._touched.total() + self._doubts

    def change(self, name: str, came: Marks, went: Marks) -> None:
        """Points of a scope came and went; one that changed did both."""
        more, less = Inventory.of(came), Inventory.of(went)
        self._touched[name] += 1
        self.whole = self.whole + more - less
        known = self.scope(name)
        if known is not None:
            self._scopes[name] = known + more - less

    def said(self) -> dict[str, Any]:
        """The whole as JSON."""
        return {"count": self.whole.count, "sum": f"{self.whole.sum:x}"}

    def said_by_scope(self) -> dict[str, Any]:
        """The whole, and each scope when all are known, as JSON."""
        if not self._complete:
            return self.said()
        scopes = {name: [there.count, f"{there.sum:x}"] for name, there in self._scopes.items() if there.count}
        return {**self.said(), "scopes": scopes}

    @property
    def scopes(self) -> Mapping[str, Inventory]:
        """Those that are known to hold anything."""
        return {name: there for name, there in self._scopes.items() if there.count}

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Ledger:
        """What `said` or `said_by_scope` gave."""
        scopes = said.get("scopes")
        known = None if scopes is None else {name: Inventory(count, int(total, 16)) for name, (count, total) in scopes.items()}
        return cls(Inventory(said["count"], int(said["sum"], 16)), known)
