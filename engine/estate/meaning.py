"""What a resource is, as a phrase to embed: its kind, not its name. Pure.

Many resources share one phrase, so each is embedded once. Names, ids and accounts stay out: they tell nothing about the kind of thing and
are found better by their letters.
"""

from __future__ import annotations

from engine.estate.facts import ENVIRONMENT_KEYS, OWNER_KEYS, app, engine, environment, flags, size
from engine.estate.resource import Resource

_CLOUD_WORDS = {"aws": "AWS Amazon", "azure": "Azure Microsoft", "gcp": "GCP Google Cloud"}
_MOST_TAGS = 12


def meaning(resource: Resource) -> str:
    """`AWS Amazon database instance postgres, app checkout, production, no backups, tier gold`."""
    kind = " ".join(part for part in (_CLOUD_WORDS[resource.cloud], resource.type.replace("_", " "), engine(resource)) if part)
    application = app(resource)
    said = [kind, f"app {application}" if application else "", environment(resource)[0], size(resource), resource.state]
    said += [flag.replace("_", " ") for flag in sorted(flags(resource))]
    said += [f"{key} {value}" for key, value in _telling_tags(resource)]
    return ", ".join(part for part in said if part)


def _telling_tags(resource: Resource) -> list[tuple[str, str]]:
    """Tags that say what a thing is for; not its name, its owner or what is said already."""
    dull = {*ENVIRONMENT_KEYS, *OWNER_KEYS, "name", "app", "application"}
    tags = sorted((key, str(value)) for key, value in resource.tags.items() if key.lower() not in dull)
    return [(key, value) for key, value in tags if value and value != resource.name][:_MOST_TAGS]
