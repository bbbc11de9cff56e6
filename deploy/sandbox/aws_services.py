"""Fills the demo's AWS with what stands around its machines: balancers, groups, tables, queues, keys, logs and rules. Edge."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Clients = Callable[[Row, str], Awaitable[Any]]
# Account, region and name of an instance to its id.
Instances = Mapping[tuple[str, str, str], str]
_IMAGE = "ami-0a1b2c3d4e5f60718"


class Services:
    """Makes single rows come true; `instances` must be made before."""

    def __init__(self, clients: Clients, account_ids: Mapping[str, str], instances: Instances) -> None:
        self._client = clients
        self._ids = account_ids
        self._instances = instances

    def work(self, estate: Mapping[str, Sequence[Row]]) -> list[Awaitable[None]]:
        """Everything there is to do for these rows, in no order."""
        made: Mapping[str, Callable[[Row], Awaitable[None]]] = {
            "load_balancers": self._load_balancer,
            "scaling_groups": self._scaling_group,
            "addresses": self._address,
            "container_services": self._container_service,
            "node_pools": self._node_pool,
            "tables": self._table,
            "warehouses": self._warehouse,
            "queues": self._queue,
            "keys": self._key,
            "log_groups": self._log_group,
            "rules": self._rule,
        }
        return [make(row) for kind, make in made.items() for row in estate[kind]]

    async def _network(self, row: Row) -> tuple[str, list[str]]:
        """The region's own network, and two of its subnets."""
        ec2 = await self._client(row, "ec2")
        vpc = (await ec2.describe_vpcs())["Vpcs"][0]["VpcId"]
        subnets = (await ec2.describe_subnets())["Subnets"]
        return vpc, [one["SubnetId"] for one in subnets[:2]]

    async def _load_balancer(self, row: Row) -> None:
        elb = await self._client(row, "elbv2")
        vpc, subnets = await self._network(row)
        made = await elb.create_load_balancer(Name=row["name"], Subnets=subnets, Tags=_pairs(row["tags"]))
        (balancer,) = (one["LoadBalancerArn"] for one in made["LoadBalancers"])
        group = await elb.create_target_group(Name=f"{row['name']}-web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="instance")
        (targets,) = (one["TargetGroupArn"] for one in group["TargetGroups"])
        forward = [{"Type": "forward", "TargetGroupArn": targets}]
        await elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)
        behind = [{"Id": self._instances[row["account"], row["region"], name], "Port": 80} for name in row["targets"]]
        await elb.register_targets(TargetGroupArn=targets, Targets=behind)
        if row["protected"]:
            guard = [{"Key": "deletion_protection.enabled", "Value": "true"}]
            await elb.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=guard)

    async def _scaling_group(self, row: Row) -> None:
        groups = await self._client(row, "autoscaling")
        await groups.create_launch_configuration(LaunchConfigurationName=row["name"], ImageId=_IMAGE, InstanceType=row["type"])
        await groups.create_auto_scaling_group(
            AutoScalingGroupName=row["name"],
            LaunchConfigurationName=row["name"],
            MinSize=0,
            MaxSize=row["largest"],
            DesiredCapacity=row["desired"],
            AvailabilityZones=[f"{row['region']}a"],
            Tags=[{**pair, "PropagateAtLaunch": True} for pair in _pairs(row["tags"])],
        )

    async def _address(self, row: Row) -> None:
        ec2 = await self._client(row, "ec2")
        named = [{"ResourceType": "elastic-ip", "Tags": _pairs({"Name": row["name"], **row["tags"]})}]
        made = await ec2.allocate_address(Domain="vpc", TagSpecifications=named)
        if name := row.get("attached_to"):
            instance = self._instances[row["account"], row["region"], name]
            await ec2.associate_address(AllocationId=made["AllocationId"], InstanceId=instance)

    async def _container_service(self, row: Row) -> None:
        ecs = await self._client(row, "ecs")
        await ecs.create_cluster(clusterName=row["cluster"])
        containers = [{"name": row["name"], "image": f"{row['name']}:1", "memory": 128}]
        await ecs.register_task_definition(family=row["name"], containerDefinitions=containers)
        tags = [{"key": key, "value": value} for key, value in row["tags"].items()]
        await ecs.create_service(
            cluster=row["cluster"], serviceName=row["name"], taskDefinition=row["name"], desiredCount=row["desired"], tags=tags
        )

    async def _node_pool(self, row: Row) -> None:
        eks = await self._client(row, "eks")
        _, subnets = await self._network(row)
        role = f"arn:aws:iam::{self._ids[row['account']]}:role/nodes"
        await eks.create_cluster(name=row["cluster"], roleArn=role, resourcesVpcConfig={"subnetIds": subnets})
        await eks.create_nodegroup(
            clusterName=row["cluster"],
            nodegroupName=row["name"],
            nodeRole=role,
            subnets=subnets,
            scalingConfig={"minSize": 1, "maxSize": row["largest"], "desiredSize": row["desired"]},
            tags=dict(row["tags"]),
        )

    async def _table(self, row: Row) -> None:
        tables = await self._client(row, "dynamodb")
        await tables.create_table(
            TableName=row["name"],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=row["protected"],
            Tags=_pairs(row["tags"]),
        )
        if row["recoverable"]:
            on = {"PointInTimeRecoveryEnabled": True}
            await tables.update_continuous_backups(TableName=row["name"], PointInTimeRecoverySpecification=on)

    async def _warehouse(self, row: Row) -> None:
        redshift = await self._client(row, "redshift")
        await redshift.create_cluster(
            ClusterIdentifier=row["name"],
            NodeType=row["type"],
            NumberOfNodes=row["nodes"],
            MasterUsername="owner",
            MasterUserPassword="Made-up-for-the-demo-1",
            Encrypted=True,
            Tags=_pairs(row["tags"]),
        )
        if row.get("paused"):
            await redshift.pause_cluster(ClusterIdentifier=row["name"])

    async def _queue(self, row: Row) -> None:
        sqs = await self._client(row, "sqs")
        made = await sqs.create_queue(QueueName=row["name"], tags=dict(row["tags"]))
        for number in range(row["messages"]):
            await sqs.send_message(QueueUrl=made["QueueUrl"], MessageBody=f"letter {number + 1}")

    async def _key(self, row: Row) -> None:
        kms = await self._client(row, "kms")
        tags = [{"TagKey": key, "TagValue": value} for key, value in row["tags"].items()]
        made = await kms.create_key(Description=f"for {row['name']}", Tags=tags)
        own_id = made["KeyMetadata"]["KeyId"]
        await kms.create_alias(AliasName=f"alias/{row['name']}", TargetKeyId=own_id)
        if row["rotation"]:
            await kms.enable_key_rotation(KeyId=own_id)
        if row.get("disabled"):
            await kms.disable_key(KeyId=own_id)

    async def _log_group(self, row: Row) -> None:
        logs = await self._client(row, "logs")
        await logs.create_log_group(logGroupName=row["name"], tags=dict(row["tags"]))
        if days := row.get("days"):
            await logs.put_retention_policy(logGroupName=row["name"], retentionInDays=days)

    async def _rule(self, row: Row) -> None:
        events = await self._client(row, "events")
        state = "DISABLED" if row.get("disabled") else "ENABLED"
        await events.put_rule(Name=row["name"], ScheduleExpression=row["schedule"], State=state, Tags=_pairs(row["tags"]))


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
