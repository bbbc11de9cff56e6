"""Builds the model that was chosen, with clients that neither retry nor remember. Edge; imports a provider's library only when it is chosen."""

from __future__ import annotations

from typing import assert_never

import httpx
from pydantic_ai.models import Model

from ai_server.models.choosing import Choice

NO_KEY = "none"  # OpenAI's client wants one even where the server does not


def build(choice: Choice, time_s: float) -> Model:
    """Raises ImportError where the provider's library is not installed."""
    match choice.speaks:
        case "openai":
            from pydantic_ai.models.openai import OpenAIChatModel
            from pydantic_ai.providers.openai import OpenAIProvider
            from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

            from ai_server.models.quiet import QuietOpenAI

            client = QuietOpenAI(choice.key or NO_KEY, choice.url, time_s)
            if choice.provider == "openai":
                return OpenAIChatModel(choice.model, provider=OpenAIProvider(openai_client=client))
            return OpenAIChatModel(choice.model, provider=OpenAICompatibleProvider(choice.provider, openai_client=client))
        case "anthropic":
            from pydantic_ai.models.anthropic import AnthropicModel
            from pydantic_ai.providers.anthropic import AnthropicProvider

            from ai_server.models.quiet import QuietAnthropic

            speaker = QuietAnthropic(choice.key, choice.url, time_s)
            return AnthropicModel(choice.model, provider=AnthropicProvider(anthropic_client=speaker))
        case "converse":
            from ai_server.models.bedrock import converse

            return converse(choice, httpx.AsyncClient(timeout=time_s, follow_redirects=False))
        case _:
            assert_never(choice.speaks)
