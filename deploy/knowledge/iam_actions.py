"""Where an AWS operation is checked as another action than its own name; from the service authorisation reference. Pure."""

from __future__ import annotations

PREFIXES = {
    "budgets": "budgets",
    "cloudcontrol": "cloudformation",
    "connectparticipant": "connect",
    "iot-data": "iot",
    "iot-jobs-data": "iotjobsdata",
    "iotsecuretunneling": "iot",
    "keyspaces": "cassandra",
    "mturk": "mechanicalturk",
    "resourcegroupstaggingapi": "tag",
}
"""Services whose actions carry a prefix that neither their endpoint nor their signature names."""

BUCKET = {
    "AccelerateConfiguration": "AccelerateConfiguration",
    "Acl": "BucketAcl",
    "AnalyticsConfiguration": "AnalyticsConfiguration",
    "Cors": "BucketCORS",
    "Encryption": "EncryptionConfiguration",
    "IntelligentTieringConfiguration": "IntelligentTieringConfiguration",
    "InventoryConfiguration": "InventoryConfiguration",
    "Lifecycle": "LifecycleConfiguration",
    "LifecycleConfiguration": "LifecycleConfiguration",
    "MetricsConfiguration": "MetricsConfiguration",
    "Notification": "BucketNotification",
    "NotificationConfiguration": "BucketNotification",
    "Replication": "ReplicationConfiguration",
}


def _buckets() -> dict[tuple[str, str], str]:
    """S3 has one action to get a setting and one to put it; deleting it is putting it too."""
    verbs = {"Get": "Get", "Put": "Put", "Delete": "Put"}
    return {("s3", f"{verb}Bucket{api}"): f"s3:{does}{action}" for api, action in BUCKET.items() for verb, does in verbs.items()}


ACTIONS: dict[tuple[str, str], str] = {
    **_buckets(),
    ("s3", "AbortMultipartUpload"): "s3:AbortMultipartUpload",
    ("s3", "CompleteMultipartUpload"): "s3:PutObject",
    ("s3", "CopyObject"): "s3:PutObject",
    ("s3", "CreateMultipartUpload"): "s3:PutObject",
    ("s3", "DeleteBucketTagging"): "s3:PutBucketTagging",
    ("s3", "DeleteObjects"): "s3:DeleteObject",
    ("s3", "DeletePublicAccessBlock"): "s3:PutBucketPublicAccessBlock",
    ("s3", "GetObjectLockConfiguration"): "s3:GetBucketObjectLockConfiguration",
    ("s3", "GetPublicAccessBlock"): "s3:GetBucketPublicAccessBlock",
    ("s3", "HeadBucket"): "s3:ListBucket",
    ("s3", "HeadObject"): "s3:GetObject",
    ("s3", "ListBuckets"): "s3:ListAllMyBuckets",
    ("s3", "ListDirectoryBuckets"): "s3express:ListAllMyDirectoryBuckets",
    ("s3", "ListMultipartUploads"): "s3:ListBucketMultipartUploads",
    ("s3", "ListObjectVersions"): "s3:ListBucketVersions",
    ("s3", "ListObjects"): "s3:ListBucket",
    ("s3", "ListObjectsV2"): "s3:ListBucket",
    ("s3", "ListParts"): "s3:ListMultipartUploadParts",
    ("s3", "PutObjectLockConfiguration"): "s3:PutBucketObjectLockConfiguration",
    ("s3", "PutPublicAccessBlock"): "s3:PutBucketPublicAccessBlock",
    ("s3", "SelectObjectContent"): "s3:GetObject",
    ("s3", "UploadPart"): "s3:PutObject",
    ("s3", "UploadPartCopy"): "s3:PutObject",
    ("s3control", "DeletePublicAccessBlock"): "s3:PutAccountPublicAccessBlock",
    ("s3control", "GetPublicAccessBlock"): "s3:GetAccountPublicAccessBlock",
    ("s3control", "PutPublicAccessBlock"): "s3:PutAccountPublicAccessBlock",
    ("budgets", "CreateBudget"): "budgets:ModifyBudget",
    ("budgets", "DeleteBudget"): "budgets:ModifyBudget",
    ("budgets", "DescribeBudget"): "budgets:ViewBudget",
    ("budgets", "DescribeBudgets"): "budgets:ViewBudget",
    ("budgets", "UpdateBudget"): "budgets:ModifyBudget",
    ("cloudcontrol", "CreateResource"): "cloudformation:CreateResource",
    ("keyspaces", "CreateKeyspace"): "cassandra:Create",
    ("keyspaces", "CreateTable"): "cassandra:Create",
    ("keyspaces", "DeleteKeyspace"): "cassandra:Drop",
    ("keyspaces", "DeleteTable"): "cassandra:Drop",
    ("keyspaces", "GetKeyspace"): "cassandra:Select",
    ("keyspaces", "GetTable"): "cassandra:Select",
    ("keyspaces", "ListKeyspaces"): "cassandra:Select",
    ("keyspaces", "ListTables"): "cassandra:Select",
    ("keyspaces", "UpdateTable"): "cassandra:Alter",
    ("lambda", "Invoke"): "lambda:InvokeFunction",
    ("lambda", "InvokeAsync"): "lambda:InvokeFunction",
    ("lambda", "InvokeWithResponseStream"): "lambda:InvokeFunction",
}
BY_METHOD = frozenset({"apigateway", "apigatewayv2"})
"""Services whose actions are the HTTP methods: `apigateway:GET`."""
