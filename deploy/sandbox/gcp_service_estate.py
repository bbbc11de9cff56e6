"""The services of the demo's estate in Google Cloud as the APIs' documents, ready to be seeded. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.sandbox import estate_services as data
from deploy.sandbox import gcp_service_documents as api
from deploy.sandbox.estate import GCP_DATABASES, GCP_LAB
from deploy.sandbox.gcp_sql_documents import SqlShape, backup_run, sql_instance
from deploy.sandbox.wire import Document

BACKED_UP = "storefront-pg-lab"


def documents() -> Iterator[Document]:
    """Instance groups, addresses, a disk in two zones, clusters, subscriptions, and a backup that somebody took."""
    for group in data.GCP_GROUPS:
        yield api.group_manager(group)
    for address in data.GCP_ADDRESSES:
        yield api.address(address)
    yield api.regional_disk(GCP_LAB, "europe-west1", "atlas-lab-shared", 100, data.DEV)
    for cluster in data.GCP_CLUSTERS:
        yield from _cluster(cluster)
    for one in data.GCP_SUBSCRIPTIONS:
        yield {
            **api.subscription(one.account, one.name, one.topic, one.tags),
            "_key": f"projects/{one.account}/subscriptions/{one.name}",
        }
    yield _backup()


def _cluster(cluster: data.Cluster) -> Iterator[Document]:
    for pool in cluster.pools:
        for group in api.pool_groups(cluster, pool):
            yield api.group_manager(group)
    # Its own link names a zone where the newer calls name a location.
    yield {**api.cluster(cluster), "_key": f"projects/{cluster.account}/locations/{cluster.place}/clusters/{cluster.name}"}


def _backup() -> Document:
    one = next(database for database in GCP_DATABASES if database.name == BACKED_UP)
    instance = sql_instance(one.account, one.name, one.place, {}, SqlShape(one.version, one.size, backups=True, ssl=True))
    return backup_run(one.account, instance, "1774539607722", "before the migration", "SUCCESSFUL")
