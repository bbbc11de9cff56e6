"""`escher playbook save`, `own`, `versions` and `show`: the team's own playbooks, kept encrypted and never run here. Edge."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from bot.commands.records import LimitOption, answer, when
from bot.commands.session import AsOption, ConfigOption, Exit, JsonOption, errors, out, person_in, print_rows, run, say_json, settings_from
from engine.collections.questions import Row
from engine.collections.strategies import Strategy
from engine.errors import SettingsError


def save(
    file: Path,
    person: AsOption,
    *,
    strategy: Annotated[Strategy, typer.Option(help="Where it may be kept. Saving sends nothing anywhere.")] = Strategy.LOCAL_ONLY,
    name: Annotated[str, typer.Option(help="[default: the id in a YAML playbook, else the file's name]", show_default=False)] = "",
    title: Annotated[str, typer.Option(help="[default: the title in a YAML playbook]", show_default=False)] = "",
    cloud: Annotated[list[str] | None, typer.Option(help="aws, azure or gcp; may be repeated.")] = None,
    parameter: Annotated[list[str] | None, typer.Option(help="What it must be told; may be repeated.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a playbook or script of your own, encrypted: a new version when it changed. It is not run, and not sent."""
    said = {"name": name, "title": title, "clouds": ",".join(cloud or ()), "parameters": ",".join(parameter or ())}
    run(_save(file, {**said, "author": person, "strategy": str(strategy)}, config, as_json=as_json))


def own(
    text: Annotated[str, typer.Argument(help="Words of name, title, clouds or parameters.")] = "",
    limit: LimitOption = 20,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the playbooks you saved, in their newest versions."""
    run(_listed("own", {"text": text, "limit": str(limit)}, config, as_json=as_json))


def versions(name: str, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List all versions of a playbook you saved, newest first."""
    run(_listed("versions", {"name": name}, config, as_json=as_json))


def show(
    name: str,
    version: Annotated[int | None, typer.Option("--version", min=1, help="[default: the newest]", show_default=False)] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a playbook you saved, whole; what is known of it goes to standard error."""
    run(_show({"name": name, "version": str(version or 0)}, config, as_json=as_json))


async def _save(file: Path, said: dict[str, str], config: Path | None, *, as_json: bool) -> Exit:
    person_in(settings_from(config), said["author"])
    script = await asyncio.to_thread(_read, file)
    told = written_in(script, str(file)) if file.suffix in (".yaml", ".yml") else {}
    whole = {**told, **{key: value for key, value in said.items() if value}, "script": script}
    (kept,) = await answer("save", {"name": file.stem, **whole}, config)
    if as_json:
        say_json(kept)
    else:
        out.print(f"{kept['name']} version {kept['version']}, {kept['strategy']}. It is kept here; nothing was sent or run.")
    return Exit.DONE


def written_in(script: str, source: str) -> dict[str, str]:
    """What a YAML playbook says of itself: name, title, clouds, parameters; what it does not say is left out. Raises SettingsError. Pure."""
    try:
        book = yaml.safe_load(script)
    except yaml.YAMLError as error:
        raise SettingsError(f"{source} is not YAML: {error}.", hint="Give a script another ending than .yaml.") from None
    if not isinstance(book, dict):
        raise SettingsError(f"{source} is a {type(book).__name__}, not a playbook with keys.", hint="See playbooks/ for examples.")
    clouds = book.get("clouds") or [book.get("cloud")]
    found = {"name": book.get("id"), "title": book.get("title"), "clouds": _joined(clouds), "parameters": _joined(_parameters(book))}
    return {key: str(value) for key, value in found.items() if value}


def _parameters(book: dict[str, Any]) -> list[Any]:
    said = book.get("parameters") or []
    return [one.get("name") if isinstance(one, dict) else one for one in said]


def _joined(values: object) -> str:
    many = values if isinstance(values, list) else [values]
    return ",".join(str(value) for value in many if value)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not text.", hint="A playbook or script is UTF-8 text.") from None


async def _listed(name: str, question: dict[str, str], config: Path | None, *, as_json: bool) -> Exit:
    found = await answer(name, question, config)
    if as_json:
        say_json(found)
    elif found:
        print_rows(("Playbook", "Version", "Saved", "By", "Strategy", "Clouds", "Title"), [_row(one) for one in found])
    else:
        errors.print("None was saved yet." if not question.get("text") else "Nothing found.")
    return Exit.DONE


def _row(one: Row) -> tuple[str, ...]:
    return (one["name"], str(one["version"]), when(one["at"]), one["author"], one["strategy"], ", ".join(one["clouds"]), one["title"])


async def _show(question: dict[str, str], config: Path | None, *, as_json: bool) -> Exit:
    (kept,) = await answer("version", question, config)
    if as_json:
        say_json(kept)
        return Exit.DONE
    errors.print(
        f"{kept['name']} version {kept['version']} by {kept['author']}, {when(kept['at'])}, {kept['strategy']}, {kept['content'][:16]}"
    )
    sys.stdout.write(kept["script"])
    return Exit.DONE
