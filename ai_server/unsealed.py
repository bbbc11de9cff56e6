"""Finds what looks like the name of a real thing in a request that should hold none. Pure.

The bot's side seals every request; this is the second lock. It names the field and the kind of finding, and never repeats what it found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from ai_server.wire import PlanRequest

# What identifies an estate, by shape. Public words (regions, instance types, operation names) match none of these.
SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("an ARN", re.compile(r"\barn:aws[a-z-]*:", re.IGNORECASE)),
    ("an Azure resource path", re.compile(r"/subscriptions/|/resourcegroups/", re.IGNORECASE)),
    ("a Google Cloud resource path", re.compile(r"\bprojects/[a-z0-9-]+/|//[a-z]+\.googleapis\.com/", re.IGNORECASE)),
    ("a GUID", re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)),
    ("an AWS resource id", re.compile(r"\b[a-z]{1,10}-(?=[0-9a-f]*[0-9])[0-9a-f]{8,40}\b", re.IGNORECASE)),
    ("an AWS access key id", re.compile(r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b")),
    ("an account number", re.compile(r"(?<!\d)(?:\d{12}|\d{4}-\d{4}-\d{4})(?!\d)")),
    ("an e-mail address", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,}")),
    ("an IP address", re.compile(r"(?<![\d.])(?!0\.0\.0\.0(?![\d.]))(?:\d{1,3}\.){3}\d{1,3}(?![\d.]\d)")),
    # Eight parts, or a double colon after at least one: `10:30:00` is a time.
    (
        "an IP address",
        re.compile(r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6}::)", re.IGNORECASE),
    ),
    ("a storage address", re.compile(r"\b(?:s3|s3a|gs|abfss?|wasbs?)://", re.IGNORECASE)),
    (
        "a host name",
        re.compile(r"\b[\w-]{1,63}\.[\w-]{1,63}\.(?:[\w-]{1,63}\.){0,4}(?:amazonaws|windows|azure)\.(?:com|net)\b", re.IGNORECASE),
    ),
    ("a long hexadecimal number", re.compile(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{16,}\b", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Leak:
    """Where something unsealed stands, and what it looks like."""

    field: str
    looks_like: str


def leak(request: PlanRequest) -> Leak | None:
    """The first field that holds something unsealed; None for a clean request."""
    return next((Leak(field, kind) for field, text in _texts(request) if (kind := _looks_like(text))), None)


def _texts(request: PlanRequest) -> Iterator[tuple[str, str]]:
    yield "message", request.message
    for number, turn in enumerate(request.turns):
        yield f"turns.{number}.text", turn.text
    for number, group in enumerate(request.groups):
        yield f"groups.{number}", " ".join((group.type, group.native_type, group.state, group.engine, *group.flags))


def _looks_like(text: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return next((kind for kind, shape in SHAPES if shape.search(plain)), "")
