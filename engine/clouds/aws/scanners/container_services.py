"""ECS services, with how many tasks they keep and how many run. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Detail, Facts, Kind, Level, Place, Raw, Scanner, built, known, tags_of
from engine.estate.resource import Resource

KIND = Kind("container_service", "AWS::ECS::Service", "ecs", "service")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    if raw.get("status", "INACTIVE") == "INACTIVE":  # deleted, and listed for a while; or its description was not given
        return None
    name = raw["serviceName"]
    properties = {
        "cluster": _last(raw["clusterArn"]),
        "desired": raw["desiredCount"],
        "running": raw.get("runningCount", 0),
        **known(rollout=_rollout(raw)),
        "launch_type": raw.get("launchType", ""),
        "task_definition": _last(raw.get("taskDefinition", "")),
    }
    facts = Facts(f"{properties['cluster']}/{name}", name, raw["status"].lower(), tags_of(raw.get("tags"), "key", "value"), properties)
    return built(KIND, place, facts)


def _rollout(raw: Raw) -> str | None:
    """How far the newest deployment is: `in-progress`, `completed` or `failed`; services that others deploy say nothing of it."""
    newest: Raw = next((one for one in raw.get("deployments", []) if one.get("status") == "PRIMARY"), {})
    said = newest.get("rolloutState")
    return str(said).lower().replace("_", "-") if said else None


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _own_id(raw: Raw) -> str:
    """`CLUSTER/NAME`; names of services from before 2018 leave the cluster out."""
    return f"{_last(raw['clusterArn'])}/{_last(raw['serviceArn'])}"


def _given(own_id: str) -> Raw:
    cluster, _, name = own_id.partition("/")
    return {"clusterArn": cluster, "serviceArn": name}


def _described(raw: Raw) -> Ask:
    return Ask("describe_services", ("services",), {"cluster": raw["clusterArn"], "services": [raw["serviceArn"]], "include": ["TAGS"]})


SCANNER = Scanner(
    kind=KIND,
    operation="ecs:ListClusters",
    everything=Ask("list_clusters", ("clusterArns",), named="clusterArn"),
    beneath=(
        Level("ecs:ListServices", lambda raw: Ask("list_services", ("serviceArns",), {"cluster": raw["clusterArn"]}, named="serviceArn")),
    ),
    given=_given,
    item_id="serviceArn",
    identify=_own_id,
    to_resource=to_resource,
    details=(Detail("ecs:DescribeServices", _described, needed=True),),
)
