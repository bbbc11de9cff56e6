"""`escher knowledge`: what the AI server knows of the clouds' commands, and where it comes from. Edge (asks the AI server's package)."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import typer

from bot.commands import knowledge_find
from bot.commands.session import Exit, JsonOption, errors, out, print_rows, say_json

knowledge = typer.Typer(help="What is known of the clouds' own commands.", no_args_is_help=True)
knowledge.command("find")(knowledge_find.find)
LONGEST_S = 120
"""Seconds that reading everything may take on a slow machine."""


@knowledge.command("report")
def report(as_json: JsonOption = False) -> None:
    """Print how many operations, fields and examples are known, from which sources, and how many playbooks, equivalents and practices."""
    found = asked("ai_server.knowledge.commands")
    if as_json:
        say_json(found)
    else:
        _print(found)
    raise typer.Exit(Exit.FAILED if found["problems"] else Exit.DONE)


def asked(module: str, *arguments: str) -> dict[str, Any]:
    """What a module of the AI server says as JSON; a process of its own, since the bot never imports the server."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, encoding="utf-8", check=False, timeout=LONGEST_S
    )
    if done.returncode:
        errors.print(done.stderr.strip())
        raise typer.Exit(Exit.FAILED)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _print(found: dict[str, Any]) -> None:
    clouds: dict[str, dict[str, Any]] = found["clouds"]
    print_rows(
        ("Cloud", "Services", "Operations", "Reading", "Changing", "Examples", "Playbooks", "Size"),
        [_row(name, one, found["playbooks"][name]) for name, one in clouds.items()],
    )
    for name, one in clouds.items():
        out.print(f"{name}: from {', '.join(f'{source} {version}' for source, version in one['versions'].items())}.")
        out.print(f"  {', '.join(f'{count:,} {level}' for level, count in one['access'].items())}; {one['with_fields']:,} with fields.")
    out.print(f"{found['equivalents']} equivalents, {found['practices']} practices.")
    for problem in found["problems"]:
        errors.print(problem)


def _row(name: str, one: dict[str, Any], playbooks: int) -> tuple[str, ...]:
    reading = one["access"].get("list", 0) + one["access"].get("read", 0)
    counts = (one["services"], one["operations"], reading, one["operations"] - reading, one["with_examples"], playbooks)
    return (name, *(f"{count:,}" for count in counts), f"{one['bytes'] / 1_000_000:.1f} MB")
