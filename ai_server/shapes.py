"""What identifies an estate or opens it, by shape: ids, paths, addresses, keys. Pure.

Public words (regions, instance types, operation names, the providers' own pages) match none of these. Every quantifier is bounded, so that no text
can make a search slow.
"""

from __future__ import annotations

import re

_I = re.IGNORECASE
# Ends of names that people give to machines, and of the domains that companies have.
_ENDS = "com|net|org|io|dev|cloud|app|co|eu|de|uk|us|internal|local|localdomain|lan|corp|intra|intranet|private|svc|arpa"
# Hosts that everybody may name: the providers' own APIs and manuals, and a framework that looks like one.
_PUBLIC_HOSTS = (
    r"(?:[a-z]{2,40}\.googleapis\.com|docs\.aws\.amazon\.com|aws\.amazon\.com|learn\.microsoft\.com|cloud\.google\.com|asp\.net)(?![\w.-])"
)

SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("an ARN", re.compile(r"\barn:aws[a-z-]{0,20}:", _I)),
    ("an Azure resource path", re.compile(r"/subscriptions/|/resourcegroups/", _I)),
    ("a Google Cloud resource path", re.compile(r"\bprojects/[a-z0-9-]{1,63}/|//[a-z]{1,40}\.googleapis\.com/", _I)),
    ("a GUID", re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", _I)),
    ("an AWS resource id", re.compile(r"\b[a-z]{1,10}-(?=[0-9a-f]{0,40}[0-9])[0-9a-f]{8,40}\b", _I)),
    ("an AWS access key id", re.compile(r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,64}\b")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]{0,30}(?:PRIVATE KEY|CERTIFICATE)")),
    ("a secret", re.compile(r"\b(?:password|passwd|pwd|secret|accountkey|sharedaccesskey|api[_-]?key|sig)\s?[=:]\s?[^\s,;]{6,}", _I)),
    ("a token", re.compile(r"\beyJ[\w-]{8,}\.eyJ|\bxox[abeprs]-[\w-]{8,}|\bgh[pousr]_\w{16,}|\bglpat-[\w-]{12,}|\bhvs\.\w{12,}")),
    ("a token", re.compile(r"\bsk-[\w-]{16,}|\bAIza[\w-]{30,}|\bya29\.[\w-]{12,}|\bBearer [\w.~+/-]{16,}")),
    (
        "a secret access key",
        re.compile(r"(?<![\w/+])(?=[\w/+]{0,39}[0-9])(?=[\w/+]{0,39}[a-z])(?=[\w/+]{0,39}[A-Z])[A-Za-z0-9/+]{40}(?![\w/+])"),
    ),
    ("an account number", re.compile(r"(?<!\d)(?:\d{12}|\d{4}[- ]\d{4}[- ]\d{4}|(?:\d ){11}\d)(?!\d)")),
    ("an e-mail address", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,}")),
    ("an IP address", re.compile(r"(?<![\d.])(?!0\.0\.0\.0(?![\d.]))(?:\d{1,3}\.){3}\d{1,3}(?![\d.]\d)")),
    # Eight parts, or a double colon after at least one: `10:30:00` is a time.
    ("an IP address", re.compile(r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6}::)", _I)),
    ("a hardware address", re.compile(r"(?<![\w:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![\w:])", _I)),
    ("a storage address", re.compile(r"\b(?:s3|s3a|gs|abfss?|wasbs?)://", _I)),
    ("a host name", re.compile(rf"(?<![\w.-])(?!{_PUBLIC_HOSTS})(?:[\w-]{{1,63}}\.){{1,8}}(?:{_ENDS})(?![\w-])", _I)),
    ("a long hexadecimal number", re.compile(r"\b(?=[0-9a-f]{0,200}[0-9])[0-9a-f]{16,}\b", _I)),
)


def shape_of(text: str) -> str:
    """The first kind of thing that stands in a text as it is; '' for none."""
    return next((kind for kind, shape in SHAPES if shape.search(text)), "")
