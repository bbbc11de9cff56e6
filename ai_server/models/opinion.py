"""All that a model may say about a request: which of the offered playbooks, one question, which sources, or a higher risk. Pure."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from ai_server.wire import RiskLevel


class Part(BaseModel):
    """A model that says more than it is asked for is asked again."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Chosen(Part):
    """One of the offered playbooks, on groups of the request, with values of the request."""

    playbook: str = Field(max_length=80, description="id of an offered playbook, exactly as offered")
    groups: tuple[str, ...] = Field(min_length=1, max_length=1000, description="handles of the request's groups, such as g1")
    values: tuple[str, ...] = Field(default=(), max_length=16, description="handles of the request's values, such as v1")


class Opinion(Part):
    """Empty means: nothing to add to what stands already."""

    orders: tuple[Chosen, ...] = Field(default=(), max_length=8, description="playbooks to run, in order; only where no plan stands yet")
    question: str = Field(default="", max_length=300, description="one short question to the person; only where no plan stands yet")
    sources: tuple[str, ...] = Field(
        default=(), max_length=6, description="ids of offered playbooks, practices or equivalents that answer the question"
    )
    risk: RiskLevel | None = Field(default=None, description="a higher risk than the plan's own, or nothing")
    risk_reason: str = Field(default="", max_length=200, description="why the risk is higher, in one sentence")
    explanation: str = Field(default="", max_length=600, description="what the plan does and what to mind, in plain words, without names")

    @property
    def empty(self) -> bool:
        return self == Opinion()
