"""Makes commands of what the AWS CLI and the authorisation reference say. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ai_server.knowledge.commands.command import Access, Command, Field
from deploy.knowledge.access import by_verb, of_aws, words_of
from deploy.knowledge.iam_actions import ACTIONS, BY_METHOD, PREFIXES

Row = Mapping[str, Any]
Reference = Mapping[str, Mapping[str, tuple[str, str]]]
"""By prefix and the action in lower case: the action as it is written, and IAM's level."""
Examples = Mapping[tuple[str, ...], tuple[str, ...]]
"""Titles by (service, operation)."""
OWN_READS = frozenset({"ls", "presign", "show", "validate", "get", "list", "describe"})
"""Verbs of the CLI's own commands that only read; `aws emr get` copies files, `get-login` prints."""
OWN_CHANGES = frozenset({"aws emr get", "aws eks update-kubeconfig", "aws codecommit credential-helper get"})


def commands(document: Mapping[str, Any], examples: Examples) -> tuple[Command, ...]:
    """Sorted by command. `document` as `read_aws` writes it."""
    rows = document["commands"]
    levels = {prefix: {name.lower(): (name, one[0]) for name, one in actions.items()} for prefix, actions in document["levels"].items()}
    prefixes = prefixes_of(rows, levels)
    found = sorted((_command(row, prefixes, levels, examples) for row in rows), key=lambda one: (one.command, one.operation))
    seen: set[str] = set()
    return tuple(_distinct(one, seen) for one in found)


def _distinct(one: Command, seen: set[str]) -> Command:
    """Where two commands do one operation in two directions, the second is known by its command."""
    if one.operation in seen:
        return replace(one, operation=one.command)
    seen.add(one.operation)
    return one


def prefixes_of(rows: Iterable[Row], levels: Reference) -> dict[str, str]:
    """The prefix of a service's operations: IAM's, but where two services share that (elb and elbv2) the name the CLI calls it by."""
    of: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["operation"]:
            of[row["service"]].append(row)
    iam = {service: _iam_prefix(found, levels) for service, found in of.items()}
    sharing = Counter(iam.values())
    typed = {service: next((row["command"].split()[1] for row in found if row["command"]), service) for service, found in of.items()}
    called = {service for service, prefix in iam.items() if prefix in (service, typed[service])}
    owned = {iam[service] for service in called}
    alone = {service for service, prefix in iam.items() if sharing[prefix] == 1 and prefix not in owned}
    return {service: prefix if service in called | alone else typed[service] for service, prefix in iam.items()}


def _iam_prefix(rows: Sequence[Row], levels: Reference) -> str:
    """The one under which the reference knows most of a service's operations; without any, what requests are signed for."""
    first = rows[0]
    named = PREFIXES.get(first["service"], first["signing"])
    candidates = dict.fromkeys((named, first["service"], first["endpoint"], first["signing"]))
    known = {one: sum(row["operation"].lower() in levels.get(one, {}) for row in rows) for one in candidates}
    return max(known, key=known.__getitem__) if any(known.values()) else str(named)


def _command(row: Row, prefixes: Mapping[str, str], levels: Reference, examples: Examples) -> Command:
    operation, service = row["operation"], row["service"]
    action, access = checked_as(row, prefixes[service], levels) if operation else ("", _own_access(row))
    return Command(
        cloud="aws",
        operation=f"{prefixes[service]}:{operation}" if operation else row["command"],
        command=row["command"],
        service=service,
        summary=row["summary"],
        access=access,
        fields=tuple(_fields(row["fields"])),
        detail=row["detail"],
        examples=examples.get((service, operation), ()),
        permissions=(action,) if action else (),
    )


def checked_as(row: Row, prefix: str, levels: Reference) -> tuple[str, Access]:
    """The action an operation is checked as, and its level; without an entry in the reference the level is told by the verb."""
    operation, service = row["operation"], row["service"]
    if service in BY_METHOD:
        action = f"apigateway:{row['verb']}"
        return action, "read" if row["verb"] == "GET" and by_verb(operation) in ("read", "list") else by_verb(operation)
    named, _, called = ACTIONS.get((service, operation), "").partition(":")
    candidates = dict.fromkeys((named, PREFIXES.get(service, ""), row["signing"], row["endpoint"], service, prefix))
    for one in candidates:
        if entry := levels.get(one, {}).get((called or operation).lower()):
            # Writing by another name stays writing: `DeleteBucketCors` is checked as a put.
            return f"{one}:{entry[0]}", of_aws(operation, entry[1])
    return f"{named}:{called}" if named else f"{prefix}:{operation}", by_verb(operation)


def _own_access(row: Row) -> Access:
    """Of a command that the CLI adds. Waiting only asks; else only a few verbs are known to read."""
    if "waits" in row:
        return "read"
    verb = words_of(row["command"].rpartition(" ")[2])[0]
    return "read" if verb in OWN_READS and row["command"] not in OWN_CHANGES else "write"


def _fields(rows: Iterable[Row]) -> Iterator[Field]:
    for row in rows:
        yield Field(
            name=row["name"],
            kind=row["kind"],
            required=row["required"],
            option=row["option"],
            choices=tuple(str(one) for one in row["choices"]),
            meaning=row["meaning"],
            side=row["side"],
        )
