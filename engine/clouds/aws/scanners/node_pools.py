"""Managed node groups of EKS clusters. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws import arn
from engine.clouds.aws.scanner import Ask, Detail, Facts, Kind, Level, Place, Raw, Scanner, built
from engine.estate.resource import Resource

KIND = Kind("node_pool", "AWS::EKS::Nodegroup", "eks", "nodegroup")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    if "nodegroupArn" not in raw:
        return None
    size = raw.get("scalingConfig", {})
    properties = {
        "cluster": raw["clusterName"],
        "desired": size.get("desiredSize", 0),
        "smallest": size.get("minSize", 0),
        "largest": size.get("maxSize", 0),
        "instance_types": list(raw.get("instanceTypes") or []),
    }
    facts = Facts(_own_id(raw), raw["nodegroupName"], raw["status"].lower(), dict(raw.get("tags") or {}), properties)
    return built(KIND, place, facts)


def _own_id(raw: Raw) -> str:
    """`CLUSTER/NAME/UUID`; the last part is known only to the description."""
    return arn.parse(raw["nodegroupArn"]).own_id if "nodegroupArn" in raw else f"{raw['clusterName']}/{raw['nodegroupName']}"


def _given(own_id: str) -> Raw:
    cluster, name, *_ = own_id.split("/")
    return {"clusterName": cluster, "nodegroupName": name}


def _described(raw: Raw) -> Ask:
    return Ask("describe_nodegroup", ("nodegroup",), {"clusterName": raw["clusterName"], "nodegroupName": raw["nodegroupName"]})


SCANNER = Scanner(
    kind=KIND,
    operation="eks:ListClusters",
    everything=Ask("list_clusters", ("clusters",), named="clusterName"),
    beneath=(
        Level(
            "eks:ListNodegroups",
            lambda raw: Ask("list_nodegroups", ("nodegroups",), {"clusterName": raw["clusterName"]}, named="nodegroupName"),
        ),
    ),
    given=_given,
    item_id="nodegroupName",
    identify=_own_id,
    to_resource=to_resource,
    details=(Detail("eks:DescribeNodegroup", _described, needed=True),),
)
