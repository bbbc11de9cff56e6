"""What a playbook is: one capability on one kind of resource in one cloud, as data. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ai_server.wire import Action, CloudName, NativeType, RiskLevel, Word

CLOUDS: tuple[CloudName, ...] = ("aws", "azure", "gcp")
ValueKind = Literal["tag_key", "tag_value", "size", "name", "number", "text"]
Promise = bool | int | str
PlaybookId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)+$", max_length=60)]
StepName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Literally = bool | int | Annotated[str, Field(pattern=r"^(\$[a-z][a-z0-9_]{0,39}|[a-z][a-z0-9_]{0,39})$")]
GONE = "gone"
"""The state that a deleted resource leaves behind."""


class Part(BaseModel):
    """A misspelt key is an error, not an ignored wish."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Parameter(Part):
    """Something the person must say. `kind` is the wire value it comes as; `question` is asked when it is missing.

    Bounds are for editors, answers and the engine's own table, which checks the value itself: the server never sees it. `minimum` and
    `maximum` in the parameter's unit, `choices` where the provider takes a closed list.
    """

    name: Word
    kind: ValueKind
    type: Literal["text", "integer", "boolean"] = "text"
    required: bool = True
    unit: Literal["", "GiB", "days", "instances", "tasks", "nodes"] = ""
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    meaning: str
    question: str = Field(max_length=200)


class Step(Part):
    """One operation. `arguments` are words, numbers, booleans, or `$name` for a parameter.

    `states`: taken only for resources that come in one of these; empty means for all that the playbook takes.
    `after` names steps of the same playbook.
    """

    id: StepName
    operation: str = Field(pattern=r"^[A-Za-z0-9.:/]{3,120}$")
    arguments: dict[Word, Literally] = Field(default_factory=dict)
    after: tuple[StepName, ...] = ()
    states: tuple[Word, ...] = ()
    why: str = Field(max_length=400)


class Verification(Part):
    """How one sees that it worked: a sentence, and what reading the resource back must show (path to value, `$name` for a parameter)."""

    sentence: str
    promise: dict[str, Promise] = Field(default_factory=dict)


class NoWayBack(Part):
    """The change cannot be taken back, and why."""

    none: str = Field(min_length=10, max_length=300)


class RiskNotes(Part):
    """`base` outside production, `production` inside. `interrupts`: what runs on the resource notices. `deletes`: something is gone for good."""

    base: RiskLevel
    production: RiskLevel
    interrupts: bool = False
    deletes: bool = False
    notes: tuple[str, ...] = ()


class Playbook(Part):
    """One capability on one kind of resource.

    `states`: in which a resource is taken; empty means in any. `already`: why one in another state is left out; a reason that begins
    with "already" says that what was wanted is the case. `needs_flags` and `barred_flags` give the reason for a resource without or with the flag.
    `preconditions`: what else must hold, in sentences, for what no state or flag tells; they stand on the card.
    `leaves`: the state afterwards, empty when unchanged, `gone` when nothing is left.
    `commands` are what a person would type, argument by argument, `<name>` for what they fill in.
    """

    id: PlaybookId
    title: str = Field(max_length=120)
    cloud: CloudName
    types: tuple[Word, ...] = Field(min_length=1)
    native_types: tuple[NativeType, ...] = Field(min_length=1)
    action: Action
    asks: tuple[str, ...] = Field(min_length=1)
    parameters: tuple[Parameter, ...] = ()
    states: tuple[Word, ...] = ()
    already: dict[Word, str] = Field(default_factory=dict)
    preconditions: tuple[str, ...] = ()
    needs_flags: dict[Word, str] = Field(default_factory=dict)
    barred_flags: dict[Word, str] = Field(default_factory=dict)
    leaves: Word | Literal[""] = ""
    steps: tuple[Step, ...] = Field(min_length=1)
    verification: Verification
    rollback: str | NoWayBack
    risk: RiskNotes
    permissions: tuple[str, ...] = Field(min_length=1)
    commands: tuple[tuple[str, ...], ...] = Field(min_length=1)
    sources: tuple[str, ...] = Field(min_length=1)


class Absence(Part):
    """What a cloud has not, or Escher does not do there, and why: one row of `absent/<cloud>.yaml`.

    With `native_types` the reason is for those alone: another type of the same kind can do it.
    """

    action: Action
    types: tuple[Word, ...] = Field(min_length=1)
    native_types: tuple[NativeType, ...] = ()
    cloud: CloudName
    reason: str = Field(min_length=20, max_length=200)


class Equivalent(Part):
    """One row of `equivalents.yaml`: the same service under each cloud's name. `type` is the normalised resource type where Escher knows it.

    `native` are the provider's own types behind the name, where the type alone says too little. `sources` are the titles of the public
    documents that set the services side by side.
    """

    id: Word
    title: str
    type: Word | Literal[""] = ""
    words: tuple[str, ...] = ()
    services: dict[CloudName, tuple[str, ...]]
    aliases: dict[CloudName, tuple[str, ...]]
    notes: dict[CloudName, str] = Field(default_factory=dict)
    native: dict[CloudName, tuple[NativeType, ...]] = Field(default_factory=dict)
    sources: tuple[str, ...] = Field(min_length=1)


class Practice(Part):
    """One row of `practices.yaml`: advice in our own words, and the titles of the public documents behind it."""

    id: PlaybookId
    title: str
    topics: tuple[str, ...] = Field(min_length=1)
    text: str = Field(max_length=1500)
    sources: tuple[str, ...] = Field(min_length=1)
