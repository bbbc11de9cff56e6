"""Makes single resources in the demo's AWS for a test to change, through AWS's own API."""

from __future__ import annotations

import io
import zipfile
from itertools import count

from engine.clouds.aws.arn import Arn
from engine.clouds.aws.cloud import AwsCloud
from engine.clouds.aws.session import Sessions
from engine.clouds.operation import Call
from engine.estate.resource import Resource
from engine.settings import AccountSettings

REGION = "us-west-2"
TAGS = [{"Key": "env", "Value": "dev"}]
_numbers = count(1)


def known(account: AccountSettings, native_type: str, name: Arn) -> Resource:
    """Just enough of a resource to read it."""
    return Resource("aws", "", native_type, str(name), name.own_id, account.id, account.name, name.region or REGION, "")


class Maker:
    def __init__(self, account: AccountSettings) -> None:
        self.account = account
        self.sessions = Sessions([account])

    async def close(self) -> None:
        await self.sessions.close()

    async def client(self, service: str):
        return await self.sessions.client(self.account.id, service, REGION, "change")

    def arn(self, service: str, kind: str, own_id: str) -> Arn:
        return Arn(service, REGION, self.account.id, kind, own_id)

    async def instances(self, number: int, **more) -> list[Resource]:
        ec2 = await self.client("ec2")
        tagged = [{"ResourceType": "instance", "Tags": TAGS}]
        made = await ec2.run_instances(
            ImageId="ami-1", MinCount=number, MaxCount=number, InstanceType="t3.micro", TagSpecifications=tagged, **more
        )
        return [known(self.account, "AWS::EC2::Instance", self.arn("ec2", "instance", i["InstanceId"])) for i in made["Instances"]]

    async def instance(self) -> Resource:
        return (await self.instances(1))[0]

    async def stopped_instance(self) -> Resource:
        made = await self.instance()
        await (await self.client("ec2")).stop_instances(InstanceIds=[made.name])
        return made

    async def volume(self) -> Resource:
        ec2 = await self.client("ec2")
        made = await ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=10, TagSpecifications=[{"ResourceType": "volume", "Tags": TAGS}])
        return known(self.account, "AWS::EC2::Volume", self.arn("ec2", "volume", made["VolumeId"]))

    async def security_group(self) -> Resource:
        ec2 = await self.client("ec2")
        made = await ec2.create_security_group(GroupName=f"group-{next(_numbers)}", Description="d")
        return known(self.account, "AWS::EC2::SecurityGroup", self.arn("ec2", "security-group", made["GroupId"]))

    async def volume_snapshot(self) -> Resource:
        volume = await self.volume()
        made = await (await self.client("ec2")).create_snapshot(VolumeId=volume.name)
        return known(self.account, "AWS::EC2::Snapshot", self.arn("ec2", "snapshot", made["SnapshotId"]))

    async def database(self) -> Resource:
        rds = await self.client("rds")
        name = f"made-{next(_numbers)}"
        await rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t3.small",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="owner",
            MasterUserPassword="made-up-here",
            Tags=TAGS,
        )
        return known(self.account, "AWS::RDS::DBInstance", self.arn("rds", "db", name))

    async def stopped_database(self) -> Resource:
        made = await self.database()
        await (await self.client("rds")).stop_db_instance(DBInstanceIdentifier=made.name)
        return made

    async def database_snapshot(self) -> Resource:
        database = await self.database()
        name = f"snap-{next(_numbers)}"
        await (await self.client("rds")).create_db_snapshot(DBInstanceIdentifier=database.name, DBSnapshotIdentifier=name)
        return known(self.account, "AWS::RDS::DBSnapshot", self.arn("rds", "snapshot", name))

    async def bucket(self, *, tagged: bool = True) -> Resource:
        s3 = await self.client("s3")
        name = f"made-bucket-{self.account.id}-{next(_numbers)}"
        await s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        if tagged:
            await s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [*TAGS, {"Key": "team", "Value": "core"}]})
        return known(self.account, "AWS::S3::Bucket", Arn("s3", "", "", "bucket", name))

    async def untagged_bucket(self) -> Resource:
        return await self.bucket(tagged=False)

    async def blocked_bucket(self) -> Resource:
        made = await self.bucket()
        guards = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        s3 = await self.client("s3")
        await s3.put_public_access_block(Bucket=made.name, PublicAccessBlockConfiguration=dict.fromkeys(guards, True))
        return made

    async def function(self) -> Resource:
        iam = await self.client("iam")
        name = f"made-{next(_numbers)}"
        role = await iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as zipped:
            zipped.writestr("main.py", "")
        await (await self.client("lambda")).create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=role["Role"]["Arn"],
            Handler="main.h",
            Code={"ZipFile": archive.getvalue()},
            Tags={"env": "dev"},
        )
        return known(self.account, "AWS::Lambda::Function", self.arn("lambda", "function", name))


async def seen(cloud: AwsCloud, resource: Resource) -> Resource:
    """The resource as the cloud has it; it must be there."""
    found = await cloud.read(resource)
    assert found is not None
    return found


def call(operation: str, resource: Resource, token: str = "", **arguments) -> Call:
    return Call(operation, resource, arguments, token or f"token-{next(_numbers)}")
