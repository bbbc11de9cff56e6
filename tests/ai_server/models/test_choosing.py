"""One setting names the model; what cannot be is said without the key."""

from __future__ import annotations

import pytest

from ai_server.models.choosing import PROVIDERS, choose
from ai_server.settings import BadSettings, Settings

KEY = "sk-whispered"


def test_none_is_none():
    assert choose(Settings()) is None


@pytest.mark.parametrize(
    ("model", "url", "speaks", "where"),
    [
        ("anthropic:claude-x", "", "anthropic", "https://api.anthropic.com"),
        ("openai:gpt-x", "", "openai", "https://api.openai.com/v1"),
        ("openai:gpt-x", "https://proxy.example.com/v1/", "openai", "https://proxy.example.com/v1"),
        ("openai-compatible:org/model:tag", "http://127.0.0.1:1/v1", "openai", "http://127.0.0.1:1/v1"),
        ("azure:deployment", "https://n.openai.azure.com/openai/v1", "openai", "https://n.openai.azure.com/openai/v1"),
        ("google:gemini-x", "", "openai", "https://generativelanguage.googleapis.com/v1beta/openai"),
        ("bedrock:eu.x.y-v1:0", "https://bedrock-runtime.eu-central-1.amazonaws.com", "converse", "https://bedrock-runtime.eu-central-1.amazonaws.com"),
        ("ollama:llama", "", "openai", "http://127.0.0.1:11434/v1"),
    ],
)  # fmt: skip
def test_each_provider(model, url, speaks, where):
    choice = choose(Settings(model=model, model_url=url, model_key=KEY))
    assert (choice.name, choice.speaks, choice.url) == (model, speaks, where)
    assert KEY not in repr(choice)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"model": "gpt-x"}, "PROVIDER:NAME"),
        ({"model": "nobody:x"}, "openai-compatible"),
        ({"model": "openai:"}, "PROVIDER:NAME"),
        ({"model": "openai:x", "model_key": ""}, "ESCHER_AI_MODEL_KEY is missing; openai"),
        ({"model": "openai-compatible:x"}, "ESCHER_AI_MODEL_URL says where"),
        ({"model": "azure:x"}, "https://NAME.openai.azure.com"),
        ({"model": "bedrock:x"}, "bedrock-runtime.REGION"),
        ({"model": "openai-compatible:x", "model_url": "http://models.example.com/v1"}, "https:// address"),
        ({"model": "openai-compatible:x", "model_url": "file:///etc/passwd"}, "https:// address"),
    ],
)
def test_what_cannot_be_is_said(given, says):
    with pytest.raises(BadSettings, match=says) as error:
        choose(Settings(**{"model_key": KEY, **given}))
    assert KEY not in str(error.value)


def test_every_provider_without_an_address_says_what_one_looks_like():
    assert all(provider.url or provider.example for provider in PROVIDERS.values())
