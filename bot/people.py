"""Who is who: a platform's proven login to one configured person. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from engine.settings import Person

# Somebody nobody configured: may ask what is harmless, and nothing else.
STRANGER = Person(id="a-stranger", name="stranger", roles=())


class People:
    """Matches logins exactly; never a display name, never an address."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._by_id = {person.id: person for person in people}
        self._by_login: dict[tuple[str, str], Person] = {
            (platform, login): person for person in people for platform, login in person.logins.items()
        }

    def behind(self, platform: str, login: str) -> Person | None:
        """The person behind a login, None for a stranger. On the web and the console a person's own id is their login unless one is set."""
        found = self._by_login.get((platform, login))
        if found is None and platform in ("web", "console"):
            own = self._by_id.get(login)
            found = own if own is not None and platform not in own.logins else None
        return found

    def named(self, person_id: str) -> Person | None:
        """A person by Escher's own id."""
        return self._by_id.get(person_id)
