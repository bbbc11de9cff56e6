"""The contract between the bot's side and the AI server: all that ever crosses. Pure; imports pydantic alone.

Nothing in here can name a resource. Targets are handles to groups of alike resources (`g1`), values a person gave are handles too (`v1`);
the engine alone knows what they stand for. Words are closed lists, so that a name cannot slip in where a word belongs. The JSON Schema of both
sides is committed as `ai_server/wire.schema.json` and compared by a test.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

WIRE_VERSION: Literal["1"] = "1"

GroupHandle = Annotated[str, Field(pattern=r"^g[1-9][0-9]{0,3}$")]
ValueHandle = Annotated[str, Field(pattern=r"^v[1-9][0-9]{0,2}$")]
StepHandle = Annotated[str, Field(pattern=r"^s[1-9][0-9]{0,2}$")]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
NativeType = Annotated[str, Field(pattern=r"^[A-Za-z0-9.:/]{1,80}$")]
OperationName = Annotated[str, Field(pattern=r"^[A-Za-z0-9.:/]{3,120}$")]
Argument = ValueHandle | bool | int | Word

RiskLevel = Literal["low", "medium", "high", "critical"]
RISK_ORDER: tuple[RiskLevel, ...] = ("low", "medium", "high", "critical")
CloudName = Literal["aws", "azure", "gcp"]
Environment = Literal["production", "staging", "development", "test", "sandbox", "unknown"]
Action = Literal[
    "start",
    "stop",
    "restart",
    "terminate",
    "resize",
    "tag",
    "untag",
    "snapshot",
    "delete",
    "block_public_access",
    "protect",
    "unprotect",
    "scale",
    "grow",
    "detach",
    "enable",
    "disable",
    "failover",
    "purge",
    "encrypt",
    "enforce_tls",
    "enable_backups",
    "enable_multi_az",
    "enable_rotation",
    "enable_versioning",
    "suspend_versioning",
    "set_retention",
    "drain",
]


class Part(BaseModel):
    """Unknown fields are refused on both sides."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Group(Part):
    """Resources that are alike in everything the server may know; `count` of them stand behind the handle."""

    handle: GroupHandle
    count: int = Field(ge=1, le=1_000_000)
    cloud: CloudName
    type: Word
    native_type: NativeType
    environment: Environment
    state: Word
    engine: Word | Literal[""] = ""
    flags: tuple[Word, ...] = Field(default=(), max_length=16)


class Value(Part):
    """Something a person typed that stays with the engine; the server may put its handle where an argument of that kind belongs."""

    handle: ValueHandle
    kind: Literal["tag_key", "tag_value", "size", "name", "number", "text"]


class Order(Part):
    """What the engine read out of the message: an action and the groups it is about. The server checks it against the message."""

    action: Action
    on: tuple[GroupHandle, ...] = Field(max_length=1000)
    values: tuple[ValueHandle, ...] = Field(default=(), max_length=16)


class Turn(Part):
    """An earlier message of the thread, sealed as the present one."""

    role: Literal["person", "escher"]
    text: str = Field(max_length=4000)


class PlanRequest(Part):
    """One sealed request. `message` is the person's sentence with every mention replaced by a handle or by `[?]`.

    `operations` are those of the plan that the thread is about, for a question about it; they are the provider's public names.
    """

    version: Literal["1"] = WIRE_VERSION
    message: str = Field(max_length=8000)
    orders: tuple[Order, ...] = Field(default=(), max_length=8)
    groups: tuple[Group, ...] = Field(default=(), max_length=1000)
    values: tuple[Value, ...] = Field(default=(), max_length=16)
    turns: tuple[Turn, ...] = Field(default=(), max_length=8)
    operations: tuple[OperationName, ...] = Field(default=(), max_length=32)
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"


class Citation(Part):
    """Where an answer comes from: a playbook, a command or a practice of the server's public knowledge."""

    kind: Literal["playbook", "command", "practice", "equivalent"]
    id: str = Field(max_length=120)
    title: str = Field(max_length=200)


class PlannedStep(Part):
    """One known operation on whole groups. `after` names steps that must have succeeded, target by target, before this one."""

    id: StepHandle
    operation: OperationName
    on: tuple[GroupHandle, ...] = Field(min_length=1, max_length=1000)
    arguments: dict[str, Argument] = Field(default_factory=dict)
    after: tuple[StepHandle, ...] = ()
    why: str = Field(default="", max_length=400)


class LeftOut(Part):
    """A group the plan does not touch, and why: `already stopped`."""

    group: GroupHandle
    reason: str = Field(max_length=200)


class Risk(Part):
    """The server's estimate; the engine may raise it and never takes it lower than its own floor."""

    level: RiskLevel
    reasons: tuple[str, ...] = Field(default=(), max_length=12)


class Plan(Part):
    """A draft. The engine binds it to real targets, checks it, and owns what becomes of it."""

    kind: Literal["plan"] = "plan"
    title: str = Field(max_length=200)
    steps: tuple[PlannedStep, ...] = Field(max_length=64)
    left_out: tuple[LeftOut, ...] = ()
    risk: Risk
    explanation: str = Field(default="", max_length=2000)
    rollback: str = Field(default="", max_length=1000)
    citations: tuple[Citation, ...] = ()


class Answer(Part):
    """Text that answers a question about operations, with its sources. `commands` are examples as a person would type them."""

    kind: Literal["answer"] = "answer"
    text: str = Field(max_length=6000)
    commands: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


class Query(Part):
    """A question about the estate, for the engine to run: everything in it is a word of a closed list. Empty means any.

    `measure`: the things themselves, how many, or what they cost a month; `by` splits the answer up.
    """

    measure: Literal["list", "count", "cost"] = "list"
    types: tuple[Word, ...] = Field(default=(), max_length=16)
    clouds: tuple[CloudName, ...] = Field(default=(), max_length=3)
    environments: tuple[Environment, ...] = Field(default=(), max_length=6)
    states: tuple[Word, ...] = Field(default=(), max_length=8)
    flags: tuple[Word, ...] = Field(default=(), max_length=8)
    by: Literal["", "cloud", "type", "environment", "region", "account", "state"] = ""


class Information(Part):
    """What was asked is known to the engine alone: the question, made into a query."""

    kind: Literal["information"] = "information"
    query: Query
    text: str = Field(default="", max_length=600)
    citations: tuple[Citation, ...] = ()


class Clarification(Part):
    """One short question, with choices where there are any."""

    kind: Literal["clarification"] = "clarification"
    question: str = Field(max_length=600)
    choices: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


class Refusal(Part):
    """What the server will not plan, why, and who can."""

    kind: Literal["refusal"] = "refusal"
    reason: str = Field(max_length=1000)
    who_can: str = Field(default="", max_length=200)
    citations: tuple[Citation, ...] = ()


class Unknown(Part):
    """The server knows no operation or answer for this; `reason` says what it looked for.

    `code` is there where something else than not knowing is behind it: `ungrounded`, a plan that did not hold was held back.
    """

    kind: Literal["unknown"] = "unknown"
    reason: str = Field(max_length=1000)
    citations: tuple[Citation, ...] = ()
    code: Literal["ungrounded"] | None = None


Reply = Annotated[Plan | Answer | Information | Clarification | Refusal | Unknown, Field(discriminator="kind")]


class Understood(Part):
    """How the message was read. `confidence` from 0 to 1; under 0.5 the server says that it does not know."""

    intent: Literal["plan", "how_to", "equivalent", "practice", "capability", "explanation", "estate", "unknown"]
    clouds: tuple[CloudName, ...] = ()
    family: Literal["power", "size", "tags", "copies", "removal", "exposure", "protection", "reading", "other"] = "other"
    confidence: float = Field(ge=0, le=1)


class PlanReply(Part):
    """The reply to a `PlanRequest`. `request_id` is random, for matching logs of both sides; it says nothing of the content.

    `note` is what the person should know beside the reply, in a sentence or two. What is None is left away, so that an older reader, who knows
    no such field, meets it only where there is something to say.
    """

    version: Literal["1"] = WIRE_VERSION
    request_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    reply: Reply
    understood: Understood | None = None
    note: Annotated[str, Field(max_length=400)] | None = None


class ErrorReply(Part):
    """A refused or failed request: `code` is stable, `message` a sentence, `field` the part of the request that was wrong."""

    version: Literal["1"] = WIRE_VERSION
    code: Literal["invalid_request", "unsealed", "too_large", "unauthorized", "rate_limited", "timeout", "busy", "internal"]
    message: str
    field: str = ""
