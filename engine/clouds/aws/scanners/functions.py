"""Lambda functions. Pure: declares the calls and maps their answers."""

from __future__ import annotations

from engine.clouds.aws.scanner import Ask, Detail, Facts, Kind, Place, Raw, Scanner, built, known
from engine.estate.resource import Resource

KIND = Kind("function", "AWS::Lambda::Function", "lambda", "function")


def to_resource(raw: Raw, place: Place) -> Resource | None:
    own_id = raw["FunctionName"]
    reserved = raw.get("ReservedConcurrentExecutions")
    properties = {
        "runtime": raw.get("Runtime", "container"),
        "memory_mb": raw.get("MemorySize", 0),
        **known(reserved_concurrency=reserved),
    }
    # Without anything reserved to it a function is never run.
    state = "disabled" if reserved == 0 else "active"
    return built(KIND, place, Facts(own_id, own_id, state, dict(raw.get("Tags", {})), properties))


SCANNER = Scanner(
    kind=KIND,
    operation="lambda:ListFunctions",
    everything=Ask("list_functions", ("Functions",)),
    one=lambda own_id: Ask("get_function_configuration", (), {"FunctionName": own_id}),
    item_id="FunctionName",
    to_resource=to_resource,
    details=(
        Detail(
            operation="lambda:ListTags",
            ask=lambda raw: Ask("list_tags", (), {"Resource": raw["FunctionArn"]}),
            fact=lambda answer: {"Tags": answer.get("Tags", {})},
        ),
        Detail(
            operation="lambda:GetFunctionConcurrency",
            ask=lambda raw: Ask("get_function_concurrency", (), {"FunctionName": raw["FunctionName"]}),
            fact=lambda answer: known(ReservedConcurrentExecutions=answer.get("ReservedConcurrentExecutions")),
        ),
    ),
    also=("lambda:GetFunctionConfiguration",),
)
