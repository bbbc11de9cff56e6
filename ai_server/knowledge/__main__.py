"""`python -m ai_server.knowledge`: the playbooks and what the linter says of them, as one JSON document. Edge (reads the playbooks and packs)."""

from __future__ import annotations

import json
import sys

from ai_server.knowledge.command_lint import lint_commands
from ai_server.knowledge.commands.index import CommandIndex
from ai_server.knowledge.commands.loading import load_what_is_there
from ai_server.knowledge.lint import lint
from ai_server.knowledge.loading import BadKnowledge, load_absences, load_playbooks


def main() -> int:
    """Prints the document; 1 with the reason on standard error when a playbook cannot be read."""
    try:
        books = load_playbooks()
        commands, missing = load_what_is_there()
        problems = [*missing, *lint(books, load_absences()), *lint_commands(books, CommandIndex(commands))]
    except BadKnowledge as error:
        sys.stderr.write(f"{error}\n")
        return 1
    rows = [{"id": one.id, "cloud": one.cloud, "title": one.title, "operations": [step.operation for step in one.steps]} for one in books]
    sys.stdout.write(json.dumps({"playbooks": rows, "problems": problems}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
