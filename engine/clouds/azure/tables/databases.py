"""Changes to Azure SQL databases and to PostgreSQL flexible servers, as a table. Pure."""

from __future__ import annotations

from engine.clouds.azure.tables.ways import AT, always, as_before
from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

SQL = frozenset({"Microsoft.Sql/servers/databases"})
POSTGRES = frozenset({"Microsoft.DBforPostgreSQL/flexibleServers"})

RESIZE_SQL = "Microsoft.Sql/servers/databases/write"
SPREAD_SQL = "Microsoft.Sql/servers/databases/write:zones"
FAIL_OVER_SQL = "Microsoft.Sql/servers/databases/failover/action"
ENCRYPT_SQL = "Microsoft.Sql/servers/databases/transparentDataEncryption/write"
DECRYPT_SQL = "Microsoft.Sql/servers/databases/transparentDataEncryption/write:disable"
START_POSTGRES = "Microsoft.DBforPostgreSQL/flexibleServers/start/action"
STOP_POSTGRES = "Microsoft.DBforPostgreSQL/flexibleServers/stop/action"
RESTART_POSTGRES = "Microsoft.DBforPostgreSQL/flexibleServers/restart/action"

OF_SERVER = ("--resource-group", "{properties.resource_group}", "--server", "{properties.server}", "--subscription", "{account}")
OBJECTIVE = Parameter("service_objective", pattern=r"[A-Za-z][A-Za-z0-9_]{0,39}", meaning="a service objective, like S1 or GP_Gen5_2")


def _encryption_as_before(resource: Resource, _arguments: Arguments) -> Inverse | None:
    return None if resource.properties["tde"] else Inverse(DECRYPT_SQL)


OF_SQL: tuple[Operation, ...] = (
    Operation(
        name=RESIZE_SQL,
        cloud="azure",
        native_types=SQL,
        kind=OperationClass.CONFIGURE,
        title="Resize",
        command=("az", "sql", "db", "update", "--name", "{properties.database}", *OF_SERVER, "--service-objective", "{$service_objective}"),
        promise={"properties.tier": "$service_objective"},
        takes=(OBJECTIVE,),
        states=frozenset({"online"}),
        inverse=as_before(RESIZE_SQL, "service_objective", "tier"),
        repeatable=True,
        settles_s=3600,
    ),
    Operation(
        name=SPREAD_SQL,
        cloud="azure",
        native_types=SQL,
        kind=OperationClass.CONFIGURE,
        title="Change zone redundancy",
        command=("az", "sql", "db", "update", "--name", "{properties.database}", *OF_SERVER, "--zone-redundant", "{$zone_redundant}"),
        promise={"properties.multi_az": "$zone_redundant"},
        takes=(Parameter("zone_redundant", "boolean", meaning="whether copies stand in several zones"),),
        states=frozenset({"online"}),
        inverse=as_before(SPREAD_SQL, "zone_redundant", "multi_az"),
        permissions=(RESIZE_SQL,),
        repeatable=True,
        settles_s=3600,
    ),
    Operation(
        name=FAIL_OVER_SQL,
        cloud="azure",
        native_types=SQL,
        kind=OperationClass.POWER,
        title="Fail over",
        # The command line has no word of its own for it.
        command=("az", "rest", "--method", "post", "--url", "{id}/failover?api-version=2021-11-01&replicaType=Primary"),
        promise={"state": "online"},
        states=frozenset({"online"}),
        no_way_back="A failover is over when it is done; there is nothing to take back.",
    ),
    Operation(
        name=ENCRYPT_SQL,
        cloud="azure",
        native_types=SQL,
        kind=OperationClass.GUARD,
        title="Encrypt",
        command=("az", "sql", "db", "tde", "set", "--database", "{properties.database}", *OF_SERVER, "--status", "Enabled"),
        promise={"properties.tde": True},
        states=frozenset({"online"}),
        inverse=_encryption_as_before,
        no_way_back="It was encrypted already.",
        repeatable=True,
        settles_s=3600,
    ),
    Operation(
        name=DECRYPT_SQL,
        cloud="azure",
        native_types=SQL,
        kind=OperationClass.EXPOSE,
        title="Turn off encryption",
        command=("az", "sql", "db", "tde", "set", "--database", "{properties.database}", *OF_SERVER, "--status", "Disabled"),
        promise={"properties.tde": False},
        states=frozenset({"online"}),
        inverse=always(ENCRYPT_SQL),
        permissions=(ENCRYPT_SQL,),
        repeatable=True,
        settles_s=3600,
    ),
)


def _power(name: str, title: str, verb: str, states: tuple[str, str], back: str) -> Operation:
    """A change of power of a PostgreSQL server; `states` are the one it is taken in and the one it leaves."""
    before, after = states
    return Operation(
        name=name,
        cloud="azure",
        native_types=POSTGRES,
        kind=OperationClass.POWER,
        title=title,
        command=("az", "postgres", "flexible-server", verb, *AT),
        promise={"state": after},
        states=frozenset({before}),
        inverse=always(back) if back else None,
        no_way_back="" if back else "A restart is over when it is done; there is nothing to take back.",
        repeatable=bool(back),
        settles_s=1200,
    )


TABLE: tuple[Operation, ...] = (
    *OF_SQL,
    _power(START_POSTGRES, "Start", "start", ("stopped", "running"), STOP_POSTGRES),
    _power(STOP_POSTGRES, "Stop", "stop", ("running", "stopped"), START_POSTGRES),
    _power(RESTART_POSTGRES, "Restart", "restart", ("running", "running"), ""),
)
