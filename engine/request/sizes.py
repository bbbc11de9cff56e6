"""Machine and database sizes as people write them: `t3.large`, `db.r6g.xlarge`, `e2-medium`, `Standard_D4s_v5`, `b2ms`. Pure."""

from __future__ import annotations

import re

_LONG = re.compile(
    r"(?:db\.|cache\.)?[a-z]+[0-9][a-z0-9-]*\.(?:nano|micro|small|medium|large|xlarge|[0-9]+xlarge|metal(?:-\w+)?)"
    r"|(?:standard|basic)_[a-z0-9_]+|[a-z]\d[a-z]?-(?:standard|highmem|highcpu|micro|small|medium|megamem|ultramem|custom|node)[\w-]*"
    r"|db-(?:f1-micro|g1-small|n1-\w+-\d+|custom-\d+-\d+)",
)
# An Azure machine without its "Standard_": family, cores, features, version. What cannot be one is left out: k8s, e2e, b2b, s3.
_SHORT = re.compile(r"(?P<family>[bdefln][a-z]{0,2})(?P<cores>\d{1,3})(?P<features>[adilmpst]{0,4})(?:_?(?P<version>v\d))?")
# Tiers of Azure databases and web apps; too short to be told from a name but where a size is asked for.
_TIER = re.compile(r"(?:[bspf]\d|p\d(?:m?v\d)|s\d{1,2}|(?:gp|bc|hs)_[a-z0-9_]+)")
_PREFIXES = ("standard_", "basic_")


def is_size(word: str) -> bool:
    """Whether a lower-case word can only be a size."""
    return bool(_LONG.fullmatch(word)) or _short(word) is not None


def may_be_size(word: str) -> bool:
    """Whether a lower-case word is a size where one is asked for: "resize the database to S1"."""
    return is_size(word) or _TIER.fullmatch(word) is not None


def full_size(word: str) -> str:
    """A size as its cloud spells it, `b2ms` → `Standard_B2ms`, `d4sv5` → `Standard_D4s_v5`; anything else as it was written."""
    short = None if _LONG.fullmatch(word.lower()) else _short(word.lower())
    if short is None:
        return word
    version = f"_{short['version']}" if short["version"] else ""
    return f"Standard_{short['family'].upper()}{short['cores']}{short['features']}{version}"


def spellings(word: str) -> tuple[str, ...]:
    """Every way a resource may spell a lower-case size: with Azure's prefix and without."""
    if _short(word) is None:
        return (word,)
    return (word, full_size(word).lower(), *(prefix + word for prefix in _PREFIXES))


def _short(word: str) -> re.Match[str] | None:
    found = _SHORT.fullmatch(word)
    return found if found and (found["features"] or found["version"]) else None
