"""Files to download, each for one person, kept in memory for a while: a CSV of an answer, bytes that left. Edge (holds them)."""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.cards.card import File
from bot.platforms.web.doors import Session, same
from bot.platforms.web.history import Kept

MOST_FILES = 500
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it is sent."""

    name: str
    media: str
    body: bytes


@dataclass(slots=True)
class Shelf:
    """Files by id, each with the login it is for. Beyond the bounds the oldest go; the newest stays, however large."""

    most_files: int = MOST_FILES
    most_bytes: int = MOST_BYTES
    _files: OrderedDict[str, tuple[str, Taken]] = field(default_factory=OrderedDict)
    _bytes: int = 0

    def put(self, login: str, files: Iterable[File]) -> tuple[Kept, ...]:
        """Keeps files for one person."""
        return tuple(self._keep(login, file) for file in files)

    def take(self, login: str, file_id: str) -> Taken | None:
        """A file of this person, or None when it is not theirs or no longer kept."""
        owner, taken = self._files.get(file_id, ("", None))
        return taken if owner == login else None

    def _keep(self, login: str, file: File) -> Kept:
        body = file.text.encode(errors="replace")
        kept = Kept(secrets.token_urlsafe(16), file.name, len(body))
        self._files[kept.id] = (login, Taken(file.name, file.media, body))
        self._bytes += kept.size
        while len(self._files) > 1 and (len(self._files) > self.most_files or self._bytes > self.most_bytes):
            _, (_, dropped) = self._files.popitem(last=False)
            self._bytes -= len(dropped.body)
        return kept


def address(session: Session, kept: Kept) -> str:
    """Where this session, and no other, gets the file."""
    return f"/files/{kept.id}/{_seal(session, kept.id)}"


def opens(session: Session, file_id: str, seal: str) -> bool:
    """Whether an address was made for this session."""
    return same(seal, _seal(session, file_id))


def _seal(session: Session, file_id: str) -> str:
    return hmac.digest(session.token.encode(), b"file\0" + file_id.encode(), "sha256").hex()
