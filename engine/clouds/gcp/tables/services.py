"""Changes to buckets, Kubernetes clusters with their node pools, and Pub/Sub subscriptions, as a table. Pure.

Google has one permission, `storage.buckets.update`, for closing and for opening a bucket, and one for everything in a cluster. What differs in
risk has a name of its own, told apart by what follows the colon.
"""

from __future__ import annotations

from engine.clouds.gcp.tables.ways import IN_PROJECT, WHERE, always, as_before, labels
from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

BUCKET = frozenset({"storage.googleapis.com/Bucket"})
CLUSTER = frozenset({"container.googleapis.com/Cluster"})
NODE_POOL = frozenset({"container.googleapis.com/NodePool"})
SUBSCRIPTION = frozenset({"pubsub.googleapis.com/Subscription"})

CLOSE = "storage.buckets.update"
OPEN = "storage.buckets.update:inherited"
LABEL_BUCKET = "storage.buckets.update:label"
UNLABEL_BUCKET = "storage.buckets.update:unlabel"
VERSION = "storage.buckets.update:versioning"
UNVERSION = "storage.buckets.update:noVersioning"
LABEL_CLUSTER = "container.clusters.update:label"
UNLABEL_CLUSTER = "container.clusters.update:unlabel"
SCALE_POOL = "container.clusters.update"
LABEL_SUBSCRIPTION = "pubsub.subscriptions.update:label"
UNLABEL_SUBSCRIPTION = "pubsub.subscriptions.update:unlabel"
PURGE = "pubsub.subscriptions.consume:purge"

NODES = Parameter("count", pattern=r"0|[1-9][0-9]{0,2}|1000", meaning="how many nodes in each zone of the pool")
_BUCKETS = ("gcloud", "storage", "buckets", "update", "gs://{name}")


def _access_as_before(resource: Resource, _arguments: Arguments) -> Inverse | None:
    """As it was: opening is the other operation, so that its risk shows."""
    before = resource.properties.get("public_access_prevention")
    return Inverse(CLOSE, {"public_access_prevention": "enforced"}) if before == "enforced" else Inverse(OPEN)


BUCKETS: tuple[Operation, ...] = (
    Operation(
        name=CLOSE,
        cloud="gcp",
        native_types=BUCKET,
        kind=OperationClass.PROTECT,
        title="Block public access",
        command=(*_BUCKETS, "--public-access-prevention"),
        promise={"properties.public_access_prevention": "$public_access_prevention"},
        takes=(Parameter("public_access_prevention", pattern="enforced", meaning=f"enforced; lifting it is {OPEN}"),),
        inverse=_access_as_before,
        permissions=("storage.buckets.get",),
        repeatable=True,
    ),
    Operation(
        name=OPEN,
        cloud="gcp",
        native_types=BUCKET,
        kind=OperationClass.EXPOSE,
        title="Allow public access",
        command=(*_BUCKETS, "--no-public-access-prevention"),
        promise={"properties.public_access_prevention": "inherited"},
        inverse=_access_as_before,
        permissions=(CLOSE, "storage.buckets.get"),
        repeatable=True,
    ),
    *labels(LABEL_BUCKET, BUCKET, _BUCKETS),
    Operation(
        name=VERSION,
        cloud="gcp",
        native_types=BUCKET,
        kind=OperationClass.GUARD,
        title="Enable versioning",
        command=(*_BUCKETS, "--versioning"),
        promise={"properties.versioning": True},
        inverse=always(UNVERSION),
        permissions=(CLOSE, "storage.buckets.get"),
        repeatable=True,
    ),
    Operation(
        name=UNVERSION,
        cloud="gcp",
        native_types=BUCKET,
        kind=OperationClass.EXPOSE,
        title="Suspend versioning",
        command=(*_BUCKETS, "--no-versioning"),
        promise={"properties.versioning": False},
        inverse=always(VERSION),
        permissions=(CLOSE, "storage.buckets.get"),
        repeatable=True,
    ),
)
CLUSTERS: tuple[Operation, ...] = (
    *labels(LABEL_CLUSTER, CLUSTER, ("gcloud", "container", "clusters", "update", "{name}", *WHERE)),
    Operation(
        name=SCALE_POOL,
        cloud="gcp",
        native_types=NODE_POOL,
        kind=OperationClass.CONFIGURE,
        title="Scale",
        command=(
            *("gcloud", "container", "clusters", "resize", "{properties.cluster}", "--node-pool", "{properties.pool}"),
            *("--num-nodes", "{$count}", "--quiet", *WHERE),
        ),
        promise={"properties.count": "$count", "state": "running"},
        takes=(NODES,),
        states=frozenset({"running"}),
        inverse=as_before(SCALE_POOL, "count", "count"),
        permissions=("container.clusters.get", "compute.instanceGroupManagers.get"),
        repeatable=True,
        settles_s=1800,
    ),
)
QUEUES: tuple[Operation, ...] = (
    *labels(LABEL_SUBSCRIPTION, SUBSCRIPTION, ("gcloud", "pubsub", "subscriptions", "update", "{name}", *IN_PROJECT)),
    Operation(
        name=PURGE,
        cloud="gcp",
        native_types=SUBSCRIPTION,
        kind=OperationClass.DELETE,
        title="Purge",
        command=("gcloud", "pubsub", "subscriptions", "seek", "{name}", "--time=-p0s", *IN_PROJECT),
        promise={"state": "active"},
        states=frozenset({"active"}),
        no_way_back="Messages that were discarded come back only if the subscription retains acknowledged ones and is sought back in time.",
    ),
)
TABLE: tuple[Operation, ...] = (*BUCKETS, *CLUSTERS, *QUEUES)
