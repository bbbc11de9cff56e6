"""What the tables of operations share: the arguments of tags, and the ways back. Pure."""

from __future__ import annotations

from collections.abc import Callable

from engine.clouds.operation import Arguments, Inverse, Parameter
from engine.estate.resource import Resource

# AWS keeps keys that begin with `aws:` to itself, and `Name` is a resource's name here, not one of its tags.
TAG_KEY = Parameter("key", pattern=r"(?!aws:)(?!Name$)[\w.:/=+@ -]{1,128}", meaning="the tag's key")
TAG_VALUE = Parameter("value", pattern=r"[\w.:/=+@ -]{0,256}", meaning="the tag's value")

IN_REGION = ("--region", "{region}")

Way = Callable[[Resource, Arguments], Inverse | None]


def by(operation: str) -> Way:
    """The way back is another operation without arguments."""
    return lambda _resource, _arguments: Inverse(operation)


def to_the_old(operation: str, argument: str) -> Way:
    """The way back is the same change to the value that the property of the argument's name had."""
    return lambda resource, _arguments: Inverse(operation, {argument: resource.properties[argument]})


def tag_as_before(put: str, remove: str) -> Way:
    """The way back puts the tag's old value, or removes the tag where there was none."""

    def way(resource: Resource, arguments: Arguments) -> Inverse:
        key = str(arguments["key"])
        if key in resource.tags:
            return Inverse(put, {"key": key, "value": resource.tags[key]})
        return Inverse(remove, {"key": key})

    return way


def bucket_tag_as_before(resource: Resource, arguments: Arguments) -> Inverse:
    """As `tag_as_before`; S3 has no call for one tag, so the empty value stands for none."""
    key = str(arguments["key"])
    return Inverse("s3:PutBucketTagging", {"key": key, "value": resource.tags.get(key, "")})


def reopened(resource: Resource, _arguments: Arguments) -> Inverse:
    """A bucket that was blocked before stays blocked; any other gets back that nothing is blocked at the bucket."""
    if resource.properties.get("public_access_block"):
        return Inverse("s3:PutBucketPublicAccessBlock", {"block": True})
    return Inverse("s3:DeletePublicAccessBlock")
