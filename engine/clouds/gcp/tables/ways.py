"""What Google Cloud's tables share: where a resource is on a command line, labels' keys and values, and ways back. Pure."""

from __future__ import annotations

from collections.abc import Callable

from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

Way = Callable[[Resource, Arguments], Inverse | None]

IN_ZONE = ("--zone", "{properties.zone}", "--project", "{account}")
IN_PROJECT = ("--project", "{account}")
# `--zone=…`, `--region=…` or `--global`, as the scan saw it.
WHERE = ("{properties.location_flag}", "--project", "{account}")
KEY = Parameter("key", pattern=r"[a-z][a-z0-9_-]{0,62}", meaning="a label's key: lower case, digits, dashes, underscores")
VALUE = Parameter("value", pattern=r"[a-z0-9_-]{0,63}", meaning="a label's value, in lower case; an empty one takes the label off")


def always(operation: str) -> Way:
    return lambda _resource, _arguments: Inverse(operation)


def as_before(operation: str, argument: str, fact: str) -> Way:
    """The same operation with the fact as it was; none where the scan did not bring it."""

    def way(resource: Resource, _arguments: Arguments) -> Inverse | None:
        before = resource.properties.get(fact)
        if before is None or before == "":
            return None
        return Inverse(operation, {argument: before if isinstance(before, bool) else str(before)})

    return way


def unless(fact: str, operation: str) -> Way:
    """The opposite operation, where the fact was not so before."""
    return lambda resource, _arguments: None if resource.properties[fact] else Inverse(operation)


def opposite_of(operation: str) -> str:
    """The name under which labels are taken off where they are set under this one."""
    return f"{operation.removesuffix(':label')}:unlabel"


def labels(
    operation: str, native: frozenset[str], command: tuple[str, ...], *, sets: str = "--update-labels"
) -> tuple[Operation, Operation]:
    """Setting a label and taking one off; both replace the whole set on the wire, so the rest is read and sent along."""
    off = opposite_of(operation)
    permission = operation.partition(":")[0]
    reads = f"{permission.rpartition('.')[0]}.get"

    def back(resource: Resource, arguments: Arguments) -> Inverse | None:
        key = str(arguments["key"])
        return Inverse(operation, {"key": key, "value": resource.tags[key]}) if key in resource.tags else None

    def before(resource: Resource, arguments: Arguments) -> Inverse | None:
        return back(resource, arguments) or Inverse(off, {"key": arguments["key"]})

    def row(name: str, title: str, flags: tuple[str, str], takes: tuple[Parameter, ...]) -> Operation:
        return Operation(
            name=name,
            cloud="gcp",
            native_types=native,
            kind=OperationClass.TAG,
            title=title,
            command=(*command, *flags),
            promise={"tags.$key": "$value" if name == operation else ""},
            takes=takes,
            inverse=before if name == operation else back,
            no_way_back="" if name == operation else "There was no such label.",
            permissions=tuple(dict.fromkeys(one for one in (permission, reads) if one != name)),
            repeatable=True,
            settles_s=60,
        )

    return row(operation, "Label", (sets, "{$key}={$value}"), (KEY, VALUE)), row(off, "Unlabel", ("--remove-labels", "{$key}"), (KEY,))
