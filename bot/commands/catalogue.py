"""`escher operations` and `escher playbook`: what Escher can do, and where plans come from. Edge (asks the AI server's package)."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Annotated, Any

import typer

from bot.commands import own_playbooks
from bot.commands.session import Exit, JsonOption, errors, out, print_rows, say_json
from engine.clouds.roles import least_role
from engine.clouds.tables import TABLES
from engine.estate.resource import CLOUDS

operations = typer.Typer(help="The operations Escher can perform.", no_args_is_help=True)


@operations.command("list")
def operations_list(
    cloud: Annotated[str, typer.Option(help="aws, azure or gcp.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List every operation with what it does, whether it can be undone, and the permissions it needs."""
    rows = [one for name, table in TABLES.items() if cloud in ("", name) for one in table.values()]
    if as_json:
        keys = ("name", "cloud", "class", "types", "permissions")
        say_json(
            [
                dict(zip(keys, (one.name, one.cloud, one.kind, sorted(one.native_types), [one.name, *one.permissions]), strict=True))
                for one in rows
            ]
        )
    else:
        print_rows(("Operation", "Class", "Way back"), [(one.name, one.kind, "yes" if one.inverse else one.no_way_back) for one in rows])


@operations.command("role")
def operations_role(
    cloud: Annotated[str, typer.Option(help="aws, azure or gcp.")],
    account: Annotated[str, typer.Option(help="The Azure subscription the role is for.")] = "SUBSCRIPTION",
    read_only: Annotated[bool, typer.Option("--read-only", help="Only what scanning needs.")] = False,
) -> None:
    """Print the least role Escher needs in a cloud, as that cloud's own tools take it."""
    name = next((one for one in CLOUDS if one == cloud), None)
    if name is None:
        errors.print(f"--cloud {cloud}: it is none of {', '.join(CLOUDS)}.")
        raise typer.Exit(Exit.WRONG_USE)
    out.print_json(json.dumps(least_role(name, account, () if read_only else None)))


playbook = typer.Typer(help="The public playbooks that plans come from, and your own.", no_args_is_help=True)
playbook.command("save")(own_playbooks.save)
playbook.command("own")(own_playbooks.own)
playbook.command("versions")(own_playbooks.versions)
playbook.command("show")(own_playbooks.show)


@playbook.command("list")
def playbook_list(as_json: JsonOption = False) -> None:
    """List the playbooks."""
    books = _knowledge()["playbooks"]
    if as_json:
        say_json(books)
    else:
        print_rows(("Playbook", "Cloud", "Title"), [(one["id"], one["cloud"], one["title"]) for one in books])


@playbook.command("lint")
def playbook_lint() -> None:
    """Check all playbooks as a whole, and that every operation they name exists in the engine's tables."""
    known = {name for table in TABLES.values() for name in table}
    knowledge = _knowledge()
    strange = [f"{one['id']}: {name} is in no table" for one in knowledge["playbooks"] for name in one["operations"] if name not in known]
    problems = [*knowledge["problems"], *strange]
    for problem in problems:
        out.print(problem)
    out.print(f"{len(knowledge['playbooks'])} playbooks, {len(problems)} problems.")
    raise typer.Exit(Exit.FAILED if problems else Exit.DONE)


def _knowledge() -> dict[str, Any]:
    """What the AI server's package says of its playbooks; a process of its own, since the bot never imports the server."""
    done = subprocess.run([sys.executable, "-m", "ai_server.knowledge"], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        errors.print(done.stderr.strip())
        raise typer.Exit(Exit.FAILED)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
