"""Reads every command of the Azure CLI with its help, options and ARM calls, by its own loaders; run in the venv that holds azure-cli. Edge."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib import import_module
from importlib.metadata import version
from typing import Any

from deploy.knowledge.sentences import cut, plain, short, summary_and_detail

Row = dict[str, Any]
# What every command takes: they say how to print, not what to do.
GLOBAL = frozenset(
    {"_output_format", "_log_verbosity_debug", "_log_verbosity_verbose", "_log_verbosity_only_show_errors", "help", "_jmespath_query"}
)
KINDS = {int: "integer", float: "number", bool: "boolean"}


def main() -> None:
    """Writes one JSON document: versions, commands."""
    said = io.StringIO()
    with redirect_stdout(said):  # loaders print now and then
        context = import_module("azure.cli.core").get_default_cli()
        files = import_module("azure.cli.core.file_util")
        files.create_invoker_and_load_cmds_and_args(context)
        table = context.invocation.commands_loader.command_table
        parsers = dict(leaves(context.invocation.parser))
        pages = context.help_cls(context)
        page = import_module("azure.cli.core._help").CliCommandHelpFile
        required = by_id(context)
        rows = [
            {**row(name, table[name], parsers[name], opened(pages, page, name, parsers[name])), "by_id": required.get(name, [])}
            for name in sorted(table)
            if name in parsers
        ]
    versions = {name: version(name) for name in ("azure-cli", "knack")}
    json.dump({"versions": versions, "commands": rows, "without_parser": sorted(set(table) - set(parsers))}, sys.stdout)


def by_id(context: Any) -> dict[str, list[str]]:
    """By command: what must be given unless `--ids` is. The CLI keeps it where only its own event handlers see it."""
    for one in (one for registered in context._event_handlers.values() for one in registered):  # noqa: SLF001
        if "ids_metadata" in getattr(one, "__code__", by_id.__code__).co_freevars:
            kept = one.__closure__[one.__code__.co_freevars.index("ids_metadata")].cell_contents
            return {name: list(found["required"]) for name, found in kept.items()}
    return {}


def leaves(parser: Any) -> Iterator[tuple[str, Any]]:
    """The parsers of commands, by the command without `az`."""
    for group in parser.subparsers.values():
        for one in group.choices.values():
            if getattr(one, "subparsers", None):
                yield from leaves(one)
            if getattr(one, "_subparsers", None) is None:
                yield one.prog.partition(" ")[2], one


def opened(pages: Any, page: Any, name: str, parser: Any) -> Any:
    pages.update_loaders_with_help_file_contents(name.split())
    found = page(pages, name, parser)
    found.load(parser)
    return found


def row(name: str, command: Any, parser: Any, page: Any) -> Row:
    summary, detail = summary_and_detail(str(page.short_summary or ""))
    longer = cut(plain(str(page.long_summary or "")), 400)
    return {
        "command": f"az {name}",
        "summary": summary,
        "detail": cut(f"{detail} {longer}".strip(), 400),
        "deprecated": bool(getattr(page, "deprecate_info", None)),
        "preview": bool(getattr(page, "preview_info", None)),
        "examples": [str(getattr(one, "short_summary", "") or getattr(one, "name", "")) for one in page.examples],
        "fields": list(fields(parser, {one.name: one for one in page.parameters})),
        "calls": calls(command),
        "handler": handler(command),
    }


def fields(parser: Any, documented: dict[str, Any]) -> Iterator[Row]:
    texts = {option: one for joined, one in documented.items() for option in joined.split()}
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way
        if action.dest in GLOBAL or action.help == "==SUPPRESS==":
            continue
        options = [str(one) for one in action.option_strings]
        long = next((one for one in options if one.startswith("--")), options[0] if options else "")
        page = next((texts[one] for one in options if one in texts), None)
        yield {
            "name": action.dest.lstrip("_"),
            "option": long,
            "aliases": [one for one in options if one != long],
            "kind": kind(action),
            "required": bool(action.required or getattr(page, "required", False)) and (bool(options) or action.nargs not in ("?", "*")),
            "choices": [str(one) for one in action.choices or ()],
            "meaning": short(str(getattr(page, "short_summary", "") or action.help or "")),
        }


def kind(action: Any) -> str:
    schema = getattr(action, "_schema", None)
    if schema is not None:
        return of_schema(schema)
    if action.nargs in ("+", "*", "..."):
        return "list"
    if action.nargs == 0 or (action.choices and {str(one).lower() for one in action.choices} == {"true", "false"}):
        return "boolean"
    return KINDS.get(action.type, "text")


def of_schema(schema: Any) -> str:
    """Of an argument of the generated commands, by its class's name."""
    words = {"AAZBoolArg": "boolean", "AAZIntArg": "integer", "AAZFloatArg": "number", "AAZDictArg": "map", "AAZFreeFormDictArg": "map"}
    names = [one.__name__ for one in type(schema).__mro__]
    if found := next((words[one] for one in names if one in words), ""):
        return found
    if any(one.startswith("AAZList") for one in names):
        return "list"
    return "structure" if any(one.startswith("AAZObject") for one in names) else "text"


def calls(command: Any) -> list[list[str]]:
    """`[METHOD, url]` of what a generated command asks of ARM; empty for the others."""
    return next((found for base in type(command).__mro__ if (found := calls_of(base))), [])


def calls_of(generated: type) -> list[list[str]]:
    nested: list[Any] = [one for one in vars(generated).values() if isinstance(one, type)]
    return [
        [literal(one.method), template(one.url)]
        for one in nested
        if isinstance(getattr(one, "method", None), property) and isinstance(getattr(one, "url", None), property)
    ]


def literal(attribute: property) -> str:
    """The constant that a generated property returns."""
    return next((str(one) for one in constants(attribute) if str(one) in ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD")), "")


def template(attribute: property) -> str:
    return next((str(one) for one in constants(attribute) if isinstance(one, str) and one.startswith("/")), "")


def constants(attribute: property) -> tuple[Any, ...]:
    code = getattr(attribute.fget, "__code__", None)
    return tuple(code.co_consts) if code else ()


def handler(command: Any) -> str:
    """The function a command runs, such as `azure.mgmt.x.operations#XOperations.begin_delete`; '' for the generated ones."""
    source = (getattr(command, "command_kwargs", None) or {}).get("command_type")
    template_ = (getattr(source, "settings", None) or {}).get("operations_tmpl", "")
    return str(getattr(command, "command_source", "") or "") + str(template_)


if __name__ == "__main__":
    main()
