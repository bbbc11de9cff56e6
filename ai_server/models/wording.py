"""What a model wrote, made fit to be shown to a person, or refused: untrusted text. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ai_server.unsealed import looks_like

# A card is read by people who decide: nothing in a model's words may be clicked, call somebody, or look like markup.
_FORBIDDEN: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a web address", re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://|\bwww\.|\bmailto:", re.IGNORECASE)),
    ("a mention", re.compile(r"<[@!#]|@(?:here|channel|everyone)\b", re.IGNORECASE)),
    ("markup", re.compile(r"[<>`{}|\\]|\]\(|\*\*|__")),
    (
        "a claim about approval",
        re.compile(r"\b(?:pre-?)?approved\b|\bno approval\b|\bapproval (?:is )?not\b|\bauto-?approv", re.IGNORECASE),
    ),
)
_HANDLE = re.compile(r"\b[gvs][1-9][0-9]{0,3}\b")
_OPERATION = re.compile(r"\b[a-z][a-z0-9-]{1,40}:[A-Z][A-Za-z]{3,}\b|\bMicrosoft\.[A-Za-z]+/\S+|\b[a-z]+\.[a-z][A-Za-z]+\.[a-z]{3,}\b")


def tidy(text: str) -> str:
    """One line without control and formatting characters."""
    plain = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in unicodedata.normalize("NFKC", text))
    return " ".join("".join(letter for letter in plain if unicodedata.category(letter)[0] != "C").split())


def fault(text: str, handles: Iterable[str], operations: Iterable[str] = ()) -> str:
    """What is wrong with a text, as a sentence for the model; '' when it may be shown. It may name only these handles and operations."""
    if found := next((kind for kind, shape in _FORBIDDEN if shape.search(text)), ""):
        return f"The text holds {found}; write plain words only."
    if found := looks_like(text):
        return f"The text holds what looks like {found}; no names are known here."
    if _HANDLE.search(text) and (strange := set(_HANDLE.findall(text)) - set(handles)):
        return f"The text names {min(strange)}, which the request does not have."
    if set(_OPERATION.findall(text)) - set(operations):
        return "The text names an operation that is not in the plan."
    return ""
