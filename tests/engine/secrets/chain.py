"""A keychain in a dictionary."""

from __future__ import annotations

import keyring.backend
import keyring.errors


class DictKeyring(keyring.backend.KeyringBackend):
    """`locked` answers as a keychain does that its owner has not unlocked."""

    priority = 1

    def __init__(self, *, locked: bool = False) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.locked = locked

    def get_password(self, service, username):
        if self.locked:
            raise keyring.errors.KeyringLocked("locked")
        return self.entries.get((service, username))

    def set_password(self, service, username, password):
        assert "\n" not in password, "some keychains take one line only"
        self.entries[service, username] = password

    def delete_password(self, service, username):
        del self.entries[service, username]
