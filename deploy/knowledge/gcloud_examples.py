"""What gcloud's own help says its examples do: (description, command) pairs to measure search with. Pure.

Nothing of it enters a pack or an index: Google's commands are found by their descriptions, and the examples only tell how well.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Half = Literal["first", "second"]
_TYPED = re.compile(r"^\s*\$ (gcloud .*)")
_LEAD = re.compile(
    r"^(?:for example,?|example:?|the following (?:command|example)s?|this (?:command|example)|alternatively,?|also,?|next,?|then,?)\s+",
    re.IGNORECASE,
)
_TO = re.compile(r"^to\s+", re.IGNORECASE)
_RUN = re.compile(
    r",?\s*(?:(?:you can |simply |just |please )?(?:run|use|type|try|execute|enter|do|invoke)(?: the following(?: commands?)?| this(?: command)?| the command)?|as follows|like this)\s*:?\s*$",
    re.IGNORECASE,
)
_MARKS = str.maketrans({"`": "", "*": "", "_": " "})
_FEWEST_WORDS = 3
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Example:
    """`text` says what is wanted, `command` is what does it, without its arguments."""

    text: str
    command: str

    @property
    def half(self) -> Half:
        """Which half the command falls into, the same on every machine: what is ever learned is learned from the first alone."""
        return "first" if hashlib.sha256(self.command.encode()).digest()[0] % 2 == 0 else "second"


def examples(tree: Mapping[str, Any]) -> Iterator[Example]:
    """Those of every command of the tree that gcloud writes of itself, each once, in the tree's order."""
    below = tree.get("commands") or {}
    for name in sorted(below):
        if not below[name].get("is_hidden"):
            yield from examples(below[name])
    if not below:
        text = str((tree.get("sections") or {}).get("EXAMPLES") or "")
        yield from dict.fromkeys(_of_help(text, " ".join(tree["path"])))


def _of_help(text: str, command: str) -> Iterator[Example]:
    """A description is the paragraph before a command line of this very command."""
    said: list[str] = []
    spent = False
    for line in text.splitlines():
        if typed := _TYPED.match(line):
            wanted = described(" ".join(said))
            if wanted and not spent and f"{typed[1]} ".startswith(f"{command} "):
                yield Example(wanted, command)
            spent = True
        elif not line.strip():
            said, spent = ([], False) if spent else (said, spent)
        elif spent and line.startswith("    "):
            continue  # the rest of a command on several lines
        else:
            said, spent = ([line.strip()], False) if spent else ([*said, line.strip()], False)


def described(paragraph: str) -> str:
    """`To stop an instance named `x`, run:` says `stop an instance named x`; '' where too little is said."""
    last = re.split(r"(?<=[.:!])\s+(?=[A-Z])", paragraph.translate(_MARKS).strip())[-1]
    bare = _TO.sub("", _LEAD.sub("", _RUN.sub("", " ".join(last.split())))).strip(" ,.:")
    return bare[:_LONGEST] if len(bare.split()) >= _FEWEST_WORDS else ""
