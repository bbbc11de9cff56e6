"""Asks a model for its opinion, through pydantic-ai: one structured answer, at most two corrections, a budget of time and tokens. Edge."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from pydantic_ai import Agent, ModelRetry, RunContext, ToolOutput
from pydantic_ai.exceptions import AgentRunError, ModelHTTPError, UnexpectedModelBehavior, UsageLimitExceeded
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RunUsage, UsageLimits

from ai_server.models.opinion import Opinion
from ai_server.models.speaking import Check, NoOpinion, Spoken

INSTRUCTIONS = Path(__file__).with_name("prompts") / "instructions.md"
CORRECTIONS = 2
MOST_ANSWER_TOKENS = 2000


@dataclass(frozen=True, slots=True)
class Budget:
    """What one request may cost: seconds, and tokens in and out together."""

    time_s: float
    tokens: int


class Voice:
    """One model, one way of asking it. Keeps nothing between requests."""

    def __init__(self, model: Model, budget: Budget) -> None:
        self._budget = budget
        self._agent: Agent[Check, Opinion] = Agent(
            model,
            deps_type=Check,
            output_type=ToolOutput(Opinion, name="opinion", description="What you have to say about the request."),
            instructions=INSTRUCTIONS.read_text(encoding="utf-8"),
            retries={"tools": 0, "output": CORRECTIONS},
            model_settings=ModelSettings(max_tokens=MOST_ANSWER_TOKENS, timeout=budget.time_s),
            name="escher",
        )
        self._agent.output_validator(_sound)

    async def opinion(self, prompt: str, check: Check) -> Spoken:
        """Raises NoOpinion with what stood in the way. May be repeated: it changes nothing."""
        usage = RunUsage()
        limits = UsageLimits(request_limit=CORRECTIONS + 1, total_tokens_limit=self._budget.tokens)
        try:
            async with asyncio.timeout(self._budget.time_s):
                run = await self._agent.run(prompt, deps=check, usage=usage, usage_limits=limits)
        except TimeoutError:
            raise NoOpinion("timeout", usage.total_tokens) from None
        except UsageLimitExceeded:
            raise NoOpinion("budget", usage.total_tokens) from None
        except ModelHTTPError:
            raise NoOpinion("refused", usage.total_tokens) from None
        except (UnexpectedModelBehavior, RecursionError, ValueError):  # the last two from JSON that is none, or too deep
            raise NoOpinion("unsound", usage.total_tokens) from None
        except AgentRunError:
            raise NoOpinion("unreachable", usage.total_tokens) from None
        return Spoken(run.output, usage.total_tokens)


def _sound(context: RunContext[Check], opinion: Opinion) -> Opinion:
    """The rules as part of the answer's type: what breaks one is sent back with the reason."""
    if wrong := context.deps(opinion):
        raise ModelRetry(wrong)
    return opinion
