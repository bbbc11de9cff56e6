"""Redshift clusters. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Facts, Kind, Place, Raw, Scanner, built, tags_of
from engine.estate.resource import Resource

KIND = Kind("data_warehouse", "AWS::Redshift::Cluster", "redshift", "cluster")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    own_id = raw["ClusterIdentifier"]
    properties = {
        "node_type": raw.get("NodeType", ""),
        "nodes": raw.get("NumberOfNodes", 1),
        "encrypted": raw.get("Encrypted", False),
        "publicly_accessible": raw.get("PubliclyAccessible", False),
        "backup_retention_days": raw.get("AutomatedSnapshotRetentionPeriod", 0),
    }
    return built(KIND, place, Facts(own_id, own_id, raw["ClusterStatus"], tags_of(raw.get("Tags")), properties))


SCANNER = Scanner(
    kind=KIND,
    operation="redshift:DescribeClusters",
    everything=Ask("describe_clusters", ("Clusters",)),
    one=lambda own_id: Ask("describe_clusters", ("Clusters",), {"ClusterIdentifier": own_id}),
    item_id="ClusterIdentifier",
    to_resource=to_resource,
)
