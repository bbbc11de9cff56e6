"""Changes to web apps, Kubernetes clusters, their node pools, and public addresses, as a table. Pure."""

from __future__ import annotations

from engine.clouds.azure.tables.ways import AT, always, as_before
from engine.clouds.operation import Operation, OperationClass, Parameter

WEB_APP = frozenset({"Microsoft.Web/sites"})
CLUSTER = frozenset({"Microsoft.ContainerService/managedClusters"})
NODE_POOL = frozenset({"Microsoft.ContainerService/managedClusters/agentPools"})
ADDRESS = frozenset({"Microsoft.Network/publicIPAddresses"})

START_APP = "Microsoft.Web/sites/start/action"
STOP_APP = "Microsoft.Web/sites/stop/action"
RESTART_APP = "Microsoft.Web/sites/restart/action"
START_CLUSTER = "Microsoft.ContainerService/managedClusters/start/action"
STOP_CLUSTER = "Microsoft.ContainerService/managedClusters/stop/action"
SCALE_POOL = "Microsoft.ContainerService/managedClusters/agentPools/write"
DELETE_ADDRESS = "Microsoft.Network/publicIPAddresses/delete"

NODES = Parameter("count", pattern=r"0|[1-9][0-9]{0,2}|1000", meaning="how many nodes, 0 to 1000; a system pool needs one at least")


def _power(name: str, native: frozenset[str], words: tuple[str, ...], states: tuple[str, str], back: str) -> Operation:
    """A change of power; `words` are the command's, the last of them its verb, `states` the one it is taken in and the one it leaves."""
    before, after = states
    return Operation(
        name=name,
        cloud="azure",
        native_types=native,
        kind=OperationClass.POWER,
        title=words[-1].capitalize(),
        command=("az", *words, *AT),
        promise={"state": after},
        states=frozenset({before}),
        inverse=always(back) if back else None,
        no_way_back="" if back else "A restart is over when it is done; there is nothing to take back.",
        repeatable=bool(back),
        settles_s=1200,
    )


TABLE: tuple[Operation, ...] = (
    _power(START_APP, WEB_APP, ("webapp", "start"), ("stopped", "running"), STOP_APP),
    _power(STOP_APP, WEB_APP, ("webapp", "stop"), ("running", "stopped"), START_APP),
    _power(RESTART_APP, WEB_APP, ("webapp", "restart"), ("running", "running"), ""),
    _power(START_CLUSTER, CLUSTER, ("aks", "start"), ("stopped", "running"), STOP_CLUSTER),
    _power(STOP_CLUSTER, CLUSTER, ("aks", "stop"), ("running", "stopped"), START_CLUSTER),
    Operation(
        name=SCALE_POOL,
        cloud="azure",
        native_types=NODE_POOL,
        kind=OperationClass.CONFIGURE,
        title="Scale",
        command=(
            *(
                "az",
                "aks",
                "nodepool",
                "scale",
                "--resource-group",
                "{properties.resource_group}",
                "--cluster-name",
                "{properties.cluster}",
            ),
            *("--name", "{properties.pool}", "--node-count", "{$count}", "--subscription", "{account}"),
        ),
        promise={"properties.count": "$count", "state": "running"},
        takes=(NODES,),
        states=frozenset({"running"}),
        inverse=as_before(SCALE_POOL, "count", "count"),
        permissions=("Microsoft.ContainerService/managedClusters/agentPools/read",),
        repeatable=True,
        settles_s=1800,
    ),
    Operation(
        name=DELETE_ADDRESS,
        cloud="azure",
        native_types=ADDRESS,
        kind=OperationClass.DELETE,
        title="Delete",
        command=("az", "network", "public-ip", "delete", *AT),
        promise={"gone": True},
        states=frozenset({"available"}),
        no_way_back="A deleted public address goes back to Azure, which gives it to somebody else.",
        repeatable=True,
    ),
)
