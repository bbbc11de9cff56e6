"""Which words name something in the estate, by the field they name it in. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from engine.estate.facts import app, native_name, owner
from engine.estate.resource import Resource

LEXICON_FIELDS = ("name", "id", "account", "app", "owner", "tag_key", "tag_value", "region")


def lexicon(resource: Resource) -> Mapping[str, frozenset[str]]:
    """The lower-case words that name this resource or a property it shares, by field."""
    named = {
        "name": {resource.name},
        "id": {resource.id, native_name(resource)},
        "account": {resource.account, resource.account_name},
        "app": {app(resource)},
        "owner": {owner(resource)},
        "tag_key": set(resource.tags),
        "tag_value": {str(value) for value in resource.tags.values()},
        "region": {resource.region, str(resource.properties.get("zone") or "")},
    }
    return {field: frozenset(word.strip().lower() for word in words if word.strip()) for field, words in named.items()}
