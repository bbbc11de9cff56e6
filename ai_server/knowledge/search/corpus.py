"""The commands of one cloud laid out as arrays, ready to be searched. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai_server.knowledge.commands.command import Command
from ai_server.knowledge.search.lexicon import Ids, Lexicon, Tokens
from ai_server.knowledge.search.ranked import Floats, Postings, postings, rarity
from ai_server.knowledge.search.words import is_plural, plain_words, split_name, stem

FIELDS = ("name", "service", "summary", "detail")
# A name's length says little; a description's more.
_DISCOUNTS = {"name": 0.4, "service": 0.5, "summary": 0.5, "detail": 0.6}
_LONGEST_DETAIL = 600
_SERVICE_NOISE = frozenset(("aws", "amazon", "az", "gcloud", "service"))
# Words before the verb of a question that was not put as an order.
_OPENINGS = "how do i we you want need can could please to would like the"
_BEFORE_THE_VERB = frozenset(_OPENINGS.split())
# In these the verb comes first (`describe-instances`); in the others last (`vm list`).
_VERB_FIRST = frozenset(("aws",))
_LISTING = frozenset(("list", "aggregatedlist", "listall"))


@dataclass(frozen=True, slots=True)
class Corpus:
    """Of n commands. `noun_mass`, `summary_mass`: the sum of the rarities of the stems of the name without its verb, and of the summary.

    `verbs`: for each command the number of its verb in `verb_names`; `verb_stems` the verb's stem in the lexicon, -1 if none. `nouns`: the
    stem of the name's last noun. `plural`: whether it is about many. `pairs`: neighbouring stems of name and summary, `first * stems + second`.
    `said`: how often descriptions begin with a word (its stem) for each verb. `services`: each command's place in `service_names`.
    `of_the_api`: False for what only a CLI has, whose operation is its command.
    """

    commands: tuple[Command, ...]
    lexicon: Lexicon
    fields: Mapping[str, Postings]
    rarity: Floats
    noun_mass: Floats
    summary_mass: Floats
    name_lengths: Floats
    verbs: Ids
    verb_names: tuple[str, ...]
    verb_stems: Ids
    nouns: Ids
    plural: NDArray[np.bool_]
    pairs: Mapping[str, Tokens]
    said: Mapping[str, Counter[str]]
    services: Ids
    service_names: tuple[str, ...]
    of_the_api: NDArray[np.bool_]
    nouns_of_services: Mapping[frozenset[str], tuple[int, ...]]

    def __len__(self) -> int:
        return len(self.commands)


def asked_verb(text: str) -> str:
    """The stem of the first word that can be the verb of an order, "" if there is none."""
    return next((stem(word) for word in plain_words(text) if word not in _BEFORE_THE_VERB), "")


def name_of(command: Command) -> str:
    """The words of a command that tell it from the others of its service: `stop instances`, `vm deallocate`, `instances stop`."""
    typed = command.command.split()[1:]
    if command.cloud == "aws" or (command.cloud == "gcp" and typed and typed[0] == command.service):
        typed = typed[1:]
    spelt = typed or command.operation.split(".")[1:] or [command.operation]
    return " ".join(word for part in spelt for word in split_name(part))


def service_text(command: Command, title: str = "") -> str:
    """What the service is called, whole and in parts, and its provider's title: `service-quotas service quotas`, `ec2 Elastic Compute Cloud`."""
    names = dict.fromkeys((command.service, command.operation.split(":")[0] if ":" in command.operation else command.service))
    words = dict.fromkeys(word for name in names for word in (name, *name.lower().replace("-", " ").replace(".", " ").split()))
    return " ".join(word for word in (*words, *title.split()) if word.lower() not in _SERVICE_NOISE)


def described(command: Command) -> str:
    """What is embedded of a command: its name, what it does, its service."""
    return f"{name_of(command)}: {command.summary[:300]} ({command.service})"


def lay_out(
    commands: Sequence[Command], titles: Mapping[str, str] | None = None, nouns: Mapping[str, Sequence[str]] | None = None
) -> Corpus:
    """The commands of one cloud as a corpus; `titles` of services by their names, `nouns` that mean them. About 40 µs a command."""
    lexicon = Lexicon()
    names = [name_of(one) for one in commands]
    texts: dict[str, Sequence[str]] = {
        "name": names,
        "service": [service_text(one, (titles or {}).get(one.service, "")) for one in commands],
        "summary": [one.summary for one in commands],
        "detail": [one.detail[:_LONGEST_DETAIL] for one in commands],
    }
    tokens = {field: lexicon.read(texts[field]) for field in FIELDS}
    lexicon.close()
    stems, count = len(lexicon), len(commands)
    fields = {field: postings(tokens[field], stems, _DISCOUNTS[field]) for field in FIELDS}
    rare = rarity([fields[field] for field in FIELDS if field != "detail"], stems, count)
    verbs = [_verb(one, name) for one, name in zip(commands, names, strict=True)]
    verb_names = tuple(sorted(set(verbs)))
    verb_stems = np.array([lexicon.number(stem(verb)) for verb in verbs], dtype=np.int32)
    name_mass = _mass(fields["name"], rare, count)
    service_names = tuple(sorted({one.service for one in commands}))
    return Corpus(
        commands=tuple(commands),
        lexicon=lexicon,
        fields=fields,
        rarity=rare,
        noun_mass=name_mass - np.where(verb_stems >= 0, rare[verb_stems], 0).astype(np.float32),
        summary_mass=_mass(fields["summary"], rare, count),
        name_lengths=np.array([name.count(" ") + 1 for name in names], dtype=np.float32),
        verbs=_places(verbs, verb_names),
        verb_names=verb_names,
        verb_stems=verb_stems,
        nouns=np.array([lexicon.number(stem(_noun(one, name))) for one, name in zip(commands, names, strict=True)], dtype=np.int32),
        plural=np.array([_plural(one, name, verb) for one, name, verb in zip(commands, names, verbs, strict=True)], dtype=bool),
        pairs={field: _pairs(tokens[field], stems) for field in ("name", "summary")},
        said=_said(commands, verbs),
        services=_places([one.service for one in commands], service_names),
        service_names=service_names,
        of_the_api=np.array([not (one.cloud == "aws" and " " in one.operation) for one in commands], dtype=bool),
        nouns_of_services=_nouns(service_names, nouns or {}),
    )


def _nouns(service_names: Sequence[str], nouns: Mapping[str, Sequence[str]]) -> dict[frozenset[str], tuple[int, ...]]:
    """The stems of each noun, and the places of the services it means."""
    found: dict[frozenset[str], tuple[int, ...]] = {}
    for place, name in enumerate(service_names):
        for noun in nouns.get(name, ()):
            key = frozenset(map(stem, plain_words(noun)))
            found[key] = (*found.get(key, ()), place)
    return found


def _places(values: Sequence[str], names: Sequence[str]) -> Ids:
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[value] for value in values], dtype=np.int32)


def _mass(field: Postings, rare: Floats, count: int) -> Floats:
    each = np.repeat(rare, np.diff(field.starts))
    return np.bincount(field.documents, weights=each, minlength=count).astype(np.float32)


def _verb(command: Command, name: str) -> str:
    if command.cloud in _VERB_FIRST:
        return name.split(maxsplit=1)[0]
    last = (command.command or command.operation).replace(".", " ").split()[-1]
    return last.lower() if last.lower() in _LISTING else (split_name(last) or (last.lower(),))[0]


def _noun(command: Command, name: str) -> str:
    words = name.split()
    return words[-1] if command.cloud in _VERB_FIRST or len(words) < 2 else words[-2]


def _plural(command: Command, name: str, verb: str) -> bool:
    if command.cloud in _VERB_FIRST:
        return is_plural(name)
    return verb in _LISTING


def _pairs(tokens: Tokens, stems: int) -> Tokens:
    """Neighbours within each text; -1 where the second is of the next one."""
    if len(tokens.ids) == 0:
        return Tokens(np.zeros(0, dtype=np.int32), tokens.starts)
    following = np.append(tokens.ids[1:], 0).astype(np.int64)
    both = tokens.ids.astype(np.int64) * stems + following
    ends = tokens.starts[1:][tokens.lengths > 0] - 1
    both[ends] = -1
    return Tokens(both, tokens.starts)


def _said(commands: Sequence[Command], verbs: Sequence[str]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for command, verb in zip(commands, verbs, strict=True):
        if first := asked_verb(command.summary[:60]):
            found.setdefault(first, Counter())[verb] += 1
    return found
