"""What the demo's company runs beside machines, disks, buckets and databases: groups, clusters, apps, addresses, queues. Pure.

All of it belongs to one application, atlas, so that answers about the others stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.sandbox.estate import AZURE_DEV, AZURE_PROD, GCP_LAB, GCP_PROD

APP = "atlas"
DEV: Mapping[str, str] = {"env": "dev", "app": APP, "owner": "noor"}
PROD: Mapping[str, str] = {"env": "prod", "app": APP, "owner": "noor"}


@dataclass(frozen=True, slots=True)
class Group:
    """A scale set or a managed instance group; `place` is a region or, in Google Cloud, a zone or a region; `state` counts in Azure alone."""

    account: str
    name: str
    place: str
    size: str
    count: int
    tags: Mapping[str, str] = field(default_factory=dict)
    state: str = "running"


@dataclass(frozen=True, slots=True)
class Address:
    """A reserved address; `user` is the ARM id or link of what uses it; in Google Cloud the place may be `global`."""

    account: str
    name: str
    place: str
    ip: str
    tags: Mapping[str, str] = field(default_factory=dict)
    used: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """Nodes of a cluster."""

    name: str
    size: str
    count: int
    system: bool = False
    autoscaled: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Kubernetes cluster and its pools; `running` counts in Azure alone."""

    account: str
    name: str
    place: str
    pools: tuple[Pool, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    running: bool = True


@dataclass(frozen=True, slots=True)
class App:
    """An App Service app."""

    account: str
    name: str
    place: str
    kind: str
    tags: Mapping[str, str] = field(default_factory=dict)
    running: bool = True


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL flexible server."""

    account: str
    name: str
    place: str
    size: str
    tags: Mapping[str, str] = field(default_factory=dict)
    running: bool = True
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """A Pub/Sub subscription."""

    account: str
    name: str
    topic: str
    tags: Mapping[str, str] = field(default_factory=dict)


AZURE_GROUPS = (
    Group(AZURE_PROD, "vmss-atlas-prod", "westeurope", "Standard_D2s_v5", 3, PROD),
    Group(AZURE_DEV, "vmss-atlas-dev", "westeurope", "Standard_B2ms", 2, DEV),
    Group(AZURE_DEV, "vmss-atlas-dev-batch", "northeurope", "Standard_B1ms", 1, DEV, "deallocated"),
)
AZURE_ADDRESSES = (
    Address(AZURE_PROD, "pip-atlas-prod", "westeurope", "203.0.113.10", PROD, used=True),
    Address(AZURE_DEV, "pip-atlas-dev-old", "westeurope", "203.0.113.11", DEV),
)
AZURE_CLUSTERS = (
    Cluster(AZURE_PROD, "aks-atlas-prod", "westeurope", (Pool("system", "Standard_D2s_v5", 3, system=True, autoscaled=True),), PROD),
    Cluster(
        AZURE_DEV,
        "aks-atlas-dev",
        "westeurope",
        (Pool("system", "Standard_B2ms", 1, system=True), Pool("batch", "Standard_D2s_v5", 2)),
        DEV,
    ),
    Cluster(AZURE_DEV, "aks-atlas-dev-idle", "northeurope", (Pool("system", "Standard_B2ms", 1, system=True),), DEV, running=False),
)
AZURE_APPS = (
    App(AZURE_PROD, "app-atlas-prod", "westeurope", "app,linux", PROD),
    App(AZURE_DEV, "app-atlas-dev", "westeurope", "app,linux", DEV),
    App(AZURE_DEV, "func-atlas-dev", "northeurope", "functionapp,linux", DEV, running=False),
)
AZURE_SERVERS = (
    Server(AZURE_PROD, "psql-atlas-prod", "westeurope", "Standard_D4s_v3", PROD, spread=True),
    Server(AZURE_DEV, "psql-atlas-dev", "westeurope", "Standard_B1ms", DEV),
    Server(AZURE_DEV, "psql-atlas-dev-old", "northeurope", "Standard_B1ms", DEV, running=False),
)
GCP_GROUPS = (
    Group(GCP_PROD, "atlas-prod-web", "europe-west1", "e2-standard-2", 3),
    Group(GCP_LAB, "atlas-lab-web", "europe-west1-b", "e2-small", 2),
)
GCP_ADDRESSES = (
    Address(GCP_PROD, "atlas-prod-front", "global", "203.0.113.20", PROD, used=True),
    Address(GCP_LAB, "atlas-lab-old", "europe-west1", "203.0.113.21", DEV),
    Address(GCP_LAB, "atlas-lab-front", "global", "203.0.113.22", DEV),
)
GCP_CLUSTERS = (
    Cluster(GCP_PROD, "atlas-prod", "europe-west1", (Pool("default-pool", "e2-standard-4", 1, autoscaled=True),), PROD),
    Cluster(GCP_LAB, "atlas-lab", "europe-west1-b", (Pool("default-pool", "e2-medium", 2),), DEV),
)
GCP_SUBSCRIPTIONS = (
    Subscription(GCP_PROD, "atlas-prod-events-worker", "atlas-prod-events", PROD),
    Subscription(GCP_LAB, "atlas-lab-events-worker", "atlas-lab-events", DEV),
)
