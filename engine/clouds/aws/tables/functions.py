"""Changes to Lambda functions, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, tagging
from engine.clouds.operation import Arguments, Inverse, Operation, OperationClass, Parameter
from engine.estate.resource import Resource

FUNCTION = frozenset({"AWS::Lambda::Function"})
DISABLE, LIMIT, ENABLE = "lambda:PutFunctionConcurrency", "lambda:PutFunctionConcurrency:limit", "lambda:DeleteFunctionConcurrency"
_PUT = ("aws", "lambda", "put-function-concurrency", "--function-name", "{name}", "--reserved-concurrent-executions")


def limited_as_before(resource: Resource, _arguments: Arguments) -> Inverse:
    """Back to the reserve it had: none, nothing at all, or so many."""
    reserved = resource.properties.get("reserved_concurrency")
    if reserved is None:
        return Inverse(ENABLE)
    return Inverse(LIMIT, {"reserved": reserved}) if reserved else Inverse(DISABLE)


TABLE: tuple[Operation, ...] = (
    *tagging(
        "lambda",
        FUNCTION,
        ("TagResource", "UntagResource"),
        (
            ("aws", "lambda", "tag-resource", "--resource", "{id}", "--tags", "{$key}={$value}"),
            ("aws", "lambda", "untag-resource", "--resource", "{id}", "--tag-keys", "{$key}"),
        ),
    ),
    Operation(
        name=DISABLE,
        cloud="aws",
        native_types=FUNCTION,
        kind=OperationClass.POWER,
        title="Disable",
        command=(*_PUT, "0", *IN_REGION),
        promise={"state": "disabled"},
        inverse=limited_as_before,
        repeatable=True,
    ),
    Operation(
        name=LIMIT,
        cloud="aws",
        native_types=FUNCTION,
        kind=OperationClass.POWER,
        title="Enable within its reserve",
        command=(*_PUT, "{$reserved}", *IN_REGION),
        promise={"state": "active", "properties.reserved_concurrency": "$reserved"},
        takes=(Parameter("reserved", "integer", meaning="how many may run at once, taken from the account's total"),),
        inverse=limited_as_before,
        repeatable=True,
    ),
    Operation(
        name=ENABLE,
        cloud="aws",
        native_types=FUNCTION,
        kind=OperationClass.POWER,
        title="Enable",
        command=("aws", "lambda", "delete-function-concurrency", "--function-name", "{name}", *IN_REGION),
        promise={"state": "active"},
        inverse=limited_as_before,
        repeatable=True,
    ),
)
