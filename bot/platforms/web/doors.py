"""Who comes in: one-time links, signed sessions and the token that every change must carry. Pure but for randomness and the clock given."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.clock import Clock
from engine.errors import Refused, SettingsError
from engine.settings import Person

PLATFORM = "web"


class LinkSpent(Refused):
    """The sign-in link was used before, has expired, or never was."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `login` is the proven id; `token` must come with everything that changes something."""

    person: Person
    login: str
    nonce: str
    token: str


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a link waits for its click and how long a session lasts."""

    link: timedelta = timedelta(hours=12)
    session: timedelta = timedelta(days=7)


class Doors:
    """Links in, sessions out.

    A session is a signed cookie, nothing kept on this side, so it outlives a restart when the key does. Links are kept as hashes only.
    """

    def __init__(self, people: Sequence[Person], key: bytes, clock: Clock, terms: Terms) -> None:
        self._people = {person.id: person for person in people}
        self._key = key
        self._clock = clock
        self.terms = terms
        self._links: dict[str, tuple[str, datetime]] = {}
        self._ended: set[str] = set()

    def new_link(self, person_id: str) -> str:
        """A token that opens once for this person. Raises SettingsError when the person is unknown or has no login here."""
        person = self._people.get(person_id)
        if person is None:
            raise SettingsError(f"Nobody is called {person_id!r}.", hint=f"Known: {', '.join(sorted(self._people)) or 'nobody'}.")
        if PLATFORM not in person.logins:
            raise SettingsError(
                f"{person_id!r} has no web login.", hint=f"Add `logins: {{web: {person_id}}}` to this person in the configuration."
            )
        token = secrets.token_urlsafe(32)
        self._forget_old_links()
        self._links[_hash(token)] = (person_id, self._clock.now() + self.terms.link)
        return token

    def enter(self, token: str) -> str:
        """The cookie for a link's person; the link is spent. Raises LinkSpent."""
        person_id, until = self._links.pop(_hash(token), ("", self._clock.now()))
        if not person_id or until <= self._clock.now():
            raise LinkSpent("This sign-in link was already used or has expired.")
        said = f"{person_id}|{int(self._clock.now().timestamp())}|{secrets.token_urlsafe(12)}".encode()
        return f"{_text(said)}.{_text(self._sign(b'session', said))}"

    def session(self, cookie: str) -> Session | None:
        """Who a cookie belongs to, or None when it is not ours, too old, ended, or its person is gone."""
        said = self._verified(cookie)
        if said is None:
            return None
        person_id, since, nonce = said.decode().split("|")
        person = self._people.get(person_id)
        age = self._clock.now().timestamp() - int(since)
        if person is None or PLATFORM not in person.logins or nonce in self._ended or age > self.terms.session.total_seconds():
            return None
        return Session(person, person.logins[PLATFORM], nonce, _text(self._sign(b"token", said)))

    def end(self, session: Session) -> None:
        """Signs a session out, wherever its cookie was copied to."""
        self._ended.add(session.nonce)

    def _verified(self, cookie: str) -> bytes | None:
        said, _, mac = cookie.partition(".")
        try:
            body, signature = _bytes(said), _bytes(mac)
        except (binascii.Error, ValueError):
            return None
        return body if hmac.compare_digest(signature, self._sign(b"session", body)) else None

    def _sign(self, purpose: bytes, said: bytes) -> bytes:
        return hmac.digest(self._key, purpose + b"\0" + said, "sha256")

    def _forget_old_links(self) -> None:
        now = self._clock.now()
        self._links = {key: link for key, link in self._links.items() if link[1] > now}


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing."""
    return hmac.compare_digest(given.encode(), expected.encode())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
