"""S3 buckets with what guards them. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.clouds.aws.scanner import Ask, Detail, Facts, Kind, Place, Raw, Scanner, built, tags_of
from engine.estate.resource import Resource

KIND = Kind("object_storage", "AWS::S3::Bucket", "s3", "bucket")
GUARDS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
# Two regions are older than the naming scheme.
_OLD_NAMES = {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}


def to_resource(raw: Raw, place: Place) -> Resource | None:
    """The bucket, None where its region could not be learned. A property that could not be learned is left out, never guessed."""
    region = raw.get("BucketRegion") or raw.get("Location")
    if not region:
        return None
    name = raw["Name"]
    named = {"Block": "public_access_block", "Encryption": "encryption", "Key": "kms_key", "Versioning": "versioning"}
    properties = {ours: raw[theirs] for theirs, ours in named.items() if theirs in raw}
    place = replace(place, region=region)
    return built(KIND, place, Facts(name, name, "active", tags_of(raw.get("Tags")), properties))


def _location(answer: Raw) -> Raw:
    said = answer.get("LocationConstraint")
    return {"Location": _OLD_NAMES.get(said, said)}


def _block(answer: Raw) -> Raw:
    """Blocked means all four guards; a bucket with three of them can still be opened."""
    guards = answer["PublicAccessBlockConfiguration"]
    return {"Block": all(guards.get(guard) for guard in GUARDS)}


def _encryption(answer: Raw) -> Raw:
    default = answer["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    key = {"Key": default["KMSMasterKeyID"]} if default.get("KMSMasterKeyID") else {}
    return {"Encryption": default["SSEAlgorithm"], **key}


def _ask(method: str) -> Callable[[Raw], Ask]:
    return lambda raw: Ask(method, (), {"Bucket": raw["Name"]})


SCANNER = Scanner(
    kind=KIND,
    operation="s3:ListAllMyBuckets",
    # Asked for with a number, AWS tells each bucket's region in the list; a bucket's own policy may forbid to ask for it.
    everything=Ask("list_buckets", ("Buckets",), {"MaxBuckets": 1000}),
    one=lambda own_id: Ask("list_buckets", ("Buckets",), {"Prefix": own_id}),
    item_id="Name",
    to_resource=to_resource,
    global_list=True,
    details=(
        Detail("s3:GetBucketLocation", _ask("get_bucket_location"), _location, when=lambda raw: "BucketRegion" not in raw),
        Detail(
            "s3:GetBucketPublicAccessBlock",
            _ask("get_public_access_block"),
            _block,
            absent=frozenset({"NoSuchPublicAccessBlockConfiguration"}),
            silence={"Block": False},
        ),
        Detail(
            "s3:GetEncryptionConfiguration",
            _ask("get_bucket_encryption"),
            _encryption,
            absent=frozenset({"ServerSideEncryptionConfigurationNotFoundError"}),
            silence={"Encryption": None},
        ),
        Detail(
            "s3:GetBucketVersioning",
            _ask("get_bucket_versioning"),
            lambda answer: {"Versioning": answer.get("Status") == "Enabled"},
        ),
        Detail(
            "s3:GetBucketTagging",
            _ask("get_bucket_tagging"),
            lambda answer: {"Tags": answer["TagSet"]},
            absent=frozenset({"NoSuchTagSet"}),
            silence={"Tags": []},
        ),
    ),
)
