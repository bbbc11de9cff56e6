"""Secrets by reference: where they are found, and what is said when they are not."""

import keyring.errors
import pytest

from engine.errors import SettingsError
from engine.secrets.references import secret


class Keychain:
    """A `keyring` backend in memory; `locked` answers as a locked one does."""

    def __init__(self, found: dict[tuple[str, str], str], *, locked: bool = False) -> None:
        self.found, self.locked = found, locked

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise keyring.errors.KeyringLocked("locked")
        return self.found.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.found[service, username] = password


async def test_each_kind_is_found(tmp_path):
    path = tmp_path / "token"
    path.write_text("xoxb-file\n")
    keychain = Keychain({("escher", "slack"): "xoxb-chain"})
    assert await secret("env:TOKEN", {"TOKEN": " xoxb-env "}) == "xoxb-env"
    assert await secret(f"file:{path}", {}) == "xoxb-file"
    assert await secret("keychain:slack", {}, keychain) == "xoxb-chain"


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("env:TOKEN", "The environment variable TOKEN is not set."),
        ("file:/nowhere/token", "could not be read"),
        ("keychain:slack", "The keychain holds nothing for slack"),
        ("plain-secret-value", "of no known kind"),
    ],
)
async def test_a_missing_one_is_named_and_never_shown(reference, says):
    with pytest.raises(SettingsError, match=says) as raised:
        await secret(reference, {"TOKEN": "  "}, Keychain({}))
    assert "xoxb" not in str(raised.value)


async def test_a_locked_keychain_says_so():
    with pytest.raises(SettingsError, match="did not answer"):
        await secret("keychain:slack", {}, Keychain({}, locked=True))


async def test_a_secret_pasted_into_the_configuration_is_not_repeated():
    with pytest.raises(SettingsError) as raised:
        await secret("xoxb-123-abc", {})
    assert "xoxb-123-abc" not in str(raised.value)
