"""Settings come from the environment, whole or not at all."""

from __future__ import annotations

import pytest

from ai_server.settings import BadSettings, from_environment


def test_defaults_listen_on_loopback_and_ask_for_no_token():
    settings = from_environment({"PATH": "/bin"})
    assert (settings.host, settings.port, settings.token.get_secret_value()) == ("127.0.0.1", 8787, "")
    assert (settings.max_body, settings.concurrency) == (1024 * 1024, 64)


def test_the_token_does_not_print():
    settings = from_environment({"ESCHER_AI_TOKEN": "hush-hush", "ESCHER_AI_PORT": "0"})
    assert "hush" not in repr(settings)
    assert settings.port == 0


@pytest.mark.parametrize(
    ("variable", "value"),
    [("ESCHER_AI_PORT", "70000"), ("ESCHER_AI_PORT", "x-secret"), ("ESCHER_AI_COLOUR", "red"), ("ESCHER_AI_CONCURRENCY", "0")],
)
def test_what_cannot_be_is_named_without_its_value(variable, value):
    with pytest.raises(BadSettings, match=variable) as caught:
        from_environment({variable: value})
    assert "secret" not in str(caught.value)
