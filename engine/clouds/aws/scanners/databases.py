"""RDS database instances, with what they copy to and belong to. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Facts, Kind, Place, Raw, Scanner, built, tags_of
from engine.estate.resource import Resource

KIND = Kind("database_instance", "AWS::RDS::DBInstance", "rds", "db")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    own_id = raw["DBInstanceIdentifier"]
    properties = {
        "db_instance_identifier": own_id,
        "engine": raw["Engine"],
        "engine_version": raw.get("EngineVersion", ""),
        "instance_class": raw["DBInstanceClass"],
        "size_gb": raw.get("AllocatedStorage", 0),
        "multi_az": raw.get("MultiAZ", False),
        "storage_encrypted": raw.get("StorageEncrypted", False),
        "publicly_accessible": raw.get("PubliclyAccessible", False),
        "backup_retention_days": raw.get("BackupRetentionPeriod", 0),
        "read_replicas": len(raw.get("ReadReplicaDBInstanceIdentifiers", [])),
        "replica_of": raw.get("ReadReplicaSourceDBInstanceIdentifier", ""),
        "deletion_protection": raw.get("DeletionProtection", False),
        # Of a replica, its primary; of an instance of Aurora or of a Multi-AZ cluster, the cluster.
        **{
            ours: raw[theirs]
            for ours, theirs in (("replicas", "ReadReplicaDBInstanceIdentifiers"), ("cluster", "DBClusterIdentifier"))
            if raw.get(theirs)
        },
    }
    return built(KIND, place, Facts(own_id, own_id, raw["DBInstanceStatus"], tags_of(raw.get("TagList")), properties))


SCANNER = Scanner(
    kind=KIND,
    operation="rds:DescribeDBInstances",
    everything=Ask("describe_db_instances", ("DBInstances",)),
    one=lambda own_id: Ask("describe_db_instances", ("DBInstances",), {"DBInstanceIdentifier": own_id}),
    item_id="DBInstanceIdentifier",
    to_resource=to_resource,
)
