"""Whether Azure's own list of permissions holds an action: wildcards, and what is taken out again. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

Permission = Mapping[str, Any]


def is_granted(action: str, permissions: Iterable[Permission]) -> bool:
    """At least one permission holds the action and does not itself take it out again; what one takes out, another may still grant.

    A permission with a condition counts as granting: conditions are about data, which no operation of Escher touches.
    """
    return any(
        _among(action, permission.get("actions") or ()) and not _among(action, permission.get("notActions") or ())
        for permission in permissions
    )


def _among(action: str, patterns: Iterable[str]) -> bool:
    return any(_pattern(pattern).fullmatch(action) for pattern in patterns)


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    """`*` stands for any text, slashes too; case does not matter."""
    return re.compile(".*".join(re.escape(part) for part in text.split("*")), re.IGNORECASE)
