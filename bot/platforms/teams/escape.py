"""Text from outside, as it may stand in an Adaptive Card: nothing unseen, no mention, no link, no Markdown. Pure.

Text runs of a RichTextBlock know no Markdown, so nearly everything is said with them. Where Teams offers no text runs (fact sets, labels of
inputs) text is either plain beyond doubt, or written with look-alikes. Backslashes are no way out: not every Teams client honours them.
"""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]

# What a text must never smuggle in: control characters, and the ones that turn the reading direction.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# What some Markdown of some client reads as markup; two underscores could be a pair, one cannot.
_MARKUP = re.compile(
    r"[\\`*\[\]<>&~|]|_.*_|^\s*(?:[-+](?:\s|$)|#{1,6}(?:\s|$)|[-=]{2,}\s*$|\d+[.)](?:\s|$))|://|www\.|\{\{",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_LOOK_ALIKES = str.maketrans(
    {
        "\\": "＼",
        "`": "ˋ",
        "*": "∗",
        "[": "［",
        "]": "］",
        "<": "‹",
        ">": "›",
        "&": "＆",
        "~": "∼",
        "|": "∣",
        "_": "ˍ",
        "#": "＃",
        "{": "｛",
        "}": "｝",
        "+": "＋",
    }
)


def printable(text: str) -> str:
    """The text with what cannot be seen made visible, and without halves of character pairs, which no network takes."""
    return _UNSEEN.sub("\ufffd", text.encode(errors="replace").decode().replace("\r\n", "\n"))


def said(text: str) -> str:
    """Text for a text run. Double braces, which a client may read as a date to format, are parted by a character without width."""
    return printable(text).replace("{{", "{\u2060{")


def is_plain(text: str) -> bool:
    """True when no client could read markup in the text."""
    return _MARKUP.search(text) is None


def unmarked(text: str) -> str:
    """Text for a label where Markdown cannot be switched off: what could be markup is written with characters that look like it."""
    seen = printable(text).replace("\n", " ")
    if is_plain(seen):
        return seen
    parted = seen.translate(_LOOK_ALIKES).replace("://", ":∕∕")
    parted = re.sub(r"(?i)\bwww\.", lambda found: found[0][:-1] + "․", parted)
    return re.sub(r"^(\s*)(-|=|(\d+)([.)]))", lambda found: found[1] + _parted(found), parted)


def _parted(found: re.Match[str]) -> str:
    """A list's bullet or number that is none any more."""
    if found[3]:
        return f"{found[3]}\u2060{'․' if found[4] == '.' else '）'}"
    return "‐" if found[2] == "-" else "＝"


def run(text: str, **style: Any) -> Json:
    """One text run; a style's names are Adaptive Cards' own: size, weight, color, isSubtle, fontType."""
    return {"type": "TextRun", "text": said(text).replace("\n", " "), **style}


def line(*runs: Json, **layout: Any) -> Json:
    """One line of runs. It wraps by itself."""
    return {"type": "RichTextBlock", "inlines": list(runs), **layout}


def paragraph(text: str, **style: Any) -> list[Json]:
    """A text with its own line breaks as lines that stand close together."""
    lines = [one for one in printable(text).split("\n") if one.strip()]
    return [line(run(one, **style), **({"spacing": "None"} if index else {})) for index, one in enumerate(lines)]
