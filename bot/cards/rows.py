"""Resources as table rows, the same columns everywhere. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.card import Column, Table
from engine.estate.facts import environment, size
from engine.estate.resource import Resource

COLUMNS = (
    Column("Name"), Column("Account"), Column("Region"), Column("Environment"), Column("State"), Column("Type"), Column("Size"),
    Column("Cost", numeric=True, unit="$/month"),
)  # fmt: skip
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


def table(resources: Sequence[Resource], caption: str, shown: int = 10) -> Table:
    """Resources as a table; columns that say nothing here are left away."""
    rows = [row(resource) for resource in resources[:MOST_ROWS]]
    kept = [index for index in range(len(COLUMNS)) if index < 5 or len({one[index] for one in rows} - {"", "0.00"}) > 0]
    return Table(
        tuple(COLUMNS[index] for index in kept), tuple(tuple(one[index] for index in kept) for one in rows), caption, shown, len(resources)
    )
