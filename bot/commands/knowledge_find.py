"""`escher knowledge find`: the command that does what a text says, one or many. Edge (asks the AI server's package)."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.session import ConfigOption, Exit, JsonOption, errors, home, out, print_rows, say_json, settings_from
from engine.errors import EscherError
from engine.meaning.embedding import ModelMissing, find_model
from engine.settings import EstateSettings

MODULE = "ai_server.knowledge.search"
_SURE, _CERTAIN = 0.5, 0.99
_LONGEST_ONE_S = 120.0
_LONGEST_S = 3600.0


def find(  # noqa: PLR0917 - typer reads them by name
    text: Annotated[str, typer.Argument(help="What you want to do, in your own words.")] = "",
    cloud: Annotated[str, typer.Option(help="aws, azure or gcp. [default: all]", show_default=False)] = "",
    service: Annotated[str, typer.Option(help="Only commands of this service, for instance ec2.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many at most.")] = 10,
    cases: Annotated[
        Path | None, typer.Option(help="Many texts: a JSON object with `text`, and maybe `cloud` and `service`, a line.")
    ] = None,
    results: Annotated[
        Path | None, typer.Option("--out", help="With --cases: where the found operations go, one JSON object a line.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the cloud's own command for what a text says, the likeliest first, with how sure that is. Nothing is run.

    With --cases only operations of the API are found, not what only a command line has.
    """
    if bool(cases) != bool(results) or bool(cases) == bool(text.strip()) or (cases and service):
        errors.print("Give a TEXT, or --cases FILE with --out RESULTS (a service then stands in each line).")
        raise typer.Exit(Exit.WRONG_USE)
    options = ["--limit", str(limit), *(("--cloud", cloud) if cloud else ()), *_model(config)]
    if cases and results:
        _write(cases, results, options)
        return
    found = _asked([*options, *(("--service", service) if service else ()), "--", text])
    if as_json:
        say_json(found)
    else:
        _print(found)


def _asked(arguments: list[str]) -> dict[str, Any]:
    """What the AI server's package found; a process of its own, since the bot never imports the server."""
    done = subprocess.run(
        [sys.executable, "-m", MODULE, *arguments], capture_output=True, text=True, encoding="utf-8", check=False, timeout=_LONGEST_ONE_S
    )
    if done.returncode:
        errors.print(done.stderr.strip())
        raise typer.Exit(Exit.WRONG_USE if done.returncode == Exit.WRONG_USE else Exit.FAILED)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _model(config: Path | None) -> tuple[str, ...]:
    """Where the embedding model is that the estate uses; nothing when there is none: the search says so itself."""
    try:
        # Commands are found without a configuration too: this is often the first thing somebody tries.
        configured = config is not None or (home() / "escher.yaml").exists()
        place = asyncio.run(find_model(settings_from(config).estate if configured else EstateSettings(), home() / "cache"))
    except (ModelMissing, EscherError) as error:
        errors.print(str(error))
        return ()
    return ("--model", place.folder) if place.folder else ()


def _print(found: dict[str, Any]) -> None:
    hits: list[dict[str, Any]] = found["hits"]
    if hits:
        rows: list[tuple[str, ...]] = [
            (str(rank), one["command"] or one["operation"], one["summary"], one["access"]) for rank, one in enumerate(hits, start=1)
        ]
        print_rows(("", "Command", "What it does", "Access"), rows)
        out.print(_sureness(hits[0]["margin"]))
    else:
        out.print("No command shares a word with that.")
    for note in found["notes"]:
        errors.print(note)


def _sureness(margin: float) -> str:
    if margin < _SURE:
        return "None of them is sure: say more, or name a service."
    return f"The first is right with {'over 99' if margin > _CERTAIN else f'{100 * margin:.0f}'} % likelihood."


def _write(cases: Path, results: Path, options: list[str]) -> None:
    """All lines or none: what is half written stands beside and is removed."""
    try:
        with tempfile.NamedTemporaryFile(dir=results.parent, prefix=f".{results.name}-", delete=False) as part:
            written = Path(part.name)
            try:
                done = subprocess.run(
                    [sys.executable, "-m", MODULE, *options, "--cases", str(cases)], stdout=part, check=False, timeout=_LONGEST_S
                )
                if done.returncode:
                    raise typer.Exit(Exit.WRONG_USE if done.returncode == Exit.WRONG_USE else Exit.FAILED)
                written.replace(results)
            finally:
                written.unlink(missing_ok=True)
    except OSError as error:
        errors.print(f"{results} cannot be written: {error.strerror}.")
        raise typer.Exit(Exit.FAILED) from None
    errors.print(f"Written to {results}.")
