"""Holds arguments against the command they are for: what it does not take, what it needs, and what fits no type or choice. Pure.

Two forms are held: arguments by name, as the API takes them, and an argument vector, as a person types it. A value such as `<name>` or `$name`
stands for something that is filled in later; only whether it may be given is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ai_server.knowledge.commands.command import Command, Field, Kind
from ai_server.wire import CloudName

AWS_EVERYWHERE = (
    "--region --profile --output --query --endpoint-url --no-cli-pager --no-paginate --no-verify-ssl --no-sign-request --ca-bundle --color --debug "
    "--cli-read-timeout --cli-connect-timeout --cli-binary-format --cli-input-json --cli-input-yaml --generate-cli-skeleton --version"
)
AZURE_EVERYWHERE = "--subscription --output -o --query --only-show-errors --verbose --debug --help -h"
GCLOUD_EVERYWHERE = (
    "--project --format --quiet -q --filter --verbosity --account --billing-project --configuration --flags-file --flatten --help -h "
    "--impersonate-service-account --log-http --trace-token --no-log-http --user-output-enabled --no-user-output-enabled --access-token-file"
)
EVERYWHERE: Mapping[CloudName, frozenset[str]] = {
    "aws": frozenset(AWS_EVERYWHERE.split()),
    "azure": frozenset(AZURE_EVERYWHERE.split()),
    "gcp": frozenset(GCLOUD_EVERYWHERE.split()),
}
"""Options that every command of a CLI takes."""
_VALUELESS_TEXT = (
    "--no-cli-pager --no-paginate --no-verify-ssl --no-sign-request --debug --only-show-errors --verbose --help -h --quiet -q --log-http "
    "--no-log-http --user-output-enabled --no-user-output-enabled --version"
)
VALUELESS = frozenset(_VALUELESS_TEXT.split())
INSTEAD = frozenset({"--cli-input-json", "--cli-input-yaml", "--flags-file", "--generate-cli-skeleton"})
"""Options that bring a whole document of others."""
MANY: frozenset[Kind] = frozenset({"list", "structure", "map"})
TRUTHS = frozenset({"true", "false", "yes", "no", "t", "f", "y", "n", "1", "0"})


@dataclass(frozen=True, slots=True)
class Typed:
    """An argument vector taken apart: options with the values after them, and what stands alone."""

    options: tuple[tuple[str, tuple[str, ...]], ...]
    alone: tuple[str, ...]


def validate(command: Command, arguments: Mapping[str, object]) -> list[str]:
    """What is wrong with arguments by name (`InstanceIds`, `resource_group`) or by option (`--instance-ids`); empty where nothing is."""
    fields = [one for one in command.fields if one.side != "cli" or command.cloud == "azure"] or list(command.fields)
    known = {spelling: one for one in fields for spelling in (one.name, one.option, *one.aliases) if spelling}
    given = {known[name].name for name in arguments if name in known}
    found = [_unknown(command, name, known) for name in arguments if name not in known]
    found += [
        _needs(command, one.name) for one in fields if one.required and one.name not in given and not _stood_in(one, arguments, known)
    ]
    return found + [problem for name, value in arguments.items() if name in known for problem in _value(command, known[name], name, value)]


def validate_argv(command: Command, argv: Sequence[str]) -> list[str]:
    """What is wrong with a command line that begins with the command's own words; empty where nothing is."""
    fields = [one for one in command.fields if one.side != "api"]
    known = spellings(command.cloud, fields)
    typed = take_apart(command, argv[len(command.command.split()) :], known)
    names = {name for name, _ in typed.options}
    found = [_unknown(command, name, known) for name in names if name not in known and name not in EVERYWHERE[command.cloud]]
    if not names & INSTEAD:
        found += _missing(command, fields, typed, known)
    for name, values in typed.options:
        if one := known.get(name):
            found += _values(command, one, name, values)
    return sorted(found)


def spellings(cloud: CloudName, fields: Iterable[Field]) -> dict[str, Field]:
    """Every way an option may be written: aliases, and on AWS and Google Cloud the `--no-` of a switch."""
    known: dict[str, Field] = {}
    for one in fields:
        for name in (one.option, *one.aliases):
            if name:
                known[name] = one
        if one.kind == "boolean" and cloud != "azure" and one.option.startswith("--"):
            known.setdefault(f"--no-{one.option[2:]}", one)
    return known


def take_apart(command: Command, words: Sequence[str], known: Mapping[str, Field]) -> Typed:
    """Options with their values. A list takes all words up to the next option (Google Cloud's are one word), a switch none."""
    options: list[tuple[str, tuple[str, ...]]] = []
    alone: list[str] = []
    place = 0
    while place < len(words):
        name, joined, value = words[place].partition("=")
        place += 1
        if not _is_option(name):
            alone.append(words[place - 1])
            continue
        if joined:
            options.append((name, (value,)))
            continue
        values = _following(words[place:], _most(command.cloud, name, known.get(name)))
        place += len(values)
        options.append((name, values))
    return Typed(tuple(options), tuple(alone))


def _is_option(word: str) -> bool:
    return word.startswith("-") and len(word) > 1 and not word[1:2].isdigit()


def _following(words: Sequence[str], most: int) -> tuple[str, ...]:
    end = next((place for place, word in enumerate(words) if _is_option(word)), len(words))
    return tuple(words[: min(end, most)])


def _most(cloud: CloudName, name: str, one: Field | None) -> int:
    """How many words an option takes at most."""
    if one is None:
        return 0 if name in VALUELESS else 1
    if one.kind == "boolean":
        return 1 if cloud == "azure" else 0
    return 1000 if one.kind in MANY and cloud != "gcp" else 1


def _missing(command: Command, fields: Sequence[Field], typed: Typed, known: Mapping[str, Field]) -> Iterator[str]:
    names = {name for name, _ in typed.options}
    given = {known[name].name for name in names if name in known}
    for one in fields:
        if one.required and one.option and one.name not in given and one.unless not in names:
            yield _needs(command, one.option)
    places = [one for one in fields if not one.option and one.required]
    if len(typed.alone) < len(places):
        yield _needs(command, ", ".join(one.name for one in places[len(typed.alone) :]))
    if typed.alone and not any(not one.option for one in fields):
        yield f"{command.command}: {typed.alone[0]!r} stands alone, and it takes options only."


def _stood_in(one: Field, arguments: Mapping[str, object], known: Mapping[str, Field]) -> bool:
    if not one.unless:
        return False
    instead = known.get(one.unless)
    return one.unless in arguments or (instead is not None and instead.name in arguments)


def _needs(command: Command, what: str) -> str:
    return f"{command.command or command.operation}: {what} is required, and is missing."


def _unknown(command: Command, name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.75)
    hint = f"; did you mean {near[0]}?" if near else "."
    return f"{command.command or command.operation}: there is no {name}{hint}"


def _values(command: Command, one: Field, name: str, values: Sequence[str]) -> Iterator[str]:
    if not values and one.kind != "boolean" and one.option == name:
        yield f"{command.command}: {name} has no value."
    if one.kind in MANY and command.cloud == "gcp":
        return
    for value in values:
        yield from _value(command, one, name, value)


def _value(command: Command, one: Field, name: str, value: object) -> Iterator[str]:
    if isinstance(value, str) and (value.startswith(("<", "$", "file://", "fileb://", "@")) or ">" in value):
        return
    line = f"{command.command or command.operation}: {name}"
    values = value if isinstance(value, list | tuple) else (value,)
    if one.choices and one.kind not in ("structure", "map"):
        allowed = {choice.lower() for choice in one.choices}
        yield from (f"{line} is {each}, not one of {_listed(one.choices)}." for each in values if str(each).lower() not in allowed)
    if not _fits(one.kind, value):
        yield f"{line} takes {_article(one.kind)}, and is {value!r}."


def _listed(choices: Sequence[str]) -> str:
    return ", ".join(choices[:12]) + (f" and {len(choices) - 12} more" if len(choices) > 12 else "")


def _article(kind: Kind) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _fits(kind: Kind, value: object) -> bool:
    """Whether a value can be of a kind; text can be anything that is typed, and a list may be typed word by word."""
    text = str(value)
    if kind == "integer":
        return not isinstance(value, bool) and text.lstrip("+-").isdigit()
    if kind == "number":
        return not isinstance(value, bool) and text.lstrip("+-").replace(".", "", 1).isdigit()
    if kind == "boolean":
        # EC2 wraps some of them: {"Value": true}.
        return isinstance(value, bool | Mapping) or text.lower() in TRUTHS
    if kind == "map":
        return isinstance(value, Mapping | str | list | tuple)
    if kind == "list":
        return isinstance(value, str | list | tuple)
    return not isinstance(value, list | tuple) if kind == "text" else True
