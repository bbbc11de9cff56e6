"""Makes sealed requests for tests, as the engine would. Pure."""

from __future__ import annotations

from functools import cache
from typing import Any

from ai_server.agents.planner import reply
from ai_server.knowledge.knowledge import Knowledge
from ai_server.knowledge.loading import load_knowledge
from ai_server.knowledge.playbook import Playbook
from ai_server.wire import Group, PlanRequest, Reply, Value

NATIVE = {
    ("aws", "compute_instance"): "AWS::EC2::Instance",
    ("aws", "database_instance"): "AWS::RDS::DBInstance",
    ("aws", "disk"): "AWS::EC2::Volume",
    ("aws", "object_storage"): "AWS::S3::Bucket",
    ("azure", "compute_instance"): "Microsoft.Compute/virtualMachines",
    ("azure", "database_instance"): "Microsoft.Sql/servers/databases",
    ("azure", "disk"): "Microsoft.Compute/disks",
    ("azure", "object_storage"): "Microsoft.Storage/storageAccounts",
    ("gcp", "compute_instance"): "compute.googleapis.com/Instance",
    ("gcp", "database_instance"): "sqladmin.googleapis.com/Instance",
    ("gcp", "disk"): "compute.googleapis.com/Disk",
    ("gcp", "object_storage"): "storage.googleapis.com/Bucket",
}
WORDS = {"block_public_access": "block public access on"}


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def group(handle: str, cloud: str, kind: str, state: str, **more: Any) -> Group:
    fields = {"count": 1, "environment": "development", "native_type": NATIVE.get((cloud, kind), "none"), **more}
    return Group(handle=handle, cloud=cloud, type=kind, state=state, **fields)


def vm(handle: str, cloud: str = "aws", state: str = "running", **more: Any) -> Group:
    return group(handle, cloud, "compute_instance", state, **more)


def ask(
    message: str, orders: list[tuple[Any, ...]], groups: list[Group], values: list[tuple[str, str]] | None = None, **more: Any
) -> Reply:
    """Orders are (action, handles) or (action, handles, value handles); values (handle, kind)."""
    request = PlanRequest(
        message=message,
        orders=[{"action": order[0], "on": order[1].split(), "values": order[2].split() if len(order) > 2 else ()} for order in orders],
        groups=groups,
        values=[Value(handle=handle, kind=kind) for handle, kind in values or ()],
        **more,
    )
    return reply(request, knowledge())


def question(message: str) -> Reply:
    return ask(message, [], [])


def fitting(book: Playbook, handle: str = "g1", state: str = "") -> Group:
    """A group the playbook is for."""
    chosen = state or (book.states[0] if book.states else "active")
    return Group(
        handle=handle,
        count=2,
        cloud=book.cloud,
        type=book.types[0],
        native_type=book.native_types[0],
        environment="development",
        state=chosen,
        flags=tuple(book.needs_flags),
    )


def order_for(book: Playbook, groups: list[Group]) -> Reply:
    """A plain wish for the playbook, with a value for each of its parameters."""
    values = [(f"v{number}", parameter.kind) for number, parameter in enumerate(book.parameters, start=1)]
    handles = " ".join(group.handle for group in groups)
    message = f"{WORDS.get(book.action, book.action)} {handles}"
    return ask(message, [(book.action, handles, " ".join(handle for handle, _ in values))], groups, values)
