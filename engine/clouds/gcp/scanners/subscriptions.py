"""Pub/Sub subscriptions, which are the queues of Google Cloud. Pure mapping over two calls."""

from __future__ import annotations

from engine.clouds.gcp.names import FullName, Kind, Project, Seen, Wire, last, resource
from engine.clouds.gcp.scanner import Scanner
from engine.clouds.gcp.session import GcpSession
from engine.estate.resource import Resource

KIND = Kind("queue", "pubsub.googleapis.com/Subscription")


def _everything(session: GcpSession) -> list[Wire]:
    return session.pages("pubsub", f"/v1/projects/{session.project.id}/subscriptions", "subscriptions")


def _one(session: GcpSession, where: FullName) -> Wire:
    found: Wire = session.rest("GET", "pubsub", f"/v1/{where.path}")
    return found


def subscription(project: Project, told: Wire) -> Resource:
    """They belong to the whole project. One whose topic was deleted stays, and gets nothing more."""
    name, topic = last(told["name"]), last(told.get("topic"))
    facts = {
        "topic": topic,
        "retention": str(told.get("messageRetentionDuration") or ""),
        "retains_acknowledged": bool(told.get("retainAckedMessages", False)),
        "detached": bool(told.get("detached", False)) or topic == "_deleted-topic_",
    }
    state = str(told.get("state") or "ACTIVE").lower()
    where = f"//pubsub.googleapis.com/projects/{project.id}/subscriptions/{name}"
    return resource(project, KIND, name, Seen(where, "global", state, told.get("labels") or {}, facts))


SCANNER = Scanner(KIND, "pubsub.subscriptions.list", _everything, _one, subscription)
