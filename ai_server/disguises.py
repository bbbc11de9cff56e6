"""A text as it would be read aloud: without what hides a name from a pattern and not from a reader. Pure.

Full-width and foreign digits, look-alike letters, combining marks, joiners, directions, percent and entity encoding, escapes, dots in brackets, letters
set apart, base64. A determined sender can always write a name in some other way: this is the second lock, against accidents and common tricks.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

# Letters of other scripts that look like the Latin ones names are made of (Unicode's confusables, those of one letter for one).
_LOOK_ALIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u0501\u051b\u0412\u0410\u0415\u041e\u0420\u0421\u0425\u041c\u041d\u041a\u0422\u0406"
    "\u03b1\u03bf\u03c1\u03bd\u03b9\u0391\u0392\u0395\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7\u0131\u2010\u2011\u2012\u2013\u2014\u2212\u2024\u3002\u2215\u2044\ua789\u0589",
    "aeopcxyijsdwBAEOPCXMHKTI" + "aopviABEHIKMNOPTXi" + "------" + ".." + "//" + "::",
)
_ROUNDS = 3
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_DOT = re.compile(r"\s{0,3}(?:[\[({]\s?(?:\.|dot)\s?[\])}]|\s\.\s|\sdot\s)\s{0,3}", re.IGNORECASE)
_AT = re.compile(r"\s{0,3}(?:[\[({]\s?(?:@|at)\s?[\])}]|\s@\s)\s{0,3}", re.IGNORECASE)
_SPACED = re.compile(r"(?<=[\w:/-])\s?([:/@-])\s?(?=[\w:/-])")
_PIECES = re.compile(r"\b(?=[0-9a-f ]{0,60}[0-9])(?=[0-9a-f ]{0,60}[a-f])(?:[0-9a-f]{4,8} ){2,8}[0-9a-f]{4,12}\b", re.IGNORECASE)
_BASE64 = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/_-]{16,400}={0,2}(?![\w+/])")


def readings(text: str) -> Iterator[str]:
    """The text in each way somebody could read it, plainest first; each differs from those before."""
    seen: set[str] = set()
    for reading in _readings(text):
        if reading not in seen:
            seen.add(reading)
            yield reading


def _readings(text: str) -> Iterator[str]:
    plain = _plain(text)
    yield plain
    decoded = plain
    for _ in range(_ROUNDS):
        decoded = _plain(_decoded(decoded))
        yield decoded
    together = _AT.sub("@", _DOT.sub(".", decoded))
    yield together
    yield _SPACED.sub(r"\1", together)
    yield _PIECES.sub(lambda match: match[0].replace(" ", ""), decoded)
    yield from (_plain(inside) for inside in _inside(decoded))


def _plain(text: str) -> str:
    """One character for each that a reader sees, in ASCII where it looks like it."""
    apart = unicodedata.normalize("NFKD", text)
    kept = (letter for letter in apart if unicodedata.category(letter) not in ("Cf", "Mn", "Me", "Cc") or letter in "\n\t")
    return "".join(_digit(letter) for letter in kept).translate(_LOOK_ALIKE).replace("\n", " ").replace("\t", " ")


def _digit(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter > "\x7f" and letter.isdecimal() else letter


def _decoded(text: str) -> str:
    unescaped = _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)
    return html.unescape(unquote(unescaped, errors="ignore"))


def _inside(text: str) -> Iterator[str]:
    """What base64 in the text hides, where it hides text."""
    for match in _BASE64.finditer(text):
        word = match[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            inside = base64.b64decode(word + "=" * (-len(word) % 4), validate=True).decode("ascii")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if inside.isprintable():
            yield inside
