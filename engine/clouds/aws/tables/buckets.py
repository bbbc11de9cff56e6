"""Changes to S3 buckets, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, TAG_KEY, TAG_VALUE, bucket_tag_as_before, reopened
from engine.clouds.operation import Operation, OperationClass, Parameter

BUCKET = frozenset({"AWS::S3::Bucket"})

TABLE: tuple[Operation, ...] = (
    Operation(
        name="s3:PutBucketPublicAccessBlock",
        cloud="aws",
        native_types=BUCKET,
        kind=OperationClass.PROTECT,
        title="Block public access",
        command=(
            *("aws", "s3api", "put-public-access-block", "--bucket", "{name}", "--public-access-block-configuration"),
            "BlockPublicAcls={$block},IgnorePublicAcls={$block},BlockPublicPolicy={$block},RestrictPublicBuckets={$block}",
            *IN_REGION,
        ),
        promise={"properties.public_access_block": "$block"},
        takes=(Parameter("block", "boolean", meaning="true sets all four guards; opening is s3:DeletePublicAccessBlock"),),
        inverse=reopened,
        repeatable=True,
    ),
    Operation(
        name="s3:DeletePublicAccessBlock",
        cloud="aws",
        native_types=BUCKET,
        kind=OperationClass.EXPOSE,
        title="Allow public access",
        command=("aws", "s3api", "delete-public-access-block", "--bucket", "{name}", *IN_REGION),
        promise={"properties.public_access_block": False},
        inverse=reopened,
        permissions=("s3:PutBucketPublicAccessBlock",),
        repeatable=True,
    ),
    Operation(
        name="s3:PutBucketTagging",
        cloud="aws",
        native_types=BUCKET,
        kind=OperationClass.TAG,
        title="Tag",
        command=(
            *("aws", "s3api", "put-bucket-tagging", "--bucket", "{name}"),
            *("--tagging", "TagSet=[{Key={$key},Value={$value}}]", *IN_REGION),
        ),
        promise={"tags.$key": "$value"},
        takes=(TAG_KEY, TAG_VALUE),
        inverse=bucket_tag_as_before,
        permissions=("s3:GetBucketTagging",),
        repeatable=True,
    ),
)
