"""`escher operations` and `escher playbook`: what Escher can do, and where plans come from. Edge (reads the playbooks)."""

from __future__ import annotations

from typing import Annotated

import typer

from ai_server.knowledge.lint import lint
from ai_server.knowledge.loading import load_absences, load_playbooks
from bot.commands.session import Exit, JsonOption, out, print_rows, say_json
from engine.clouds.tables import TABLES

operations = typer.Typer(help="The operations Escher can perform.", no_args_is_help=True)


@operations.command("list")
def operations_list(cloud: Annotated[str, typer.Option(help="aws, azure or gcp.")] = "", as_json: JsonOption = False) -> None:
    """List every operation with what it does, whether it can be undone, and the permissions it needs."""
    rows = [one for name, table in TABLES.items() if cloud in ("", name) for one in table.values()]
    if as_json:
        say_json(
            [
                {
                    "name": one.name,
                    "cloud": one.cloud,
                    "class": one.kind,
                    "types": sorted(one.native_types),
                    "permissions": [one.name, *one.permissions],
                }
                for one in rows
            ]
        )
    else:
        print_rows(("Operation", "Class", "Way back"), [(one.name, one.kind, "yes" if one.inverse else one.no_way_back) for one in rows])


playbook = typer.Typer(help="The public playbooks that plans come from.", no_args_is_help=True)


@playbook.command("list")
def playbook_list() -> None:
    """List the playbooks."""
    print_rows(("Playbook", "Cloud", "Title"), [(one.id, one.cloud, one.title) for one in load_playbooks()])


@playbook.command("lint")
def playbook_lint() -> None:
    """Check all playbooks as a whole, and that every operation they name exists in the engine's tables."""
    books = load_playbooks()
    known = {name for table in TABLES.values() for name in table}
    problems = [
        *lint(books, load_absences()),
        *(f"{one.id}: {step.operation} is in no table" for one in books for step in one.steps if step.operation not in known),
    ]
    for problem in problems:
        out.print(problem)
    out.print(f"{len(books)} playbooks, {len(problems)} problems.")
    raise typer.Exit(Exit.FAILED if problems else Exit.DONE)
