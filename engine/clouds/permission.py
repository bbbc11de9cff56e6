"""What a cloud says beforehand of whether an operation would be let through: a value people read, and never a gate. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from engine.estate.resource import Resource

Verdict = Literal["allowed", "denied", "unknown"]
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Check:
    """What one cloud says of one operation in one account.

    `targets` are the ids it was asked about; of a denial those that are denied. `missing` are the permissions that lack, as the provider
    names them. `principal` is who would act, '' where the cloud does not tell. `why` is a sentence, '' when allowed.
    """

    operation: str
    account: str
    verdict: Verdict
    targets: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    principal: str = ""
    why: str = ""

    def only(self, targets: Iterable[str]) -> Check:
        """The same of fewer targets."""
        kept = set(targets)
        return replace(self, targets=tuple(one for one in self.targets if one in kept))


def allowed(operation: str, account: str, targets: Iterable[Resource], principal: str = "") -> Check:
    """Every one of the targets may be changed."""
    return Check(operation, account, "allowed", _ids(targets), principal=principal)


def denied(operation: str, account: str, targets: Iterable[Resource], missing: Iterable[str], principal: str = "") -> Check:
    """These of the targets may not be changed, for want of these permissions."""
    lacking = tuple(sorted(set(missing)))
    why = f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not granted."
    return Check(operation, account, "denied", _ids(targets), lacking, principal, why)


def unknown(operation: str, account: str, targets: Iterable[Resource], why: str, principal: str = "") -> Check:
    """Nobody could tell, and why: the first line of it, which is what a cloud's error says in words."""
    line = why.partition("\n")[0].strip()
    short = line if len(line) <= _LONGEST else line[:_LONGEST].rstrip() + "\u2026"
    return Check(operation, account, "unknown", _ids(targets), principal=principal, why=short)


def of_all(operation: str, account: str, verdict: Verdict, principal: str = "") -> Check:
    """What holds for every resource of an account; no target is named."""
    return Check(operation, account, verdict, principal=principal)


def _ids(targets: Iterable[Resource]) -> tuple[str, ...]:
    return tuple(resource.id for resource in targets)
