"""Which model `ESCHER_AI_MODEL` means: the provider, where it is, what it speaks. Pure.

Everything goes over HTTP with a key of its own: no cloud's SDK, no credentials of a machine. Bedrock takes an API key, or AWS keys as
`ID:SECRET` or `ID:SECRET:TOKEN`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from ai_server.models.signing import keys_of, region_of
from ai_server.settings import PREFIX, BadSettings, Settings, is_loopback

Speaks = Literal["openai", "anthropic", "converse"]


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a provider is (empty: `ESCHER_AI_MODEL_URL` says it), whether it asks for a key, and what it speaks."""

    speaks: Speaks
    url: str = ""
    keyed: bool = True
    example: str = ""


PROVIDERS: Mapping[str, Provider] = {
    "anthropic": Provider("anthropic", "https://api.anthropic.com"),
    "openai": Provider("openai", "https://api.openai.com/v1"),
    "openai-compatible": Provider("openai", keyed=False, example="https://models.example.com/v1"),
    "azure": Provider("openai", example="https://NAME.openai.azure.com/openai/v1"),
    "google": Provider("openai", "https://generativelanguage.googleapis.com/v1beta/openai"),
    "bedrock": Provider("converse", example="https://bedrock-runtime.REGION.amazonaws.com"),
    "ollama": Provider("openai", "http://127.0.0.1:11434/v1", keyed=False),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One model. `name` is `provider:model`, for health and logs."""

    provider: str
    model: str
    speaks: Speaks
    url: str
    key: str = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}"


def choose(settings: Settings) -> Choice | None:
    """The model of the settings; None for none. Raises BadSettings naming the variable, never a key."""
    if not settings.model:
        return None
    name, _, model = settings.model.partition(":")
    provider = PROVIDERS.get(name)
    if provider is None or not model:
        raise BadSettings(f"{PREFIX}MODEL is PROVIDER:NAME, with a provider of: {', '.join(PROVIDERS)}.")
    url = (settings.model_url or provider.url).rstrip("/")
    if not url:
        raise BadSettings(f"{PREFIX}MODEL_URL says where {name} is, as {provider.example}.")
    address = urlsplit(url)
    if address.scheme != "https" and not (address.scheme == "http" and is_loopback(address.hostname or "")):
        raise BadSettings(f"{PREFIX}MODEL_URL is an https:// address, or an http:// one on this machine.")
    key = settings.model_key.get_secret_value()
    if provider.keyed and not key:
        raise BadSettings(f"{PREFIX}MODEL_KEY is missing; {name} asks for one.")
    if provider.speaks == "converse" and keys_of(key) and not region_of(address.hostname or ""):
        raise BadSettings(f"{PREFIX}MODEL_URL tells no region, which AWS keys are signed for; it is as {provider.example}.")
    return Choice(name, model, provider.speaks, url, key)
