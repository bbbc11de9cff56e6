"""What a change is on the wire: one call of the SDK, and how what it makes is found when its answer was lost. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.clouds.aws import arn
from engine.clouds.aws.scanner import Ask, Raw
from engine.clouds.operation import Call


@dataclass(frozen=True, slots=True)
class Request:
    """One API call that changes something. `service` is the SDK's name; `produced` finds the new resource's ARN in the answer.

    `again` are the arguments of further calls of the same method, for what AWS takes one by one (a target out of each of its groups).
    """

    service: str
    method: str
    arguments: Mapping[str, Any]
    produced: Callable[[Raw], str] = lambda _answer: ""
    again: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Sought:
    """How to find what a call made whose answer was lost: a list to ask for, and the ARN among its items, empty when it made nothing."""

    service: str
    operation: str
    ask: Callable[[Call], Ask]
    found: Callable[[Call, Sequence[Raw]], str]


Build = Callable[[Call], Request]


def own_id(call: Call) -> str:
    """What AWS calls the resource within its account, region and kind. Raises ValueError."""
    return arn.parse(call.resource.id).own_id


def number(call: Call, argument: str) -> int:
    """A whole number that a person typed, or that a property had. Raises KeyError, ValueError."""
    return int(call.arguments[argument])


def tag(call: Call, key: str = "Key", value: str = "Value") -> dict[str, Any]:
    """The tag of the call as AWS's pair; without its value where the call has none. Services differ in the two words. Raises KeyError."""
    named = {key: call.arguments["key"]}
    return {**named, value: call.arguments["value"]} if "value" in call.arguments else named


def tag_mapped(call: Call) -> dict[str, str]:
    """The tag as services take it that want a mapping. Raises KeyError."""
    return {str(call.arguments["key"]): str(call.arguments["value"])}


def on_own_id(service: str, method: str, argument: str, **more: Any) -> Build:
    """A call that names the resource by its own id under `argument`, and takes nothing of the person's."""
    return lambda call: Request(service, method, {argument: own_id(call), **more})


def on_arn(service: str, method: str, argument: str, more: Callable[[Call], Mapping[str, Any]]) -> Build:
    """A call that names the resource by its ARN under `argument`."""
    return lambda call: Request(service, method, {argument: call.resource.id, **more(call)})


def key_named(argument: str) -> Callable[[Call], Mapping[str, Any]]:
    """The one key of a tag that goes, as a list under `argument`."""
    return lambda call: {argument: [call.arguments["key"]]}
