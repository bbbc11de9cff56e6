"""The services of the demo's estate in Azure as ARM documents, ready to be seeded. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.sandbox import azure_service_documents as services
from deploy.sandbox import estate
from deploy.sandbox import estate_services as data
from deploy.sandbox.azure_documents import arm_id
from deploy.sandbox.wire import Document


def documents() -> Iterator[Document]:
    """Scale sets, addresses, clusters with their pools, apps and PostgreSQL servers."""
    for group in data.AZURE_GROUPS:
        where = _id(group.account, "Microsoft.Compute/virtualMachineScaleSets", group.name)
        yield {**services.scale_set(where, group), "_power": group.state}
    for address in data.AZURE_ADDRESSES:
        where = _id(address.account, "Microsoft.Network/publicIPAddresses", address.name)
        yield services.public_address(where, address.place, address.tags, address.ip, _front(address))
    for cluster in data.AZURE_CLUSTERS:
        yield from _cluster(cluster)
    for app in data.AZURE_APPS:
        yield services.web_app(_id(app.account, "Microsoft.Web/sites", app.name), app)
    for server in data.AZURE_SERVERS:
        yield services.postgres(_id(server.account, "Microsoft.DBforPostgreSQL/flexibleServers", server.name), server)


def _id(account: str, kind: str, *names: str) -> str:
    return arm_id(account, f"rg-{data.APP}-{estate.AZURE_ACCOUNTS[account][1]}", kind, *names)


def _front(address: data.Address) -> str:
    if not address.used:
        return ""
    return _id(address.account, "Microsoft.Network/loadBalancers/frontendIPConfigurations", "lb-atlas", "front")


def _cluster(cluster: data.Cluster) -> Iterator[Document]:
    where = _id(cluster.account, services.CLUSTER, cluster.name)
    profiles = [{"name": pool.name, **services.pool_facts(pool, running=cluster.running)} for pool in cluster.pools]
    yield services.cluster(where, cluster.place, cluster.tags, profiles, running=cluster.running)
    for pool in cluster.pools:
        yield services.node_pool(where, pool, running=cluster.running)
