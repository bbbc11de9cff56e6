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


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "::", "ai.example.com"])
def test_beyond_loopback_there_is_tls_or_somebody_says_why_not(host):
    with pytest.raises(BadSettings, match="--behind-proxy"):
        from_environment({"ESCHER_AI_HOST": host}).check()
    from_environment({"ESCHER_AI_HOST": host, "ESCHER_AI_BEHIND_PROXY": "true"}).check()
    from_environment({"ESCHER_AI_HOST": host, "ESCHER_AI_CERTIFICATE": "c.pem", "ESCHER_AI_KEY": "k.pem"}).check()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_needs_no_tls(host):
    from_environment({"ESCHER_AI_HOST": host}).check()


@pytest.mark.parametrize("only", ["CERTIFICATE", "KEY"])
def test_half_a_certificate_is_none(only):
    with pytest.raises(BadSettings, match="go together"):
        from_environment({f"ESCHER_AI_{only}": "x.pem"}).check()


def test_tokens_may_be_several():
    assert from_environment({"ESCHER_AI_TOKEN": " new-one  old-one "}).tokens == ("new-one", "old-one")
    assert from_environment({}).tokens == ()
