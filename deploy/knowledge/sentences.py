"""Turns a provider's documentation (HTML, reStructuredText, Markdown) into short plain sentences. Pure."""

from __future__ import annotations

import re
from html import unescape

TAG = re.compile(r"<[^>]{0,2000}>")
BLOCK = re.compile(r"</?(?:p|li|ul|ol|div|note|br|h\d|dl|dt|dd|important|caution|table|tr|td)\b[^>]{0,200}>", re.IGNORECASE)
BLANKS = re.compile(r"\s+")
# A full stop ends a sentence where a blank and a capital follow, and the word before is no abbreviation.
END = re.compile(r"(?<=[.!?])[\"')\]]?\s+(?=[A-Z0-9\"'(\[`<$])")
ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|st|inc|resp)\.|\b[A-Z]\.)$", re.IGNORECASE)
LINK = re.compile(r"\[([^\]]{1,200})\]\([^)]{0,500}\)")
REFERENCE = re.compile(r"`([^`<]{1,200}?)\s*<[^>`]{0,500}>`_{0,2}")
MARKS = str.maketrans({"`": "", "*": "", "\u00a0": " ", "\u200b": ""})


def plain(markup: str) -> str:
    """The words of a text in HTML or light markup, on one line. Block ends become ends of sentences."""
    linked = REFERENCE.sub(r"\1", LINK.sub(r"\1", markup))
    words = unescape(TAG.sub("", BLOCK.sub(" \n ", linked))).translate(MARKS)
    lines = [BLANKS.sub(" ", line).strip() for line in words.split("\n")]
    return " ".join(line for line in lines if line)


def sentences(text: str) -> list[str]:
    """The sentences of a plain text, in order."""
    found: list[str] = []
    for part in END.split(text):
        if found and ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        elif part.strip():
            found.append(part.strip())
    return found


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ended at a word and with an ellipsis where something was left off."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return head[: head.rfind(" ")].rstrip(" ,;:") + "…" if " " in head else head + "…"


def summary_and_detail(markup: str, first: int = 240, rest: int = 400) -> tuple[str, str]:
    """The first sentence and the next few, each bounded in characters; both empty where nothing is said."""
    found = sentences(plain(markup))
    if not found:
        return "", ""
    return cut(found[0], first), cut(" ".join(found[1:5]), rest)


def short(markup: str, limit: int = 80) -> str:
    """One short line: the first sentence, bounded in characters."""
    found = sentences(plain(markup[:1500]))
    return cut(found[0], limit) if found else ""
