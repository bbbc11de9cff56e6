"""Makes single resources of the services around the machines, for a test to change, through AWS's own API."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from engine.clouds.aws import arn
from engine.clouds.aws.arn import Arn
from engine.estate.resource import Resource
from tests.engine.clouds.aws.makers import REGION, TAGS, Maker, known, seen

__all__ = ["MAPPED", "ServiceMaker", "as_left", "seen"]
_numbers = count(1)
MAPPED = {"env": "dev"}


class ServiceMaker(Maker):
    """Everything `Maker` makes, and the kinds that need more than one call."""

    def _known(self, native_type: str, name: str | Arn) -> Resource:
        return known(self.account, native_type, arn.parse(name) if isinstance(name, str) else name)

    def _name(self, kind: str) -> str:
        return f"made-{kind}-{next(_numbers)}"

    async def tagged_volume_snapshot(self) -> Resource:
        made = await self.volume_snapshot()
        await (await self.client("ec2")).create_tags(Resources=[made.name], Tags=TAGS)
        return made

    async def tagged_security_group(self) -> Resource:
        made = await self.security_group()
        await (await self.client("ec2")).create_tags(Resources=[made.name], Tags=TAGS)
        return made

    async def tagged_database_snapshot(self) -> Resource:
        made = await self.database_snapshot()
        await (await self.client("rds")).add_tags_to_resource(ResourceName=made.id, Tags=TAGS)
        return made

    async def protected_instance(self) -> Resource:
        """Protected after its start: moto does not hear it at the start."""
        made = await self.instance()
        await (await self.client("ec2")).modify_instance_attribute(InstanceId=made.name, DisableApiTermination={"Value": True})
        return made

    async def attached_volume(self) -> Resource:
        volume, instance = await self.volume(), await self.instance()
        await (await self.client("ec2")).attach_volume(VolumeId=volume.name, InstanceId=instance.name, Device="/dev/sdf")
        return volume

    async def database_with(self, **settings: Any) -> Resource:
        made = await self.database()
        await (await self.client("rds")).modify_db_instance(DBInstanceIdentifier=made.name, ApplyImmediately=True, **settings)
        return made

    async def protected_database(self) -> Resource:
        return await self.database_with(DeletionProtection=True)

    async def unguarded_database(self) -> Resource:
        return await self.database_with(BackupRetentionPeriod=0)

    async def doubled_database(self) -> Resource:
        return await self.database_with(MultiAZ=True)

    async def versioned_bucket(self) -> Resource:
        made = await self.bucket()
        await (await self.client("s3")).put_bucket_versioning(Bucket=made.name, VersioningConfiguration={"Status": "Enabled"})
        return made

    async def encrypted_bucket(self, algorithm: str = "AES256") -> Resource:
        made = await self.bucket()
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
        await (await self.client("s3")).put_bucket_encryption(Bucket=made.name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        return made

    async def kms_bucket(self) -> Resource:
        return await self.encrypted_bucket("aws:kms")

    async def disabled_function(self, reserved: int = 0) -> Resource:
        made = await self.function()
        functions = await self.client("lambda")
        await functions.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=reserved)
        return made

    async def limited_function(self) -> Resource:
        return await self.disabled_function(7)

    async def scaling_group(self, number: int = 2) -> Resource:
        groups, name = await self.client("autoscaling"), self._name("group")
        await groups.create_launch_configuration(LaunchConfigurationName=name, ImageId="ami-1", InstanceType="t3.micro")
        await groups.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName=name,
            MinSize=0,
            MaxSize=6,
            DesiredCapacity=number,
            AvailabilityZones=[f"{REGION}a"],
            Tags=[{"Key": "env", "Value": "dev", "PropagateAtLaunch": True}],
        )
        found = await groups.describe_auto_scaling_groups(AutoScalingGroupNames=[name])
        return self._known("AWS::AutoScaling::AutoScalingGroup", found["AutoScalingGroups"][0]["AutoScalingGroupARN"])

    async def address(self) -> Resource:
        marked = [{"ResourceType": "elastic-ip", "Tags": TAGS}]
        made = await (await self.client("ec2")).allocate_address(Domain="vpc", TagSpecifications=marked)
        return self._known("AWS::EC2::EIP", self.arn("ec2", "elastic-ip", made["AllocationId"]))

    async def attached_address(self) -> Resource:
        made, instance = await self.address(), await self.instance()
        own = arn.parse(made.id).own_id
        await (await self.client("ec2")).associate_address(AllocationId=own, InstanceId=instance.name)
        return made

    async def container_service(self) -> Resource:
        ecs, name = await self.client("ecs"), self._name("service")
        await ecs.create_cluster(clusterName=name)
        containers = [{"name": "web", "image": "web:1", "memory": 128}]
        await ecs.register_task_definition(family=name, containerDefinitions=containers)
        made = await ecs.create_service(
            cluster=name, serviceName="web", taskDefinition=name, desiredCount=2, tags=[{"key": "env", "value": "dev"}]
        )
        return self._known("AWS::ECS::Service", made["service"]["serviceArn"])

    async def table(self, **settings: Any) -> Resource:
        made = await (await self.client("dynamodb")).create_table(
            TableName=self._name("table"),
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=TAGS,
            **settings,
        )
        return self._known("AWS::DynamoDB::Table", made["TableDescription"]["TableArn"])

    async def protected_table(self) -> Resource:
        return await self.table(DeletionProtectionEnabled=True)

    async def recoverable_table(self) -> Resource:
        made = await self.table()
        await (await self.client("dynamodb")).update_continuous_backups(
            TableName=made.name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        return made

    async def table_backup(self) -> Resource:
        table = await self.table()
        made = await (await self.client("dynamodb")).create_backup(TableName=table.name, BackupName=self._name("backup"))
        return self._known("AWS::DynamoDB::Backup", made["BackupDetails"]["BackupArn"])

    async def queue(self) -> Resource:
        sqs, name = await self.client("sqs"), self._name("queue")
        made = await sqs.create_queue(QueueName=name, tags=MAPPED)
        for text in ("one", "two"):
            await sqs.send_message(QueueUrl=made["QueueUrl"], MessageBody=text)
        return self._known("AWS::SQS::Queue", self.arn("sqs", "queue", name))

    async def key(self) -> Resource:
        kms = await self.client("kms")
        made = await kms.create_key(Description="made", Tags=[{"TagKey": "env", "TagValue": "dev"}])
        return self._known("AWS::KMS::Key", made["KeyMetadata"]["Arn"])

    async def disabled_key(self) -> Resource:
        made = await self.key()
        await (await self.client("kms")).disable_key(KeyId=made.name)
        return made

    async def rotating_key(self) -> Resource:
        made = await self.key()
        await (await self.client("kms")).enable_key_rotation(KeyId=made.name)
        return made

    async def log_group(self) -> Resource:
        name = f"/aws/lambda/{self._name('logs')}"
        await (await self.client("logs")).create_log_group(logGroupName=name, tags=MAPPED)
        return self._known("AWS::Logs::LogGroup", self.arn("logs", "log-group", name))

    async def load_balancer(self) -> Resource:
        ec2 = await self.client("ec2")
        zones = (await ec2.describe_subnets())["Subnets"]
        made = await (await self.client("elbv2")).create_load_balancer(
            Name=self._name("lb"), Subnets=[one["SubnetId"] for one in zones[:2]], Scheme="internal", Tags=TAGS
        )
        return self._known("AWS::ElasticLoadBalancingV2::LoadBalancer", made["LoadBalancers"][0]["LoadBalancerArn"])

    async def protected_load_balancer(self) -> Resource:
        made = await self.load_balancer()
        guard = [{"Key": "deletion_protection.enabled", "Value": "true"}]
        await (await self.client("elbv2")).modify_load_balancer_attributes(LoadBalancerArn=made.id, Attributes=guard)
        return made

    async def balanced_instance(self, balancer: Resource) -> Resource:
        """An instance in a target group of the load balancer."""
        instance, elb = await self.instance(), await self.client("elbv2")
        vpc = (await (await self.client("ec2")).describe_vpcs())["Vpcs"][0]["VpcId"]
        group = await elb.create_target_group(Name=self._name("tg"), Protocol="HTTP", Port=80, VpcId=vpc, TargetType="instance")
        (made,) = group["TargetGroups"]
        to = [{"Type": "forward", "TargetGroupArn": made["TargetGroupArn"]}]
        await elb.create_listener(LoadBalancerArn=balancer.id, Protocol="HTTP", Port=80, DefaultActions=to)
        await elb.register_targets(TargetGroupArn=made["TargetGroupArn"], Targets=[{"Id": instance.name, "Port": 80}])
        return instance

    async def served_instance(self) -> Resource:
        """An instance behind two load balancers, as a sweep knows it: with its registrations."""
        instance = await self.balanced_instance(await self.load_balancer())
        other, elb = await self.load_balancer(), await self.client("elbv2")
        vpc = (await (await self.client("ec2")).describe_vpcs())["Vpcs"][0]["VpcId"]
        group = await elb.create_target_group(Name=self._name("tg"), Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="instance")
        second = group["TargetGroups"][0]["TargetGroupArn"]
        to = [{"Type": "forward", "TargetGroupArn": second}]
        await elb.create_listener(LoadBalancerArn=other.id, Protocol="HTTP", Port=80, DefaultActions=to)
        await elb.register_targets(TargetGroupArn=second, Targets=[{"Id": instance.name, "Port": 8080}])
        return await self.as_swept(instance)

    async def drained_instance(self) -> Resource:
        """One that was behind load balancers, and is not now."""
        made, elb = await self.served_instance(), await self.client("elbv2")
        for place in made.properties["target_groups"]:
            group, _, port = place.rpartition(":")
            await elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": made.name, "Port": int(port)}])
        return made

    async def as_swept(self, instance: Resource) -> Resource:
        """With its registrations, which only a sweep asks for: read from AWS's own answers."""
        elb = await self.client("elbv2")
        places = []
        for group in (await elb.describe_target_groups())["TargetGroups"]:
            health = await elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
            targets = (one["Target"] for one in health["TargetHealthDescriptions"])
            places += [f"{group['TargetGroupArn']}:{target['Port']}" for target in targets if target["Id"] == instance.name]
        return replace(instance, properties={"target_groups": sorted(places)})

    async def warehouse(self) -> Resource:
        name = self._name("warehouse")
        await (await self.client("redshift")).create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.large",
            NumberOfNodes=2,
            MasterUsername="owner",
            MasterUserPassword="Made-up-here-1",
            Tags=TAGS,
        )
        return self._known("AWS::Redshift::Cluster", self.arn("redshift", "cluster", name))

    async def paused_warehouse(self) -> Resource:
        made = await self.warehouse()
        await (await self.client("redshift")).pause_cluster(ClusterIdentifier=made.name)
        return made

    async def warehouse_snapshot(self) -> Resource:
        cluster, name = await self.warehouse(), self._name("snapshot")
        await (await self.client("redshift")).create_cluster_snapshot(SnapshotIdentifier=name, ClusterIdentifier=cluster.name)
        return self._known("AWS::Redshift::ClusterSnapshot", self.arn("redshift", "snapshot", f"{cluster.name}/{name}"))

    async def node_pool(self) -> Resource:
        eks, name = await self.client("eks"), self._name("cluster")
        role = f"arn:aws:iam::{self.account.id}:role/nodes"
        subnets = (await (await self.client("ec2")).describe_subnets())["Subnets"]
        own = [one["SubnetId"] for one in subnets[:2]]
        await eks.create_cluster(name=name, roleArn=role, resourcesVpcConfig={"subnetIds": own})
        made = await eks.create_nodegroup(
            clusterName=name,
            nodegroupName="workers",
            nodeRole=role,
            subnets=own,
            scalingConfig={"minSize": 1, "maxSize": 6, "desiredSize": 2},
            tags=MAPPED,
        )
        return self._known("AWS::EKS::Nodegroup", made["nodegroup"]["nodegroupArn"])

    async def rule(self, bus: str = "default") -> Resource:
        made = await (await self.client("events")).put_rule(
            Name=self._name("rule"), ScheduleExpression="rate(1 day)", EventBusName=bus, Tags=TAGS
        )
        return self._known("AWS::Events::Rule", made["RuleArn"])

    async def disabled_rule(self) -> Resource:
        made = await self.rule()
        await (await self.client("events")).disable_rule(Name=made.name)
        return made


def as_left(resource: Resource) -> Resource:
    """Without what AWS gives anew: a public address at a start, an id at an association, instances and tasks at a scaling."""
    passing: dict[str, Any] = {"public_ip": None, "association_id": None, "instances": None, "running": None}
    if resource.type == "ip_address":
        passing["instance_id"] = None  # moto forgets the instance of an address that was given to its interface
    return replace(resource, properties={**resource.properties, **passing})
