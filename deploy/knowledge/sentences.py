"""Turns a provider's documentation (HTML, reStructuredText, Markdown) into short plain sentences. Pure."""

from __future__ import annotations

import re
from html import unescape

TAG = re.compile(r"<[^>]{0,2000}>")
BLOCK = re.compile(r"</?(?:p|li|ul|ol|div|note|br|h\d|dl|dt|dd|important|caution|table|tr|td)\b[^>]{0,200}>", re.IGNORECASE)
BLANKS = re.compile(r"\s+")
# A full stop ends a sentence where a blank and a capital follow, and the word before is no abbreviation.
END = re.compile(r"(?<=[.!?])[\"')\]]?\s+(?=[A-Z0-9\"'(\[`<$])")
_WITHDRAWN = " It is deprecated."
ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|st|inc|resp)\.|\b[A-Z]\.)$", re.IGNORECASE)
LINK = re.compile(r"\[([^\]]{1,200})\]\([^)]{0,500}\)")
REFERENCE = re.compile(r"`([^`<]{1,200}?)\s*<[^>`]{0,500}>`_{0,2}")
# What stands before the sentence that tells what an operation does: where it works, how long there will be such a thing, where to read on.
_THIS = r"this (?:\w+ ){0,2}?(?:operation|api|action|method|feature|function|functionality|command|target|version|documentation)(?:'s \w+)?"
_ASIDES = (
    rf"{_THIS} (?:is|are|was|has been|will be) (?:currently |now |also |being |soon )*(?:not|no longer|deprecated|discontinued|in|only|subject|for|under|unavailable|superseded|replaced)\b",
    rf"{_THIS} (?:does not work|doesn't work|works only|works with the following|works, but|applies only|can only be used (?:by|with|in)|isn't|won't|will no longer)\b",
    r"this is (?:aws|amazon|documentation|the documentation|for internal|an internal|a deprecated|a legacy|a preview|intended|no longer|not)\b",
    r"(?:end of (?:support|life) notice|important|note|notes|caution|warning|attention)\b\W",
    r"(?:deprecated|not supported|internal only|private preview|preview|beta)[.!:]?$",
    r"[\w ]{2,30} only\.$",
    r"(?:deprecated|legacy) - the \w+ (?:action|operation) is",
    r"(?:for|with) the (?:latest|updated|newer|current) version\b",
    r"for (?:more|additional|further|other|general|detailed) (?:information|details)\b",
    r"for an updated version\b",
    r"for (?:conceptual|background) ",
    r"(?:see|please see|refer to|to learn more|learn more)\b",
    r"(?:we|you) (?:(?:strongly )?recommend|can no longer|should (?:instead )?use)\b",
    r"(?:use|call) [\w ]{2,60} instead\.$",
    r"the \w+ (?:operation|action|api|method) (?:is|has been) deprecated\b",
    r"(?:the|amazon|aws)\b.{2,160}\b(?:no longer (?:be )?(?:open|available|current|supported)|(?:discontinued|end(?:ed|s)?) support|reached end of life|is now called)\b",
)
ASIDE = re.compile(rf"(?:{'|'.join(_ASIDES)})", re.IGNORECASE)
# What goes on with an aside, and could tell something where it stands first.
_FURTHER = (
    r"existing customers can\b",
    r"for (?:the )?information\b",
    r"version \d+ of the api\b",
    r"(?:after|on|starting|effective|from) (?:january|february|march|april|may|june|july|august|september|october|november|december) \d",
    r"if you (?:would like to use|attempt to use|are (?:new|an existing)|already|configured a bucket)\b",
    r"(?:this|these) (?:change|notice|feature|changes)\b",
    r"to (?:request access|receive generative)\b",
    r"\w+ (?:is|are) part of (?:a|the) previous\b",
    r"(?:consider|please|instead|contact|use)\b",
    r"the (?:version \d|new|newer)\b",
    r"for capabilities similar\b",
)
FURTHER = re.compile(rf"(?:{'|'.join(_FURTHER)})", re.IGNORECASE)
# Of this operation itself: a notice of support that ends may be about one of its parameters.
WITHDRAWN = re.compile(
    rf"(?:deprecated\b|{_THIS} (?:is|has been|will be) .{{0,30}}(?:deprecated|no longer (?:current|supported)|discontinued)|the \w+ (?:operation|action|api|method) (?:is|has been) deprecated)",
    re.IGNORECASE,
)
# GameLift's list of fleets ends without a full stop, and what the operation does follows at once.
FLEETS = re.compile(
    r"^This API works with the following fleet types: ?(?:(?:EC2|Anywhere|Container|\(FleetIQ\)|Managed|server fleets|\(?server SDK 5\.x\)?)[, ]*(?:and |or )?)+",
    re.IGNORECASE,
)
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
    """What it does and the next few sentences, each bounded in characters; both empty where nothing is said.

    The first is the first sentence that tells it: asides before it are left off, but for that it is withdrawn. Where there is nothing else, an
    aside has to do.
    """
    found = sentences(FLEETS.sub("", plain(markup)))
    if not found:
        return "", ""
    at = telling(found)
    withdrawn = any(WITHDRAWN.match(one) for one in found[:at]) and "deprecat" not in found[at].lower()
    told = f"{cut(found[at], first - len(_WITHDRAWN))}{_WITHDRAWN}" if withdrawn else cut(found[at], first)
    return told, cut(" ".join(found[at + 1 : at + 5]), rest)


def telling(found: list[str]) -> int:
    """The place of the first sentence that is no aside; 0 where all are."""
    told = (place for place, one in enumerate(found) if not ASIDE.match(one) and not (place and FURTHER.match(one)))
    return next(told, 0)


def short(markup: str, limit: int = 80) -> str:
    """One short line: the first sentence, bounded in characters."""
    found = sentences(plain(markup[:1500]))
    return cut(found[0], limit) if found else ""
