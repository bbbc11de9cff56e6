"""What Azure's tables share: how a resource is named on a command line, tags' keys and values, and ways back. Pure."""

from __future__ import annotations

from collections.abc import Callable

from engine.clouds.operation import Arguments, Inverse, Parameter
from engine.estate.resource import Resource

Way = Callable[[Resource, Arguments], Inverse | None]

AT = ("--resource-group", "{properties.resource_group}", "--name", "{name}", "--subscription", "{account}")
# Azure forbids <>%&\?/ in a tag's key; 512 and 256 are its lengths.
KEY = Parameter("key", pattern=r"[^<>%&\\?/\x00-\x1f]{1,512}", meaning="the tag's key; Azure does not mind its case")
VALUE = Parameter("value", pattern=r"[^\x00-\x1f]{0,256}", meaning="the tag's value")


def always(operation: str) -> Way:
    return lambda _resource, _arguments: Inverse(operation)


def when(state: str, operation: str) -> Way:
    """The way back for what was in this state; for all else there was nothing to take back."""
    return lambda resource, _arguments: Inverse(operation) if resource.state == state else None


def as_before(operation: str, argument: str, fact: str) -> Way:
    """The same operation with the fact as it was; none where the scan did not bring it."""

    def way(resource: Resource, _arguments: Arguments) -> Inverse | None:
        before = resource.properties.get(fact)
        if before is None or before == "":
            return None
        return Inverse(operation, {argument: before if isinstance(before, bool) else str(before)})

    return way
