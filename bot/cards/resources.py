"""One resource in full, with what can be done to it now. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.cards.card import Action, Card, Code, Facts
from bot.cards.rows import COLUMNS, row
from engine.clouds.rights import PROPERTIES as RIGHTS
from engine.clouds.rights import SINCE
from engine.estate.constraints import constraints
from engine.estate.facts import flags, owner
from engine.estate.resource import Resource

# What a person may want to do to a thing of this type in this state: the lexicon's verbs, and their labels.
_OFFERS: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = {
    ("compute_instance", "running"): (("stop", "Stop"), ("restart", "Restart")),
    ("compute_instance", "stopped"): (("start", "Start"),),
    ("compute_instance", "deallocated"): (("start", "Start"),),
    ("compute_instance", "terminated"): (("start", "Start"),),  # what GCP calls stopped
    ("database_instance", "available"): (("stop", "Stop"), ("snapshot", "Snapshot")),
    ("database_instance", "running"): (("stop", "Stop"),),
    ("database_instance", "stopped"): (("start", "Start"),),
    ("disk", "in-use"): (("snapshot", "Snapshot"),),
    ("disk", "available"): (("snapshot", "Snapshot"), ("delete", "Delete")),
}


# What we put there ourselves; rows above tell it in words.
_LAST = re.compile(r".*[/.]|^\w+:")
_INNER = frozenset({"account_environment", *RIGHTS})


def resource_card(found: Resource, *, offers: bool = False, why: str = "") -> Card:
    """One resource: its row, `why` it was found, owner, flags, tags and properties. `offers` adds buttons for what may be wanted of it; each makes a plan first."""
    facts = [(column.title, f"{value} {column.unit}".strip()) for column, value in zip(COLUMNS, row(found), strict=True) if value]
    facts += [("Why this one", why), ("Owner", owner(found)), ("Flags", ", ".join(sorted(flags(found))))]
    facts += _hindrances(found)
    tags = tuple((f"tag {key}", value) for key, value in sorted(found.tags.items()))
    properties = tuple((key.replace("_", " "), str(value)) for key, value in sorted(found.properties.items()) if key not in _INNER)
    rows = tuple((name, value) for name, value in (*facts, *tags, *properties) if value)
    blocks = (Facts(rows), Code(found.id, "Exact id"))
    acts = tuple(Action("act", f"{verb}|{found.id}", label) for verb, label in wanted_of(found)) if offers else ()
    footer = "Each of these makes a plan first." if acts else ""
    return Card("resource" if offers else "details", found.name, blocks=blocks, actions=acts, footer=footer)


def _hindrances(found: Resource) -> list[tuple[str, str]]:
    """What stands in the way of a change, and who else has a hand in it."""
    known = constraints(found)
    told = {False: "Cannot be stopped", None: "May refuse to stop"}.get(known.can_stop, "")
    lost = f"{known.loses[:1].upper()}{known.loses[1:]}"
    since = str(found.properties.get(SINCE, ""))[:10]
    granted = [
        (f"Escher {word} (known since {since})", _listed(names)) for word, names in (("may", known.allowed), ("may not", known.denied))
    ]
    return [(told, known.why_not if told else ""), ("A stop loses", lost), ("Member of", known.member_of), *granted]


def _listed(operations: Iterable[str]) -> str:
    """Operations as the provider names them, without the service they all have before them."""
    return ", ".join(sorted(_LAST.split(name.removesuffix("/action"))[-1] for name in operations))


def wanted_of(found: Resource) -> tuple[tuple[str, str], ...]:
    """What may be wanted of a resource as it is: verbs and labels."""
    if found.cloud != "gcp" and found.state == "terminated":
        return ()
    hindered = constraints(found).can_stop is False
    return tuple(offer for offer in _OFFERS.get((found.type, found.state.lower()), ()) if not (hindered and offer[0] == "stop"))
