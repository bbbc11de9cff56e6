"""What the tables of operations share: the arguments of tags, and the ways back. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

# AWS keeps keys that begin with `aws:` to itself, and `Name` is a resource's name here, not one of its tags.
TAG_KEY = Parameter("key", pattern=r"(?!aws:)(?!Name$)[\w.:/=+@ -]{1,128}", meaning="the tag's key")
TAG_VALUE = Parameter("value", pattern=r"[\w.:/=+@ -]{0,256}", meaning="the tag's value")

IN_REGION = ("--region", "{region}")
# Numbers come as they were typed, so a pattern bounds them.
COUNT = r"0|[1-9][0-9]{0,3}"
GIBIBYTES = r"[1-9][0-9]{0,4}"

Way = Callable[[Resource, Arguments], Inverse | None]
Argv = tuple[str, ...]


def by(operation: str) -> Way:
    """The way back is another operation without arguments."""
    return lambda _resource, _arguments: Inverse(operation)


def to_the_old(operation: str, argument: str) -> Way:
    """The way back is the same change to the value that the property of the argument's name had."""
    return lambda resource, _arguments: Inverse(operation, {argument: resource.properties[argument]})


def to_what_it_was(operation: str, **properties: str) -> Way:
    """The way back is another operation with the properties' old values as arguments: `desired="desired"`, argument to property."""
    return lambda resource, _arguments: Inverse(operation, {name: resource.properties[known] for name, known in properties.items()})


def switched(there: str, prop: str, back: str, *, on: object = True) -> Way:
    """A switch: where the property was `on` before, the same operation leaves it so; else the way back is the other one."""
    return lambda resource, _arguments: Inverse(there if resource.properties[prop] == on else back)


def tag_as_before(put: str, remove: str) -> Way:
    """The way back puts the tag's old value, or removes the tag where there was none."""

    def way(resource: Resource, arguments: Arguments) -> Inverse:
        key = str(arguments["key"])
        if key in resource.tags:
            return Inverse(put, {"key": key, "value": resource.tags[key]})
        return Inverse(remove, {"key": key})

    return way


def tagging(service: str, native_types: frozenset[str], names: tuple[str, str], commands: tuple[Argv, Argv]) -> tuple[Operation, Operation]:
    """The two operations on a kind's tags; `names` are those of AWS for putting and removing, `commands` their argv without the region."""
    put, remove = (f"{service}:{name}" for name in names)
    same: dict[str, Any] = {"cloud": "aws", "native_types": native_types, "kind": OperationClass.TAG, "repeatable": True}
    back = tag_as_before(put, remove)
    return (
        Operation(
            name=put,
            title="Tag",
            command=(*commands[0], *IN_REGION),
            promise={"tags.$key": "$value"},
            takes=(TAG_KEY, TAG_VALUE),
            inverse=back,
            **same,
        ),
        Operation(
            name=remove,
            title="Untag",
            command=(*commands[1], *IN_REGION),
            promise={"tags.$key": ""},
            takes=(TAG_KEY,),
            inverse=back,
            **same,
        ),
    )


def reopened(resource: Resource, _arguments: Arguments) -> Inverse:
    """A bucket that was blocked before stays blocked; any other gets back that nothing is blocked at the bucket."""
    if resource.properties.get("public_access_block"):
        return Inverse("s3:PutBucketPublicAccessBlock", {"block": True})
    return Inverse("s3:DeletePublicAccessBlock")
