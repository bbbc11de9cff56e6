"""What a resource is, as a phrase to embed: its kind, not its name. Pure.

Many resources share one phrase, so each is embedded once. Names, ids and accounts stay out: they tell nothing about the kind of thing and
are found better by their letters.
"""

from __future__ import annotations

import re

from engine.estate.facts import APP_KEYS, ENVIRONMENT_KEYS, OWNER_KEYS, app, engine, environment
from engine.estate.resource import Resource

# Facts that follow from a kind, as it is described by them: all its resources have the same.
OF_KIND = ("cloud", "type", "environment")
_CLOUD_WORDS = {"aws": "AWS", "azure": "Azure", "gcp": "GCP Google Cloud"}
_DULL = {*ENVIRONMENT_KEYS, *OWNER_KEYS, *APP_KEYS, "name"}
_DIGIT = re.compile(r"\d")
_MOST_TAGS = 12


def kind_of(resource: Resource) -> str:
    """`AWS database instance postgres, app checkout, production, tier gold`.

    Nothing that changes from day to day (state, load, findings) and no sizes: those are filters, and would have to be embedded again and again.
    """
    kind = " ".join(part for part in (_CLOUD_WORDS[resource.cloud], resource.type.replace("_", " "), engine(resource)) if part)
    application = app(resource)
    said = [kind, f"app {application}" if application else "", environment(resource)[0]]
    said += [f"{key} {value}" for key, value in _telling_tags(resource)]
    return ", ".join(part for part in said if part)


def _telling_tags(resource: Resource) -> list[tuple[str, str]]:
    """Tags that say what a thing is for; not its name, its owner, what is said already, or a code with digits in it."""
    tags = sorted((key, str(value)) for key, value in resource.tags.items() if key.lower() not in _DULL)
    return [(key, value) for key, value in tags if value and value != resource.name and not _DIGIT.search(value)][:_MOST_TAGS]
