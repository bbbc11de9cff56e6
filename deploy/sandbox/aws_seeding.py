"""Fills the demo's AWS with its made-up company, through the same API that everybody uses. Edge."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from deploy.sandbox.aws_services import Services
from engine.clouds.aws.session import Sessions
from engine.settings import AccountSettings

Row = Mapping[str, Any]
# More at once make the server's threads fight over one processor: twelve took it twice the time and memory of three.
AT_ONCE = 3
_IMAGE = "ami-0a1b2c3d4e5f60718"
_ROLE = "functions"
_LAMBDA_MAY_TAKE_IT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class Seeding:
    """Makes the rows of `aws_estate.yaml` come true in the accounts."""

    def __init__(self, accounts: Sequence[AccountSettings], sessions: Sessions, now: datetime) -> None:
        self._ids = {account.name: account.id for account in accounts}
        self._sessions = sessions
        self._now = now
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._instances: dict[tuple[str, str, str], str] = {}

    async def run(self, estate: Mapping[str, Sequence[Row]]) -> None:
        """Everything; first what the rest hangs on: the role that functions run as, and the instances."""
        await self._all([*(self._role(own_id) for own_id in self._ids.values()), *(self._instance(row) for row in estate["instances"])])
        await self._all(
            [
                *(self._volume(row) for row in estate["volumes"]),
                *(self._database(row) for row in estate["databases"]),
                *(self._bucket(row) for row in estate["buckets"]),
                *(self._function(row) for row in estate["functions"]),
                *(self._security_group(row) for row in estate["security_groups"]),
                *Services(self._client, self._ids, self._instances).work(estate),
                self._loads(estate["instances"]),
            ]
        )

    async def _all(self, work: Iterable[Awaitable[None]]) -> None:
        async def one(piece: Awaitable[None]) -> None:
            async with self._turn:
                await piece

        await asyncio.gather(*(one(piece) for piece in work))

    async def _client(self, row: Row, service: str) -> Any:
        return await self._sessions.client(self._ids[row["account"]], service, row["region"], "change")

    async def _role(self, account_id: str) -> None:
        iam = await self._sessions.client(account_id, "iam", "us-east-1", "change")
        await iam.create_role(RoleName=_ROLE, AssumeRolePolicyDocument=json.dumps(_LAMBDA_MAY_TAKE_IT))

    async def _instance(self, row: Row) -> None:
        ec2 = await self._client(row, "ec2")
        answer = await ec2.run_instances(
            ImageId=_IMAGE,
            MinCount=1,
            MaxCount=1,
            InstanceType=row["type"],
            MetadataOptions={"HttpTokens": "required" if row.get("imdsv2") else "optional"},
            NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": bool(row.get("public"))}],
            TagSpecifications=_tagged("instance", row),
        )
        own_id = answer["Instances"][0]["InstanceId"]
        self._instances[row["account"], row["region"], row["name"]] = own_id
        if row.get("stopped"):
            await ec2.stop_instances(InstanceIds=[own_id])

    async def _volume(self, row: Row) -> None:
        ec2 = await self._client(row, "ec2")
        made = await ec2.create_volume(
            AvailabilityZone=f"{row['region']}a",
            Size=row["size_gb"],
            VolumeType="gp3",
            Encrypted=row["encrypted"],
            TagSpecifications=_tagged("volume", row),
        )
        if name := row.get("attached_to"):
            instance = self._instances[row["account"], row["region"], name]
            await ec2.attach_volume(VolumeId=made["VolumeId"], InstanceId=instance, Device="/dev/sdf")

    async def _database(self, row: Row) -> None:
        rds = await self._client(row, "rds")
        await rds.create_db_instance(
            DBInstanceIdentifier=row["name"],
            DBInstanceClass=row["class"],
            Engine=row["engine"],
            EngineVersion=row["version"],
            AllocatedStorage=row["size_gb"],
            MasterUsername="owner",
            MasterUserPassword="made-up-for-the-demo",
            MultiAZ=row["multi_az"],
            StorageEncrypted=row["encrypted"],
            PubliclyAccessible=row["public"],
            BackupRetentionPeriod=row["backup_days"],
            DeletionProtection=row["protected"],
            Tags=_pairs(row["tags"]),
        )
        if row.get("stopped"):
            await rds.stop_db_instance(DBInstanceIdentifier=row["name"])

    async def _bucket(self, row: Row) -> None:
        s3 = await self._client(row, "s3")
        name = {"Bucket": row["name"]}
        elsewhere = {} if row["region"] == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": row["region"]}}
        await s3.create_bucket(**name, **elsewhere)
        if row["blocked"]:
            guards = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
            await s3.put_public_access_block(**name, PublicAccessBlockConfiguration=dict.fromkeys(guards, True))
        if row["encryption"]:
            rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": row["encryption"]}}
            await s3.put_bucket_encryption(**name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        if row["versioning"]:
            await s3.put_bucket_versioning(**name, VersioningConfiguration={"Status": "Enabled"})
        if row["tags"]:
            await s3.put_bucket_tagging(**name, Tagging={"TagSet": _pairs(row["tags"])})

    async def _function(self, row: Row) -> None:
        functions = await self._client(row, "lambda")
        await functions.create_function(
            FunctionName=row["name"],
            Runtime=row["runtime"],
            Role=f"arn:aws:iam::{self._ids[row['account']]}:role/{_ROLE}",
            Handler="main.handle",
            Code={"ZipFile": _code()},
            MemorySize=row["memory_mb"],
            Tags=dict(row["tags"]),
        )

    async def _security_group(self, row: Row) -> None:
        ec2 = await self._client(row, "ec2")
        made = await ec2.create_security_group(
            GroupName=row["name"], Description=f"for {row['name']}", TagSpecifications=_tagged("security-group", row, named=False)
        )
        permission = {"IpProtocol": row["protocol"], "FromPort": row["port"], "ToPort": row["port"], "IpRanges": [{"CidrIp": row["cidr"]}]}
        await ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=[permission])

    async def _loads(self, rows: Sequence[Row]) -> None:
        """A week of CPU load for every running instance, a value a day, so that some turn out idle."""
        by_place: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows:
            if "cpu" in row:
                by_place[row["account"], row["region"]].append(row)
        for some in by_place.values():
            cloudwatch = await self._client(some[0], "cloudwatch")
            values = [self._load(row, days) for row in some for days in range(1, 7)]
            await cloudwatch.put_metric_data(Namespace="AWS/EC2", MetricData=values)

    def _load(self, row: Row, days: int) -> dict[str, Any]:
        instance = self._instances[row["account"], row["region"], row["name"]]
        return {
            "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "InstanceId", "Value": instance}],
            "Timestamp": self._now - timedelta(days=days),
            "Value": row["cpu"],
            "Unit": "Percent",
        }


def _tagged(kind: str, row: Row, *, named: bool = True) -> list[dict[str, Any]]:
    tags = {"Name": row["name"], **row["tags"]} if named else row["tags"]
    return [{"ResourceType": kind, "Tags": _pairs(tags)}] if tags else []


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _code() -> bytes:
    """The smallest function there is, zipped as Lambda wants it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("main.py", "def handle(event, context):\n    return event\n")
    return archive.getvalue()
