"""Changes to S3 buckets, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, TAG_KEY, TAG_VALUE, reopened, switched, tag_as_before
from engine.clouds.operation import Operation, OperationClass, Parameter

BUCKET = frozenset({"AWS::S3::Bucket"})
TAG, UNTAG = "s3:PutBucketTagging", "s3:PutBucketTagging:remove"
VERSIONS, SUSPEND = "s3:PutBucketVersioning", "s3:PutBucketVersioning:suspend"
# A permission of its own name: the API calls it PutBucketEncryption.
WITH_KMS, WITH_S3 = "s3:PutEncryptionConfiguration", "s3:PutEncryptionConfiguration:s3"
_TAGS = ("aws", "s3api", "put-bucket-tagging", "--bucket", "{name}", "--tagging")
_VERSIONING = ("aws", "s3api", "put-bucket-versioning", "--bucket", "{name}", "--versioning-configuration")
_ENCRYPTION = ("aws", "s3api", "put-bucket-encryption", "--bucket", "{name}", "--server-side-encryption-configuration")

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
        name=TAG,
        cloud="aws",
        native_types=BUCKET,
        kind=OperationClass.TAG,
        title="Tag",
        command=(*_TAGS, "TagSet=[{Key={$key},Value={$value}}]", *IN_REGION),
        promise={"tags.$key": "$value"},
        takes=(TAG_KEY, TAG_VALUE),
        inverse=tag_as_before(TAG, UNTAG),
        permissions=("s3:GetBucketTagging",),
        repeatable=True,
    ),
    Operation(
        name=UNTAG,
        cloud="aws",
        native_types=BUCKET,
        kind=OperationClass.TAG,
        title="Untag",
        # S3 has no call for one tag: all others are put again.
        command=(*_TAGS, "TagSet=[all-but-{$key}]", *IN_REGION),
        promise={"tags.$key": ""},
        takes=(TAG_KEY,),
        inverse=tag_as_before(TAG, UNTAG),
        permissions=("s3:GetBucketTagging",),
        repeatable=True,
    ),
    Operation(
        name=VERSIONS,
        cloud="aws",
        native_types=BUCKET,
        kind=OperationClass.GUARD,
        title="Enable versioning",
        command=(*_VERSIONING, "Status=Enabled", *IN_REGION),
        promise={"properties.versioning": True},
        inverse=switched(VERSIONS, "versioning", SUSPEND),
        repeatable=True,
    ),
    Operation(
        name=SUSPEND,
        cloud="aws",
        native_types=BUCKET,
        kind=OperationClass.EXPOSE,
        title="Suspend versioning",
        command=(*_VERSIONING, "Status=Suspended", *IN_REGION),
        promise={"properties.versioning": False},
        inverse=switched(SUSPEND, "versioning", VERSIONS, on=False),
        repeatable=True,
    ),
    Operation(
        name=WITH_KMS,
        cloud="aws",
        native_types=BUCKET,
        kind=OperationClass.GUARD,
        title="Encrypt with KMS",
        command=(
            *_ENCRYPTION,
            "Rules=[{ApplyServerSideEncryptionByDefault={SSEAlgorithm=aws:kms},BucketKeyEnabled=true}]",
            *IN_REGION,
        ),
        promise={"properties.encryption": "aws:kms"},
        inverse=switched(WITH_KMS, "encryption", WITH_S3, on="aws:kms"),
        repeatable=True,
    ),
    Operation(
        name=WITH_S3,
        cloud="aws",
        native_types=BUCKET,
        kind=OperationClass.EXPOSE,
        title="Encrypt with S3's own keys",
        command=(*_ENCRYPTION, "Rules=[{ApplyServerSideEncryptionByDefault={SSEAlgorithm=AES256}}]", *IN_REGION),
        promise={"properties.encryption": "AES256"},
        inverse=switched(WITH_S3, "encryption", WITH_KMS, on="AES256"),
        repeatable=True,
    ),
)
