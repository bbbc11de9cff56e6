"""Resources as table rows, the same columns everywhere. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.cards.card import Column, Facts, Table
from engine.estate.facts import environment, size
from engine.estate.resource import Resource
from engine.request.reasons import SEPARATOR

COLUMNS = (
    Column("Name"), Column("Account"), Column("Region"), Column("Environment"), Column("State"), Column("Type"), Column("Size"),
    Column("Cost", numeric=True, unit="$/month"),
)  # fmt: skip
# Why a resource is in a list, on one line, reason after reason; '' where nothing is to be told.
Why = Callable[[Resource], str]
MOST_REASONS = 6  # told apart on a card
MOST_ROWS = 500  # a table's rows on a card; the rest is in its sheet
_KINDS = {
    "compute_instance": "instance", "database_instance": "database", "object_storage": "bucket", "security_group": "security group",
    "ip_address": "IP address", "kubernetes_cluster": "Kubernetes cluster", "load_balancer": "load balancer",
}  # fmt: skip


def kind(type_: str) -> str:
    """A resource type in a reader's words."""
    return _KINDS.get(type_, type_.replace("_", " "))


def kinds(type_: str, count: int) -> str:
    """The word for `count` of a type: `1 bucket`, `3 IP addresses`."""
    word = kind(type_)
    return word if count == 1 else word + ("es" if word.endswith("s") else "s")


def where(resource: Resource) -> str:
    """The environment as people read it: with a mark where it was taken from the account and not from a tag."""
    name, source = environment(resource)
    return f"{name} (by account)" if source == "account" else name or "unknown"


def row(resource: Resource) -> tuple[str, ...]:
    """One resource under `COLUMNS`."""
    return (
        resource.name, f"{resource.account_name} ({resource.cloud})", resource.region, where(resource), resource.state, kind(resource.type),
        size(resource), f"{resource.monthly_cost:.2f}",
    )  # fmt: skip


def untold(_: Resource) -> str:
    """Nothing is told of why."""
    return ""


def table(resources: Sequence[Resource], caption: str, shown: int = 10) -> Table:
    """Resources as a table; columns that say nothing here are left away."""
    rows = [row(resource) for resource in resources[:MOST_ROWS]]
    kept = [index for index in range(len(COLUMNS)) if index < 5 or len({one[index] for one in rows} - {"", "0.00"}) > 0]
    return Table(
        tuple(COLUMNS[index] for index in kept), tuple(tuple(one[index] for index in kept) for one in rows), caption, shown, len(resources)
    )


def why_these(resources: Sequence[Resource], why: Why) -> tuple[Facts, ...]:
    """Why these are here: what holds of all once, then what tells some of them from the others; nothing where nothing is told."""
    told = _told(resources, why)
    shared = _shared(told)
    groups: dict[str, list[str]] = {}
    for resource in resources:
        if own := SEPARATOR.join(said for said in told.get(resource.id, ()) if said not in shared):
            groups.setdefault(own, []).append(resource.name)
    if not told:
        return ()
    rows = [("Why", SEPARATOR.join(shared))] if shared else []
    if len(groups) > MOST_REASONS:
        return (Facts((*rows, ("Why each", "differs from one to the next; the CSV and each one's own card tell it"))),)
    return (Facts((*rows, *((_whose(names), own) for own, names in groups.items()))),)


def why_all(resources: Sequence[Resource], why: Why) -> tuple[Facts, ...]:
    """What holds of all of these, on one line; nothing where there is no such thing."""
    shared = _shared(_told(resources, why))
    return (Facts((("Why", SEPARATOR.join(shared)),)),) if shared else ()


def _told(resources: Sequence[Resource], why: Why) -> dict[str, tuple[str, ...]]:
    return {resource.id: tuple(said.split(SEPARATOR)) for resource in resources[:MOST_ROWS] if (said := why(resource))}


def _shared(told: Mapping[str, Sequence[str]]) -> list[str]:
    first = next(iter(told.values()), ())
    return [said for said in first if all(said in every for every in told.values())]


def _whose(names: Sequence[str]) -> str:
    return f"Why {names[0]}" if len(names) == 1 else f"Why {len(names)} of them"
