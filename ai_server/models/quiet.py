"""The providers' clients without what they would say of this machine: to find it out they start programs (`uname`), which this server never does. Edge."""

from __future__ import annotations

from typing import Literal

from anthropic import AsyncAnthropic
from openai import AsyncOpenAI

UNKNOWN: Literal["Unknown"] = "Unknown"


class QuietOpenAI(AsyncOpenAI):
    """OpenAI's client. Never tries again by itself: the budget of time is ours."""

    def __init__(self, key: str, url: str, timeout_s: float) -> None:
        super().__init__(api_key=key, base_url=url, max_retries=0, timeout=timeout_s)
        self._platform = UNKNOWN

    def platform_headers(self) -> dict[str, str]:
        return {}


class QuietAnthropic(AsyncAnthropic):
    """Anthropic's client, likewise."""

    def __init__(self, key: str, url: str, timeout_s: float) -> None:
        super().__init__(api_key=key, base_url=url, max_retries=0, timeout=timeout_s)
        self._platform = UNKNOWN

    def platform_headers(self) -> dict[str, str]:
        return {}
