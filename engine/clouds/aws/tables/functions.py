"""Changes to Lambda functions, as a table. Pure."""

from __future__ import annotations

from engine.clouds.aws.tables.ways import IN_REGION, TAG_KEY, TAG_VALUE, tag_as_before
from engine.clouds.operation import Operation, OperationClass

FUNCTION = frozenset({"AWS::Lambda::Function"})

TABLE: tuple[Operation, ...] = (
    Operation(
        name="lambda:TagResource",
        cloud="aws",
        native_types=FUNCTION,
        kind=OperationClass.TAG,
        title="Tag",
        command=("aws", "lambda", "tag-resource", "--resource", "{id}", "--tags", "{$key}={$value}", *IN_REGION),
        promise={"tags.$key": "$value"},
        takes=(TAG_KEY, TAG_VALUE),
        inverse=tag_as_before("lambda:TagResource", "lambda:UntagResource"),
        repeatable=True,
    ),
    Operation(
        name="lambda:UntagResource",
        cloud="aws",
        native_types=FUNCTION,
        kind=OperationClass.TAG,
        title="Untag",
        command=("aws", "lambda", "untag-resource", "--resource", "{id}", "--tag-keys", "{$key}", *IN_REGION),
        promise={"tags.$key": ""},
        takes=(TAG_KEY,),
        inverse=tag_as_before("lambda:TagResource", "lambda:UntagResource"),
        repeatable=True,
    ),
)
