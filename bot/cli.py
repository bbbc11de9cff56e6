"""The `escher` command. Edge; every command lives in `commands/`, this file only names them, and imports the one that is asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer

HELP = "Chat-ops for AWS, Azure and GCP: asks before it acts, tells nobody your names, and can undo."


@dataclass(frozen=True, slots=True)
class Row:
    """A command, or with `group` a group of them: where it lives in `bot.commands`, and the line that `escher --help` tells of it."""

    name: str
    where: str
    help: str
    group: bool = False


ROWS = (
    Row("demo", "demo.demo", "Show everything on three local clouds: no account, no key, no network."),
    Row("init", "setup.init", "Write a commented configuration into ESCHER_HOME to start from."),
    Row("doctor", "setup.doctor", "Check the configuration, the store and its key, the journal, the AI server and every account."),
    Row("run", "talking.serve", "Run the bot: the web chat on 127.0.0.1, with a one-time sign-in link for each person."),
    Row("scan", "scan.scan", "Scan every configured cloud into the estate; what could not be seen is listed, never silently empty."),
    Row("ask", "talking.ask", "Say something to Escher: ask a question or ask for a change."),
    Row("chat", "talking.chat", "Chat in this terminal until the input ends."),
    Row("approve", "talking.approve", "Approve a waiting plan and follow its run to the end."),
    Row("deny", "talking.deny", "Deny a waiting plan; nothing is touched."),
    Row("undo", "talking.undo", "Take a finished run back, by the same rules of approval."),
    Row("eval", "evaluate.evaluate", "Measure understanding: each case through the real path, stopped before anything runs."),
    Row("estate", "estate.estate", "The local encrypted inventory.", group=True),
    Row("store", "store.store", "What holds the estate and the other collections.", group=True),
    Row("audit", "audit.audit", "The hash-chained journal.", group=True),
    Row("key", "keys.key", "The key that everything here is encrypted with, and what wraps it.", group=True),
    Row("operations", "catalogue.operations", "The operations Escher can perform.", group=True),
    Row("playbook", "catalogue.playbook", "The public playbooks that plans come from, and your own.", group=True),
    Row("history", "history.history", "What was said, run and seen to change; searched in the encrypted collections.", group=True),
    Row("knowledge", "knowledge.knowledge", "What is known of the clouds' own commands.", group=True),
    Row("report", "reports.report", "The reports that were kept: immutable, chained, exported with proof.", group=True),
    Row("schedule", "schedules.schedule", "What is done later, or again and again.", group=True),
    Row("slack", "chat_apps.slack", "Connect Slack.", group=True),
    Row("teams", "chat_apps.teams", "Connect Microsoft Teams.", group=True),
)


def commands(words: Sequence[str] | None = None) -> typer.Typer:
    """The command line. Of the commands only the one that `words` begin with is there in full, the others are named; without words all are."""
    made = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    for row in ROWS:
        whole = words is None or list(words[:1]) == [row.name]
        if not whole:
            made.command(row.name, help=row.help)(_named)
        elif row.group:
            made.add_typer(loaded(row), name=row.name)
        else:
            made.command(row.name)(loaded(row))
    return made


def loaded(row: Row) -> Any:
    """The function of a command, or the typer of a group. Takes the imports that it needs, up to a second."""
    module, _, name = row.where.partition(".")
    return getattr(import_module(f"bot.commands.{module}"), name)


def _named() -> None:
    """Stands for a command that was not asked for."""


def main() -> None:
    """The entry point."""
    words = sys.argv[1:]
    if words[:1] and not words[0].startswith("-"):
        _log()
    commands(words)()


def _log() -> None:
    """Log lines go to standard error, as JSON."""
    import logging

    import structlog

    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=os.fdopen(os.dup(2), "w", buffering=1)),
    )
