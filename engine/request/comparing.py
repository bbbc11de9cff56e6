"""Numeric conditions taken out of a sentence: "over 100 gb", "costing more than $50", "cpu under 10%". Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from engine.estate.where import CREATED, Compare, Comparison

_WORDS: tuple[tuple[str, Comparison], ...] = (
    (r"\b(?:over|above|more than|bigger than|larger than|greater than|higher than|exceeding)|>(?!=)", ">"),
    (r"\b(?:at least)|>=", ">="),
    (r"\b(?:under|below|less than|smaller than|fewer than|lower than|cheaper than)|<(?!=)", "<"),
    (r"\b(?:at most|up to)|<=", "<="),
)
_LEAD = r"(?:\b(?:with|that cost|which cost|costing|costs?|larger|cpu|cpu is|cpu usage|usage|size|is|of)\s{1,4}){0,3}"
_AMOUNT = (
    r"\s{0,4}(?P<money>\$)?(?P<number>\d{1,9}(?:\.\d{1,4})?)\s{0,4}(?P<unit>gb|gib|gigs?|gigabytes?|tb|tib|terabytes?|%|percent|dollars?|usd|\$|bucks)?"
    r"(?![\w.])(?P<rest>(?:\s{1,4}(?:of cpu|cpu|a month|per month|monthly|/month|/mo)){0,3})"
)
_PATTERNS = tuple((re.compile(rf"{_LEAD}(?:{words}){_AMOUNT}", re.IGNORECASE), op) for words, op in _WORDS)
_MOST = 8
_A = ("a", "an", "one")
_OLDER = ("older than", "more than", "over", "at least")
_DAYS_IN = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
_SPAN = r"(?P<count>\d{1,4}|an?|one)\s{1,4}(?P<unit>hours?|days?|weeks?|months?|years?)"
_AGE = re.compile(
    r"\b(?:that (?:are|is)\s|which (?:are|is)\s)?"
    rf"(?:(?P<than>older than|newer than|younger than)\s{{1,4}}|(?P<more>more than|over|at least|less than|under)\s{{1,4}}(?={_SPAN.replace('?P<count>', '?:').replace('?P<unit>', '?:')}\s{{1,4}}old\b))"
    rf"{_SPAN}(?:\s{{1,4}}old)?\b",
    re.IGNORECASE,
)


def comparisons(text: str, now: datetime | None = None) -> tuple[str, tuple[Compare, ...]]:
    """The text without its numeric conditions, and the conditions. What has no clear unit stays in the text; ages do without a `now`."""
    text, found = _ages(text, now)
    for pattern, op in _PATTERNS:
        start = 0
        while len(found) < _MOST and (match := pattern.search(text, start)):
            compare = _compare(match, op)
            if compare is None:
                start = match.end()
                continue
            found.append(compare)
            text = f"{text[: match.start()]} {text[match.end() :]}"
            start = match.start()
    return text, tuple(found)


def _ages(text: str, now: datetime | None) -> tuple[str, list[Compare]]:
    """ "Older than 30 days" is made before a moment."""
    found: list[Compare] = []
    while now is not None and len(found) < _MOST and (match := _AGE.search(text)):
        older = (match["than"] or match["more"]).lower() in _OLDER
        days = _DAYS_IN[match["unit"].lower().rstrip("s")] * (1 if match["count"].lower() in _A else int(match["count"]))
        found.append(Compare(CREATED, "<" if older else ">", (now - timedelta(days=days)).timestamp()))
        text = f"{text[: match.start()]} {text[match.end() :]}"
    return text, found


def _compare(match: re.Match[str], op: Comparison) -> Compare | None:
    number, unit = float(match["number"]), (match["unit"] or "").lower()
    said = match.group(0).lower()
    if unit.startswith(("g", "t")):
        return Compare("properties.size_gb", op, number * (1024 if unit.startswith("t") else 1))
    if match["money"] or unit.startswith(("dollar", "usd", "$", "bucks")) or "month" in said or "cost" in said:
        return Compare("monthly_cost", op, number)
    return Compare("metrics.cpu_avg_7d", op, number) if unit in ("%", "percent") or "cpu" in said else None
