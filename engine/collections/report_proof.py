"""Reports that show themselves unaltered: addressed by their content, chained, and exported with what proves it. Pure.

A report's header names its content by SHA-256, and the header of the report before it; the report's id is the SHA-256 of the header's canonical
JSON. So the headers alone prove the chain, and an export shows nobody another report's content. The export also holds the journal's entry that
the report was made with, whose hash anyone can compute.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from engine.journal.entry import Entry, canonical

FORMAT = "escher report 1"
FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Header:
    """`number` counts from 1, `previous` is the id of the report before (`FIRST` where there is none), `content` the content's SHA-256.

    `kind` is a word such as `morning`, `made_at` ISO 8601 in UTC.
    """

    number: int
    kind: str
    title: str
    made_at: str
    content: str
    previous: str

    @property
    def id(self) -> str:
        """What the report is called: the SHA-256 of this header, in hex."""
        return digest(asdict(self))


@dataclass(frozen=True, slots=True)
class Proven:
    """What an export shows. `trouble` is the first thing that does not hold, as a sentence; empty when all does.

    `head` is the id of the newest report when it was exported: compare it with one you know, since a chain that somebody made up from its
    beginning is whole in itself.
    """

    id: str = ""
    title: str = ""
    made_at: str = ""
    number: int = 0
    head: str = ""
    entry: str = ""
    trouble: str = ""

    @property
    def whole(self) -> bool:
        return not self.trouble


def digest(data: Any) -> str:
    """SHA-256 of the canonical JSON, in hex. Raises TypeError or ValueError for what is not JSON."""
    return hashlib.sha256(canonical(data)).hexdigest()


def export(entry: Entry, chain: Sequence[Header]) -> dict[str, Any]:
    """A report with its proof, as JSON: the entry it was made with, the headers of all reports, first to newest, and the newest one's id."""
    return {
        "format": FORMAT,
        "report": dict(entry.body),
        "chain": [asdict(header) for header in chain],
        "head": chain[-1].id,
        "entry": entry.to_json(),
    }


def verify_export(data: Any) -> Proven:
    """Whether an export is what was exported; needs no key. Any JSON may be given."""
    try:
        header = Header(**data["report"]["header"])
        chain = [Header(**one) for one in data["chain"]]
        entry = Entry.from_json(data["entry"])
        trouble = _trouble(data, header, chain, entry)
        return Proven(header.id, header.title, header.made_at, header.number, chain[-1].id if chain else "", entry.hash, trouble)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Proven(trouble="This is not an exported report.")


def chain_trouble(chain: Sequence[Header]) -> str:
    """The first link of a chain of headers that does not hold, as a sentence; '' when all do."""
    previous = FIRST
    for number, header in enumerate(chain, start=1):
        if header.number != number or header.previous != previous:
            return f"Report {number} of the chain does not follow the one before it."
        previous = header.id
    return ""


def _trouble(data: Mapping[str, Any], header: Header, chain: Sequence[Header], entry: Entry) -> str:
    if data["format"] != FORMAT:
        return f"The format is {data['format']!r}, and this Escher knows {FORMAT!r}."
    if digest(data["report"]["content"]) != header.content:
        return "The content is not what the report was made with."
    if broken := chain_trouble(chain):
        return broken
    if not chain or chain[-1].id != data["head"]:
        return "The newest report of the chain is not the one that was the newest."
    if not 1 <= header.number <= len(chain) or chain[header.number - 1] != header:
        return "The report is not in the chain of reports."
    if not entry.is_true() or canonical(entry.body) != canonical(data["report"]):
        return "The journal's entry is not the one that the report was made with."
    return ""
